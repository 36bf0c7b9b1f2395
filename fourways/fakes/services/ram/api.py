"""RAM 2015-05-01 on the wire."""

from __future__ import annotations

import json
import re
from typing import Any

from fourways.fakes.service import Call, Handler, Service
from fourways.fakes.services.ram import api_policies, api_principals
from fourways.fakes.services.ram.backend import RamBackend
from fourways.fakes.services.shared.tagging import checked_tags
from fourways.fakes.wire.errors import CloudError, missing

_TAGGABLE = ("role", "policy", "user")


def _tagged(call: Call) -> list[Any]:
    kind = re.sub(r"^custom_?", "", call.parameters.require("ResourceType").lower())
    if kind not in _TAGGABLE:
        raise CloudError(400, "InvalidParameter.ResourceType", f"The ResourceType {kind} is not supported.")
    try:
        names = json.loads(call.parameters.get("ResourceNames") or "[]")
    except ValueError:
        raise CloudError(400, "InvalidParameter.ResourceNames", "ResourceNames must be a JSON list.") from None
    names = names or call.parameters.values("ResourceNames")
    collection = call.backend(RamBackend).collection(kind)
    return [collection[name] for name in names]


def tag_resources(call: Call) -> None:
    tags = api_principals.tags_of(call.parameters)
    if not tags:
        raise missing("Tag")
    for resource in _tagged(call):
        checked_tags({**resource.tags, **tags})
        resource.tags.update(tags)


def untag_resources(call: Call) -> None:
    try:
        keys = json.loads(call.parameters.get("TagKeys") or "[]") or call.parameters.values("TagKey")
    except ValueError:
        raise CloudError(400, "InvalidParameter.TagKeys", "TagKeys must be a JSON list.") from None
    for resource in _tagged(call):
        for key in list(resource.tags) if call.parameters.boolean("All") and not keys else keys:
            resource.tags.pop(key, None)


def list_tag_resources(call: Call) -> dict[str, Any]:
    kind = call.parameters.require("ResourceType")
    rows = [
        {"ResourceType": kind, "ResourceName": resource.name, "ResourceId": resource.id, "TagKey": key, "TagValue": value}
        for resource in _tagged(call)
        for key, value in resource.tags.items()
    ]
    return {"TagResources": rows}


ACTIONS: dict[str, Handler] = {
    "TagResources": tag_resources,
    "UntagResources": untag_resources,
    "ListTagResources": list_tag_resources,
}

RAM = Service(
    product="Ram",
    version="2015-05-01",
    actions={**ACTIONS, **api_principals.ACTIONS, **api_policies.ACTIONS},
)
