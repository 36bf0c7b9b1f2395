"""ECS 2014-05-26 on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Service
from fourways.fakes.services.ecs import (
    api_console,
    api_disks,
    api_instance_changes,
    api_instances,
    api_key_pairs,
    api_launch_templates,
    api_network_interfaces,
    api_offers,
    api_prefix_lists,
    api_prices,
    api_security_groups,
    api_snapshots,
    api_steps,
    api_tags,
)
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.shared.resources import Collection
from fourways.fakes.services.shared.tagging import TagActions

_PARTS = (
    api_offers,
    api_prices,
    api_instances,
    api_instance_changes,
    api_console,
    api_disks,
    api_snapshots,
    api_network_interfaces,
    api_key_pairs,
    api_launch_templates,
    api_security_groups,
    api_tags,
    api_prefix_lists,
)


def _taggable(call: Call) -> dict[str, Collection[Any]]:
    return call.backend(EcsBackend).taggable()


ECS = Service(
    product="Ecs",
    version="2014-05-26",
    actions={name: handler for part in _PARTS for name, handler in part.ACTIONS.items()} | TagActions(_taggable).actions(),
    console=api_steps.STEPS,
)
