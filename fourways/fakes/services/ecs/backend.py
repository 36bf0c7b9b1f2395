"""What ECS holds in one account and region: security groups and prefix lists. Instances come later."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Backend, Scope
from fourways.fakes.services.ecs.prefix_lists import PrefixLists
from fourways.fakes.services.ecs.security_groups import SecurityGroups
from fourways.fakes.services.shared.requests import ClientTokens
from fourways.fakes.services.shared.resources import Collection


class EcsBackend(Backend):
    """State of ECS; `taggable` names what tag calls may name."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.tokens = ClientTokens()
        self.prefix_lists = PrefixLists(scope)
        self.security_groups = SecurityGroups(scope)

    def taggable(self) -> dict[str, Collection[Any]]:
        return {"securitygroup": self.security_groups}

    def inventory(self) -> list[dict[str, Any]]:
        collections: dict[str, Collection[Any]] = {"security-group": self.security_groups, "prefix-list": self.prefix_lists}
        return [
            {"kind": kind, "id": item.id, "name": item.name, "status": item.status, "tags": item.tags}
            for kind, collection in collections.items()
            for item in collection.made_by_users()
        ]
