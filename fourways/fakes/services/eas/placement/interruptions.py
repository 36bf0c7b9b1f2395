"""What the cloud does to replicas by itself: a spot machine is reclaimed, a node dies, the market price moves. Tests ask for it.

A replica on spot is kept for its protection period, an hour, even where the market price exceeds its bid; afterwards, and without
protection at any time, it may be released for stock or price (help centre, 'Public resources'). What is released ends with a Warning event;
another replica looks for room, by the service's order. Assumed: the reasons of the events, that nothing warns before, and that the service
shows Waiting until all its replicas run again.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from fourways.fakes.services.eas import billing
from fourways.fakes.services.eas.placement import market
from fourways.fakes.services.eas.records import Machine, Replica, Service

if TYPE_CHECKING:
    from fourways.fakes.services.eas.backend import EasBackend


class Interruptions:
    """Interrupts the replicas of one backend."""

    def __init__(self, backend: EasBackend) -> None:
        self._backend = backend

    def reclaim(self, service: Service, replica: Replica) -> float:
        """Take the replica's spot machine back once its protection is over; returns the moment, in epoch seconds."""
        now = self._backend.scope.clock.now()
        if replica.bid is None:
            raise ValueError(f"{replica.name} is not on spot")
        due = max(now, replica.bid.kept_until)
        if due > now:
            self._backend.scope.clock.after(due - now, self._reclaim_due, service.uid, replica.name)
        else:
            self._take(service, replica)
        return due

    def set_price(self, instance_type: str, price: Decimal) -> dict[str, float]:
        """The market price with protection, USD an hour, from now on: for bids and for what runs. Returns the replicas whose bid is below
        it now, with the moments in which they are reclaimed; a price that falls again before keeps them."""
        scope = self._backend.scope
        scope.cloud.seed.setdefault("eas", {}).setdefault("spot_prices", {})[instance_type] = str(price)
        reclaimed = {}
        for service in list(self._backend.services.values()):
            for replica in [one for one in service.replicas if one.instance_type == instance_type and one.bid]:
                self._reprice(replica)
                if self._is_outbid(replica):
                    reclaimed[replica.name] = self._after_protection(service, replica)
        self._backend.lifecycle.schedule()
        return reclaimed

    def node_down(self, machine: Machine) -> None:
        """A group's machine stops working: NotReady (SDK 7.0.0, ListResourceInstances), and billed on, until it is back or deleted."""
        machine.status = "NotReady"
        self._backend.lifecycle.evict(machine.id)

    def node_up(self, machine: Machine) -> None:
        machine.status = "Ready"
        self._backend.lifecycle.schedule()

    def lose_node(self, service: Service, replica: Replica) -> None:
        """The node of a replica on public resources or in a quota dies; the cloud has others."""
        self._backend.lifecycle.lose(service, replica, "NodeLost", f"Node of instance [{replica.name}] is gone")

    def _take(self, service: Service, replica: Replica) -> None:
        self._backend.lifecycle.lose(service, replica, "SpotReclaimed", f"Spot instance of [{replica.name}] has been reclaimed")

    def _after_protection(self, service: Service, replica: Replica) -> float:
        clock = self._backend.scope.clock
        due = max(clock.now(), replica.bid.kept_until if replica.bid else 0.0)
        clock.after(due - clock.now(), self._outbid_due, service.uid, replica.name)
        return due

    def _reclaim_due(self, uid: str, name: str) -> None:
        service, replica = self._of(uid, name)
        if service is not None and replica is not None:
            self._take(service, replica)

    def _outbid_due(self, uid: str, name: str) -> None:
        service, replica = self._of(uid, name)
        if service is not None and replica is not None and self._is_outbid(replica):
            self._take(service, replica)

    def _of(self, uid: str, name: str) -> tuple[Service | None, Replica | None]:
        service = self._backend.service_of(uid)
        return service, service.replica(name) if service else None

    def _reprice(self, replica: Replica) -> None:
        """The market price is what is billed, whatever the bid (help centre, 'Best practices for PAI-EAS Spot')."""
        scope, place = self._backend.scope, replica.place
        if place is None or place.bid is None:
            return
        price = market.price(scope, place.instance_type or "", protected=place.bid.protected)
        replica.place = replace(place, bid=replace(place.bid, price=price or place.bid.price))
        if replica.started is not None:  # one that is ending is billed until it has
            billing.close_replica(scope, replica)
            billing.open_replica(scope, replica)

    def _is_outbid(self, replica: Replica) -> bool:
        return replica.bid is not None and replica.bid.limit < replica.bid.price
