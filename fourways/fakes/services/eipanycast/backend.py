"""Anycast addresses of one account: billed from their allocation until their release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fourways.fakes.service import Backend, Scope
from fourways.fakes.services.shared.billing import open_bill
from fourways.fakes.services.shared.requests import ClientTokens
from fourways.fakes.services.shared.resources import Collection, Resource, inventory_rows, new_id

KIND = "anycast-eip"
SECONDS = 1.0  # made up


@dataclass(kw_only=True)
class AnycastEip(Resource):
    """Statuses are the API's: Associating, Associated, Allocated, Releasing... `bandwidth` in Mbit/s."""

    bandwidth: int
    location: str
    address: str


class AnycastBackend(Backend):
    """State of Anycast EIP: the account's, not a region's."""

    is_global = True

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.tokens = ClientTokens()
        self.eips: Collection[AnycastEip] = Collection(scope, "eipanycast", "anycast EIP", "ResourceNotFound.AnycastInstance")
        self._given = 0

    def allocate(self, bandwidth: int, location: str) -> AnycastEip:
        self._given += 1
        eip = AnycastEip(
            id=new_id("aeip-"),
            created=self.scope.clock.now(),
            bandwidth=bandwidth,
            location=location,
            address=f"198.19.255.{self._given % 256}",
        )
        open_bill(self.scope, KIND, eip.id, "PostPaid")
        return self.eips.add(eip, "AllocateAnycastEipAddress", SECONDS, "Allocated")

    def release(self, id: str) -> None:
        self.eips[id].status = "Releasing"
        self.eips.later(id, "ReleaseAnycastEipAddress", SECONDS, self._gone)

    def _gone(self, id: str) -> None:
        self.eips.remove(id)
        self.scope.stop_bill(KIND, id)

    def inventory(self) -> list[dict[str, Any]]:
        return inventory_rows({KIND: self.eips})
