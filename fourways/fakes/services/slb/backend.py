"""What SLB holds in one account and region."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Backend, Scope
from fourways.fakes.services.shared.requests import ClientTokens
from fourways.fakes.services.shared.resources import Collection
from fourways.fakes.services.slb.load_balancers import LoadBalancers


class SlbBackend(Backend):
    """State of SLB; `taggable` names what tag calls may name."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.tokens = ClientTokens()
        self.load_balancers = LoadBalancers(self)

    def taggable(self) -> dict[str, Collection[Any]]:
        return {"instance": self.load_balancers}

    def inventory(self) -> list[dict[str, Any]]:
        return [
            {"kind": "slb", "id": item.id, "name": item.name, "status": item.status, "tags": item.tags}
            for item in self.load_balancers.made_by_users()
        ]

    def dependents(self, id: str) -> list[str]:
        """Load balancers in a vSwitch."""
        return [item.id for item in self.load_balancers if item.vswitch_id == id]

    def addresses(self, vswitch_id: str) -> set[str]:
        return {item.address for item in self.load_balancers if item.vswitch_id == vswitch_id}
