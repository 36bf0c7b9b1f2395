"""What ECS holds in one account and region: security groups. Instances come later."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Backend, Scope
from fourways.fakes.services.ecs.security_groups import SecurityGroups
from fourways.fakes.services.shared.requests import ClientTokens
from fourways.fakes.services.shared.resources import Collection


class EcsBackend(Backend):
    """State of ECS; `taggable` names what tag calls may name."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.tokens = ClientTokens()
        self.security_groups = SecurityGroups(scope)

    def taggable(self) -> dict[str, Collection[Any]]:
        return {"securitygroup": self.security_groups}

    def inventory(self) -> list[dict[str, Any]]:
        return [
            {"kind": "security-group", "id": group.id, "name": group.name, "status": group.status, "tags": group.tags}
            for group in self.security_groups.made_by_users()
        ]
