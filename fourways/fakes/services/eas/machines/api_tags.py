"""EAS's tag operations, RPC, version 2021-07-02: what the Terraform provider calls for `tags` of a service (service_alicloud_pai_v2.go)."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.eas.errors import service_not_found
from fourways.fakes.services.eas.records import Service
from fourways.fakes.wire.errors import missing


def _services(call: Call) -> list[Service]:
    call.parameters.choice("ResourceType", ("service",))
    wanted = call.parameters.values("ResourceId")
    if not wanted:
        raise missing("ResourceId")
    # The provider names no region in these calls; the cloud has it from the host name. Uids are unique over all regions.
    homes = [home for home in call.scope.cloud.backends(EasBackend) if home.scope.account == call.scope.account]
    found = []
    for uid in wanted:
        service = next((service for home in homes if (service := home.service_of(uid))), None)
        if service is None:
            raise service_not_found(uid)
        found.append(service)
    return found


def tag_resources(call: Call) -> dict[str, Any]:
    tags = call.parameters.tags()
    if not tags:
        raise missing("Tag")
    for service in _services(call):
        service.labels.update(tags)
    return {}


def untag_resources(call: Call) -> dict[str, Any]:
    keys = call.parameters.values("TagKey")
    for service in _services(call):
        for key in list(service.labels) if call.parameters.boolean("All") else keys:
            service.labels.pop(key, None)
    return {}


def list_tag_resources(call: Call) -> dict[str, Any]:
    rows = [
        {"ResourceId": service.uid, "ResourceType": "service", "TagKey": key, "TagValue": value}
        for service in _services(call)
        for key, value in sorted(service.labels.items())
    ]
    return {"TagResources": {"TagResource": rows}}
