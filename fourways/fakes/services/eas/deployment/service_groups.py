"""Service groups: one endpoint and token in front of several services, and how its requests are spread over them.

Help centre, 'Service groups and traffic management': a group is made with the first service that names it (`metadata.group`) and goes
with the last; a service takes none of its traffic until it is told to (ReleaseService). Modes: UpdateGroup's page: auto, by the number of
instances, or customized, by weights. Assumed: a weight set by ReleaseService makes the mode customized, -1 takes it back; weights are shown
as they were set, 100 before, and a service without one counts as 100 in that mode; groups' names follow the rule of services' and are none
of theirs, since both stand in the same place of URLs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fourways.fakes.services.eas import errors
from fourways.fakes.services.eas.records import GROUPING, STANDALONE, RateWindow, Service

if TYPE_CHECKING:
    from fourways.fakes.services.eas.backend import EasBackend

AUTOMATIC, DEFAULT_WEIGHT = -1, 100


@dataclass
class ServiceGroup:
    """One group. `balance` is how far each service, by name, is behind its share of the requests."""

    name: str
    token: str
    created: float
    updated: float
    rate: RateWindow = field(default_factory=RateWindow)
    balance: dict[str, int] = field(default_factory=dict)


class ServiceGroups:
    """The groups of one account and region, by name."""

    def __init__(self, backend: EasBackend) -> None:
        self._backend = backend
        self.items: dict[str, ServiceGroup] = {}

    def find(self, name: str) -> ServiceGroup:
        found = self.items.get(name)
        if found is None:
            raise errors.service_group_not_found(name)
        return found

    def members(self, group: ServiceGroup) -> list[Service]:
        return [service for service in self._backend.services.values() if service.service_group == group.name]

    def check(self, given: dict[str, Any]) -> None:
        """Raises CloudError 409 for a name that means a service and a group."""
        metadata, services = given["metadata"], self._backend.services
        group = metadata.get("group")
        if group and group in services and not services[group].service_group:
            raise errors.conflict(f"metadata.group {group} is the name of a service.")
        if not group and metadata["name"] in self.items:
            raise errors.conflict(f"metadata.name {metadata['name']} is the name of a service group.")

    def settle(self) -> None:
        """After a service has come, changed or gone: groups come and go with their services."""
        now = self._backend.scope.clock.now()
        named = {service.service_group for service in self._backend.services.values()} - {""}
        for name in sorted(named - set(self.items)):
            self.items[name] = ServiceGroup(name, self._backend.new_token(), now, now)
        for name in set(self.items) - named:
            del self.items[name]
        for service in self._backend.services.values():
            if not service.service_group:
                service.weight, service.traffic_state = None, STANDALONE


def weight(service: Service) -> int:
    """As shown: what was set last."""
    return DEFAULT_WEIGHT if service.weight is None else service.weight


def mode(members: Sequence[Service]) -> str:
    return "auto" if all(service.weight in (None, AUTOMATIC) for service in members) else "customized"


def shares(members: Sequence[Service]) -> dict[str, int]:
    """How many requests each service gets, relative to the others, of those that take part and serve."""
    live = [service for service in members if service.traffic_state == GROUPING and service.serving]
    if mode(live) == "auto":
        return {service.name: len(service.serving) for service in live}
    return {service.name: DEFAULT_WEIGHT if service.weight == AUTOMATIC else weight(service) for service in live}


def choose(group: ServiceGroup, parts: dict[str, int]) -> str | None:
    """The service that takes the next request. Smooth weighted round robin: each gains its share, the one furthest behind takes the
    request and pays for all; so any run of requests is spread as the shares are, the same each time. None where nobody has a share."""
    total = sum(parts.values())
    if not total:
        return None
    group.balance = {name: group.balance.get(name, 0) + part for name, part in parts.items()}
    chosen = max(group.balance, key=lambda name: (group.balance[name], parts[name]))
    group.balance[chosen] -= total
    return chosen
