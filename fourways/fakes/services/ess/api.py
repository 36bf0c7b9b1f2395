"""ESS 2014-08-28 on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Service
from fourways.fakes.services.ess import (
    api_alarms,
    api_balancing,
    api_configurations,
    api_groups,
    api_hooks,
    api_members,
    api_notifications,
    api_refreshes,
    api_rules,
    api_schedules,
)
from fourways.fakes.services.ess.backend import EssBackend
from fourways.fakes.services.shared.resources import Collection
from fourways.fakes.services.shared.tagging import TagActions


def _taggable(call: Call) -> dict[str, Collection[Any]]:
    return call.backend(EssBackend).taggable()


ESS = Service(
    product="Ess",
    version="2014-08-28",
    actions={
        **api_groups.ACTIONS,
        **api_configurations.ACTIONS,
        **api_members.ACTIONS,
        **api_balancing.ACTIONS,
        **api_hooks.ACTIONS,
        **api_rules.ACTIONS,
        **api_alarms.ACTIONS,
        **api_refreshes.ACTIONS,
        **api_schedules.ACTIONS,
        **api_notifications.ACTIONS,
        **TagActions(_taggable).actions(),
    },
)
