"""Tags as TagResources, UntagResources and ListTagResources keep them, for products that share that API (Vpc, Ecs, ...)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from fourways.fakes.service import Call, Handler
from fourways.fakes.wire.errors import CloudError, missing

LARGEST_COUNT = 20  # tags a resource, as the cloud's error QuotaExceeded.TagNum says


class Tagged(Protocol):
    """Anything with tags."""

    tags: dict[str, str]


Find = Callable[[Call, str, str], Tagged]
"""(call, resource type, resource id) -> the resource; raises CloudError when it is not there."""
All = Callable[[Call, str], Iterable[tuple[str, Tagged]]]
"""(call, resource type) -> every (id, resource) of that type."""


def check_tags(tags: dict[str, str]) -> None:
    """Refuse keys and values that the cloud refuses."""
    for key, value in tags.items():
        if not 1 <= len(key) <= 128 or key.lower().startswith(("aliyun", "acs:")) or "http://" in key or "https://" in key:
            raise CloudError(400, "InvalidTagKey.Malformed", f"The specified tag key {key!r} is not valid.")
        if len(value) > 128 or "http://" in value or "https://" in value:
            raise CloudError(400, "InvalidTagValue.Malformed", "The specified tag value is not valid.")
    if len(tags) > LARGEST_COUNT:
        raise CloudError(400, "QuotaExceeded.TagNum", f"The number of tags exceeds {LARGEST_COUNT}.")


def matches(tags: dict[str, str], wanted: dict[str, str]) -> bool:
    """Whether a resource passes a Tag filter: each key there, with that value unless the filter's value is blank."""
    return all(key in tags and value in ("", tags[key]) for key, value in wanted.items())


def shown(tags: dict[str, str], key: str = "Key", value: str = "Value") -> dict[str, Any]:
    """`{"Tag": [{"Key": ..., "Value": ...}]}`; ECS calls them TagKey and TagValue."""
    return {"Tag": [{key: name, value: text} for name, text in tags.items()]}


def tag_actions(find: Find, everything: All) -> dict[str, Handler]:
    """The three actions of one product; ListTagResources gives 50 rows a page unless MaxResults says otherwise."""

    def tag_resources(call: Call) -> dict[str, Any]:
        parameters = call.parameters
        tags, ids = parameters.tags(), parameters.values("ResourceId")
        if not ids:
            raise missing("ResourceId")
        if not tags:
            raise missing("Tag")
        resources = [find(call, parameters.require("ResourceType"), resource_id) for resource_id in ids]
        for resource in resources:
            check_tags({**resource.tags, **tags})
        for resource in resources:
            resource.tags.update(tags)
        return {}

    def untag_resources(call: Call) -> dict[str, Any]:
        parameters = call.parameters
        keys = parameters.values("TagKey")
        for resource_id in parameters.values("ResourceId"):
            resource = find(call, parameters.require("ResourceType"), resource_id)
            for key in list(resource.tags) if parameters.boolean("All") else keys:
                resource.tags.pop(key, None)
        return {}

    def list_tag_resources(call: Call) -> dict[str, Any]:
        parameters = call.parameters
        type_ = parameters.require("ResourceType")
        wanted, ids = parameters.tags(), set(parameters.values("ResourceId"))
        rows = [
            {"ResourceId": resource_id, "ResourceType": type_, "TagKey": key, "TagValue": value}
            for resource_id, resource in everything(call, type_)
            if (not ids or resource_id in ids) and matches(resource.tags, wanted)
            for key, value in resource.tags.items()
        ]
        start = int(parameters.get("NextToken") or 0)
        size = parameters.integer("MaxResults", 50, 1, 1000)
        more = str(start + size) if start + size < len(rows) else ""
        return {"TagResources": {"TagResource": rows[start : start + size]}, "NextToken": more}

    return {
        "TagResources": tag_resources,
        "UnTagResources": untag_resources,
        "UntagResources": untag_resources,
        "ListTagResources": list_tag_resources,
    }
