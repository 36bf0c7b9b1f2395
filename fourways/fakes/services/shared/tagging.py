"""TagResources, UntagResources and ListTagResources, the same for every product but for the names of the resource types."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.shared.requests import has_tags, ids_of, token_page, wanted_tags
from fourways.fakes.services.shared.resources import Collection, Resource
from fourways.fakes.wire.errors import CloudError, missing
from fourways.fakes.wire.parameters import Parameters

MOST_TAGS = 20  # of one resource; help centre, "Limits" of tags
Taggable = Callable[[Call], dict[str, Collection[Any]]]


def checked_tags(tags: dict[str, str]) -> dict[str, str]:
    """Tags within the limits of key and value; raises 400 as the cloud does."""
    for key, value in tags.items():
        if len(key) > 128 or key.lower().startswith(("aliyun", "acs:")) or "http://" in key or "https://" in key:
            raise CloudError(400, "InvalidTagKey.Malformed", f"The specified Tag.n.Key {key} is not valid.")
        if len(value) > 128 or "http://" in value or "https://" in value:
            raise CloudError(400, "InvalidTagValue.Malformed", f"The specified Tag.n.Value of {key} is not valid.")
    if len(tags) > MOST_TAGS:
        raise CloudError(400, "NumberExceed.Tags", f"The maximum number of tags of a resource, {MOST_TAGS}, is exceeded.")
    return tags


def given_tags(parameters: Parameters) -> dict[str, str]:
    """The tags of a create call, checked."""
    return checked_tags(parameters.tags())


def as_flat_list(tags: dict[str, str]) -> list[dict[str, str]]:
    """The `Tags` of younger products."""
    return [{"Key": name, "Value": text} for name, text in tags.items()]


def as_list(tags: dict[str, str], key: str = "Key", value: str = "Value") -> dict[str, Any]:
    """The `Tags` of most answers."""
    return {"Tag": [{key: name, value: text} for name, text in tags.items()]}


class TagActions:
    """The three handlers over what `taggable` names: resource type in lower case -> collection."""

    def __init__(self, taggable: Taggable, untag: str = "UntagResources", *, flat: bool = False) -> None:
        """`flat`: the answer's TagResources is the list itself, as younger products have it."""
        self._taggable = taggable
        self._untag = untag
        self._flat = flat

    def actions(self) -> dict[str, Handler]:
        return {"TagResources": self.tag, self._untag: self.untag, "ListTagResources": self.show}

    def tag(self, call: Call) -> dict[str, Any]:
        tags = call.parameters.tags()
        if not tags:
            raise missing("Tag")
        resources = self._named(call)
        for resource in resources:
            checked_tags({**resource.tags, **tags})
        for resource in resources:
            resource.tags.update(tags)
        return {}

    def untag(self, call: Call) -> dict[str, Any]:
        keys = call.parameters.values("TagKey")
        everything = call.parameters.boolean("All")
        for resource in self._named(call):
            for key in list(resource.tags) if everything and not keys else keys:
                resource.tags.pop(key, None)
        return {}

    def show(self, call: Call) -> dict[str, Any]:
        kind, collection = self._collection(call)
        ids = ids_of(call.parameters, "ResourceId")
        wanted = wanted_tags(call.parameters)
        if not ids and not wanted:
            raise missing("ResourceId")
        found: Iterable[Resource] = (item for item in collection if (not ids or item.id in ids) and has_tags(item.tags, wanted))
        rows = [
            {"ResourceType": kind, "ResourceId": item.id, "TagKey": key, "TagValue": value}
            for item in found
            for key, value in item.tags.items()
        ]
        page, following = token_page(rows, call.parameters, default_size=50, largest=1000)
        return {"TagResources": page if self._flat else {"TagResource": page}, **following}

    def _named(self, call: Call) -> list[Resource]:
        _, collection = self._collection(call)
        ids = ids_of(call.parameters, "ResourceId")
        if not ids:
            raise missing("ResourceId")
        return [collection[id] for id in ids]

    def _collection(self, call: Call) -> tuple[str, Collection[Any]]:
        kind = call.parameters.require("ResourceType")
        collection = self._taggable(call).get(kind.lower())
        if collection is None:
            raise CloudError(400, "InvalidResourceType.NotFound", f"The specified ResourceType {kind} is not supported.")
        return kind, collection
