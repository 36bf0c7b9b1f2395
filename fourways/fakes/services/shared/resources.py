"""A resource with a name, tags and a life on the clock, and the collections that hold them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from fourways.fakes.service import Scope
from fourways.fakes.wire.errors import CloudError

# Every account has it from the start; the id is made up, the form is the cloud's.
DEFAULT_RESOURCE_GROUP = "rg-acfmdefault0001"
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(kw_only=True)
class Resource:
    """`created` and `hidden_until` are epoch seconds of the fake's clock; `system` is what the cloud made, not a user."""

    id: str
    created: float
    name: str = ""
    description: str = ""
    status: str = "Available"
    tags: dict[str, str] = field(default_factory=dict)
    resource_group: str = DEFAULT_RESOURCE_GROUP
    hidden_until: float = 0.0
    system: bool = False


ResourceType = TypeVar("ResourceType", bound=Resource)


class Collection(Generic[ResourceType]):
    """Resources of one kind by id, in the order in which they were made, with their life on the clock.

    `section` is the key of the seed that sets how long transitions take: {"vpc": {"transition_seconds": 10}}.
    """

    def __init__(self, scope: Scope, section: str, kind: str, not_found: str) -> None:
        self._scope = scope
        self._section = section
        self.kind = kind
        self._not_found = not_found
        self._items: dict[str, ResourceType] = {}

    def __getitem__(self, id: str) -> ResourceType:
        """The resource of this id; raises the 404 of its kind where there is none, or none that can be seen yet."""
        found = self._items.get(id)
        if found is None or found.hidden_until > self._scope.clock.now():
            raise CloudError(404, self._not_found, f"The specified {self.kind} {id} does not exist.")
        return found

    def known(self, id: str) -> ResourceType | None:
        """The resource of this id, seen or not yet seen: for the cloud itself, which needs no list."""
        return self._items.get(id)

    def __contains__(self, id: str) -> bool:
        return id in self._items

    def __iter__(self) -> Iterator[ResourceType]:
        now = self._scope.clock.now()
        return (item for item in self._items.values() if item.hidden_until <= now)

    def made_by_users(self) -> list[ResourceType]:
        """All but the cloud's own, those that cannot be seen yet included."""
        return [item for item in self._items.values() if not item.system]

    def add(self, item: ResourceType, action: str = "", seconds: float = 0.0, then: str = "Available") -> ResourceType:
        """Keep a new resource; with an `action`, it becomes `then` after `seconds`, unless a fault keeps it from that."""
        self._items[item.id] = item
        if action:
            lag = self._scope.faults.condition("lag", action, item.id)
            if lag is not None:
                item.hidden_until = self._scope.clock.now() + lag.seconds
            self.settle(item, action, seconds, then)
        return item

    def settle(self, item: ResourceType, action: str, seconds: float, then: str) -> None:
        """Give `item` the status `then` after `seconds`."""
        self.later(item.id, action, seconds, self._set_status, then)

    def remove(self, id: str) -> None:
        self._items.pop(id, None)

    def remove_later(self, item: ResourceType, action: str, seconds: float, status: str = "Deleting") -> None:
        item.status = status
        self.later(item.id, action, seconds, self.remove)

    def later(self, id: str, action: str, seconds: float, callback: Callable[..., None], *arguments: object) -> None:
        """Call `callback(id, *arguments)` after `seconds`; a fault `stuck` on `action` keeps it from ever happening, `late` for a while."""
        if self._scope.faults.condition("stuck", action, id):
            return
        seeded = self._scope.cloud.seed.get(self._section, {}).get("transition_seconds")
        late = self._scope.faults.delay(action, id)
        self._scope.clock.after((seconds if seeded is None else float(seeded)) + late, callback, id, *arguments)

    def _set_status(self, id: str, status: str) -> None:
        if id in self._items:
            self._items[id].status = status


def inventory_rows(collections: Mapping[str, Collection[Any]]) -> list[dict[str, Any]]:
    """What users made, a row each, with the kind that its collection stands under."""
    return [
        {"kind": kind, "id": item.id, "name": item.name, "status": item.status, "tags": item.tags}
        for kind, collection in collections.items()
        for item in collection.made_by_users()
    ]


def new_id(prefix: str, length: int = 21) -> str:
    """`vpc-` and random letters and digits, as long as the cloud's."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(length))


def checked_name(value: str, parameter: str, longest: int = 128) -> str:
    """A name or a description of at most `longest` characters that is no address; raises 400 `Invalid<parameter>.Malformed`."""
    if len(value) > longest or value.startswith(("http://", "https://")):
        raise CloudError(
            400,
            f"Invalid{parameter}.Malformed",
            f"The specified parameter {parameter} is not valid: at most {longest} characters, and not beginning with http:// or https://.",
        )
    return value


def checked_description(value: str, parameter: str = "Description") -> str:
    return checked_name(value, parameter, 256)


def dependency(what: str, why: str, status: int = 400) -> CloudError:
    """Something still hangs on what is to be deleted."""
    return CloudError(status, f"DependencyViolation{'.' + what if what else ''}", f"Specified object has dependent resources: {why}.")
