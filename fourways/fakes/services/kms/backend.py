"""Keys and secrets of one account and region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fourways.fakes.service import Backend, Scope
from fourways.fakes.services.kms.secrets import DAY, Secrets
from fourways.fakes.services.shared.resources import Collection, Resource
from fourways.fakes.wire.errors import CloudError


@dataclass(kw_only=True)
class Key(Resource):
    """`status` is the API's KeyState: Enabled, Disabled, PendingDeletion (until `deleted`, epoch seconds)."""

    usage: str
    spec: str
    origin: str
    protection_level: str
    instance: str = ""
    deleted: float = 0.0
    deletion_protection: bool = False
    deletion_protection_why: str = ""


class KmsBackend(Backend):
    """Keys and secrets. What waits for its deletion is in no inventory: nothing more can be done about it."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.keys: Collection[Key] = Collection(scope, "kms", "key", "Forbidden.KeyNotFound")
        self.secrets = Secrets(scope)

    def inventory(self) -> list[dict[str, Any]]:
        secrets = [
            {"kind": "kms-secret", "id": one.id, "name": one.description, "tags": one.tags}
            for one in self.secrets.made_by_users()
            if not one.deleted
        ]
        return secrets + [
            {"kind": "kms-key", "id": key.id, "name": key.description, "status": key.status, "tags": key.tags}
            for key in self.keys.made_by_users()
            if key.status != "PendingDeletion"
        ]

    def checked_instance(self, id: str) -> str:
        """The id of a KMS instance, or blank for none; there are those that are seeded. The error's code is assumed."""
        if id and id not in self.scope.cloud.seed.get("kms", {}).get("instances", ()):
            raise CloudError(404, "Forbidden.DKMSInstanceNotFound", f"The specified KMS instance {id} is not found.")
        return id

    def schedule_deletion(self, key: Key, days: int) -> None:
        key.status, key.deleted = "PendingDeletion", self.scope.clock.now() + days * DAY
        self.scope.clock.after(days * DAY, self._delete_due, key.id)

    def _delete_due(self, id: str) -> None:
        if id in self.keys and self.keys[id].status == "PendingDeletion" and self.keys[id].deleted <= self.scope.clock.now():
            self.keys.remove(id)
