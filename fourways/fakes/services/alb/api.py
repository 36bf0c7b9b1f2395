"""ALB 2020-06-16 on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, DataPlane, Service
from fourways.fakes.services.alb import api_acls, api_health, api_listeners, api_load_balancers, api_rules, api_server_groups, data_plane
from fourways.fakes.services.alb.backend import AlbBackend
from fourways.fakes.services.ecs.zones import zones_of
from fourways.fakes.services.shared.resources import Collection
from fourways.fakes.services.shared.tagging import TagActions


def _taggable(call: Call) -> dict[str, Collection[Any]]:
    return call.backend(AlbBackend).taggable()


def describe_zones(call: Call) -> dict[str, Any]:
    return {"Zones": [{"ZoneId": zone, "LocalName": zone} for zone in zones_of(call.scope.region)]}


ALB = Service(
    product="Alb",
    version="2020-06-16",
    actions={
        **api_load_balancers.ACTIONS,
        **api_listeners.ACTIONS,
        **api_server_groups.ACTIONS,
        **api_acls.ACTIONS,
        **api_rules.ACTIONS,
        **api_health.ACTIONS,
        **TagActions(_taggable, "UnTagResources", flat=True).actions(),
        "DescribeZones": describe_zones,
    },
    data_planes=[DataPlane(data_plane.PREFIX, data_plane.handle, data_plane.HOSTS)],
)
