"""Where a replica may run: an ordered list of sources, the first of which that has room takes it.

What a service names decides the list: public types in their order; a resource group, followed by public types where it may burst (help
centre, 'Elastic resource pool': the group is tried first); a quota; a virtual resource group, whose resources are tried by priority, the
greatest first (SDK 7.0.0, CreateVirtualResource). One more kind of capacity is one more class with `find`, and a line in `sources`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from fourways.fakes.services.eas.deployment import service_config
from fourways.fakes.services.eas.placement import machine_types, market, quotas, scheduling
from fourways.fakes.services.eas.records import PENDING, Bid, Need, Place, Replica, Service, Share

if TYPE_CHECKING:
    from fourways.fakes.services.eas.backend import EasBackend

PROTECTED_SECONDS = 3600.0  # help centre, 'Public resources': the one-hour protection period of spot instances


class Source(Protocol):
    """One place of capacity."""

    def find(self, home: EasBackend, service: Service, need: Need) -> Place | str:
        """A place that is free now, or why there is none."""


@dataclass(frozen=True)
class GroupMachines:
    """The machines of a dedicated resource group, `most` replicas of the service at a time."""

    group: str
    most: int | None = None

    def find(self, home: EasBackend, service: Service, need: Need) -> Place | str:
        group = next((group for group in home.groups.values() if self.group in (group.id, group.name)), None)
        if group is None:
            return f"resource group {self.group} does not exist"
        here = [replica for replica in service.replicas if replica.machine in group.machines]
        if self.most is not None and len(here) >= self.most:
            return f"resource group {self.group} has its {self.most} instances of the service"
        used = [(held.place.machine, held.need) for held in _placed(home) if held.place and held.place.machine]
        room = scheduling.free(group.machines.values(), used)
        found = scheduling.place(need, room)
        return Place(machine=found) if found else scheduling.why_not(need, room)


@dataclass(frozen=True)
class PublicType:
    """Public machines of one type, on spot where there is a price limit (USD an hour); one replica takes one machine.

    A bid is good when there is stock and it is not below the market price (help centre, 'Public resources').
    """

    name: str
    limit: float | None = None
    protected: bool = True
    most: int | None = None

    def find(self, home: EasBackend, service: Service, need: Need) -> Place | str:  # noqa: ARG002 - a machine type is taken whole
        scope = home.scope
        if not self.name:
            return Place(instance_type="")
        if self.most is not None and sum(self._is_mine(replica) for replica in service.replicas) >= self.most:
            return f"Instance type {self.name} has reached its capacity of {self.most}"
        _, stock = machine_types.stock(scope, self.name)
        used = sum(replica.instance_type == self.name for replica in _placed(home))
        if scope.faults.condition("no-stock", "CreateService", self.name) or (stock is not None and used >= stock):
            return f"Insufficient stock of instance type: {self.name}"
        if self.limit is None:
            return Place(instance_type=self.name)
        price, limit = market.price(scope, self.name, protected=self.protected), market.money(self.limit)
        if price is None:
            return f"Instance type {self.name} is not sold on spot"
        if limit < price:
            return f"Spot price limit {limit} of instance type {self.name} is below its market price {price}"
        until = scope.clock.now() + (PROTECTED_SECONDS if self.protected else 0.0)
        return Place(instance_type=self.name, bid=Bid(limit, price, self.protected, until))

    def _is_mine(self, replica: Replica) -> bool:
        return replica.instance_type == self.name and (replica.bid is None) == (self.limit is None)


@dataclass(frozen=True)
class QuotaShare:
    """A resource quota, whose GPUs are finite."""

    quota: str

    def find(self, home: EasBackend, service: Service, need: Need) -> Place | str:  # noqa: ARG002 - a quota is the account's
        quota = quotas.find(home.scope, self.quota)
        if quota is None:
            return f"quota {self.quota} does not exist"
        used = sum(replica.need.gpus for replica in _placed(home) if replica.place and replica.place.quota == self.quota)
        if quota.gpus is not None and used + need.gpus > quota.gpus:
            return f"Insufficient quota {self.quota}: {quota.gpus - used} of {quota.gpus} GPUs are free, {need.gpus} are needed"
        return Place(quota=self.quota)


def sources(home: EasBackend, service: Service, version: int) -> list[Source]:
    """Where the replicas of a version may run, in the order in which it is tried."""
    config = service.version(version).config
    metadata = config["metadata"]
    resource = metadata.get("resource")
    if metadata.get("quota_id"):
        return [QuotaShare(str(metadata["quota_id"]))]
    if service_config.is_virtual(resource):
        virtual = home.virtual_groups.get(resource)
        shares = sorted(virtual.shares, key=lambda share: -share.priority) if virtual else []
        return [_of_share(share, protected=virtual is None or virtual.spot_protection) for share in shares]
    listed: list[Source] = []
    for offer in service_config.offers(config):
        most = service_config.most(offer.get("capacity"), service.wanted)
        if offer["type"] == service_config.DEDICATED:
            listed.append(GroupMachines(str(resource), most))
        else:
            listed.append(PublicType(offer["type"], offer.get("spot_price_limit"), service_config.spot_protection(config), most))
    if not resource:
        return listed or [PublicType("")]
    return listed if any(isinstance(source, GroupMachines) for source in listed) else [GroupMachines(str(resource)), *listed]


def find(home: EasBackend, service: Service, replica: Replica) -> Place | str:
    """The first place with room, or why no source has any."""
    reasons = []
    for source in sources(home, service, replica.version):
        found = source.find(home, service, replica.need)
        if isinstance(found, Place):
            return found
        reasons.append(found)
    return "; ".join(reasons) or "the resource group names no resources"


def comes_back(home: EasBackend, service: Service) -> bool:
    """Whether room for those that wait may appear without anything of the account ending: stock, prices and quotas change by themselves."""
    waiting = {replica.version for replica in service.in_state(PENDING)}
    return any(not isinstance(source, GroupMachines) for version in waiting for source in sources(home, service, version))


def _of_share(share: Share, *, protected: bool) -> Source:
    if share.quota_id:
        return QuotaShare(share.quota_id)
    if share.resource_id:
        return GroupMachines(share.resource_id)
    return PublicType(share.instance_type, share.spot_price_limit, protected)


def _placed(home: EasBackend) -> Iterable[Replica]:
    return (replica for service in home.services.values() for replica in service.replicas if replica.place is not None)
