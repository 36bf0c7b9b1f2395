"""ECS 2014-05-26 on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Service
from fourways.fakes.services.ecs import api_offers, api_prefix_lists, api_security_groups
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.shared.resources import Collection
from fourways.fakes.services.shared.tagging import TagActions


def _taggable(call: Call) -> dict[str, Collection[Any]]:
    return call.backend(EcsBackend).taggable()


ECS = Service(
    product="Ecs",
    version="2014-05-26",
    actions={**api_security_groups.ACTIONS, **api_prefix_lists.ACTIONS, **api_offers.ACTIONS, **TagActions(_taggable).actions()},
)
