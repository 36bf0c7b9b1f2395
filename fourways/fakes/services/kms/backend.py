"""Keys and secrets of one account and region."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fourways.fakes.service import Backend, Scope
from fourways.fakes.services.shared.resources import Collection, Resource

DAY = 86_400
MOST_VERSIONS = 10  # of one secret: help centre, PutSecretValue


@dataclass(kw_only=True)
class Key(Resource):
    """`status` is the API's KeyState: Enabled, Disabled, PendingDeletion (until `deleted`, epoch seconds)."""

    usage: str
    spec: str
    origin: str
    protection_level: str
    deleted: float = 0.0
    deletion_protection: bool = False
    deletion_protection_why: str = ""


@dataclass
class Secret:
    """A generic secret. `versions` are its values by version id, oldest first; `stages` which version a stage label marks."""

    name: str
    description: str
    created: float
    versions: dict[str, str] = field(default_factory=dict, repr=False)
    stages: dict[str, str] = field(default_factory=dict)

    def put(self, version: str, data: str) -> None:
        """A new current version; the one before is ACSPrevious. The oldest goes beyond the most that are kept."""
        self.versions[version] = data
        if "ACSCurrent" in self.stages:
            self.stages["ACSPrevious"] = self.stages["ACSCurrent"]
        self.stages["ACSCurrent"] = version
        while len(self.versions) > MOST_VERSIONS:
            self.versions.pop(next(iter(self.versions)))


class KmsBackend(Backend):
    """Keys and secrets. A key that waits for its deletion is in no inventory: nothing more can be done about it."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.keys: Collection[Key] = Collection(scope, "kms", "key", "Forbidden.KeyNotFound")
        self.secrets: dict[str, Secret] = {}

    def inventory(self) -> list[dict[str, Any]]:
        secrets = [{"kind": "kms-secret", "id": one.name, "name": one.description} for one in self.secrets.values()]
        return secrets + [
            {"kind": "kms-key", "id": key.id, "name": key.description, "status": key.status, "tags": key.tags}
            for key in self.keys.made_by_users()
            if key.status != "PendingDeletion"
        ]

    def schedule_deletion(self, key: Key, days: int) -> None:
        key.status, key.deleted = "PendingDeletion", self.scope.clock.now() + days * DAY
        self.scope.clock.after(days * DAY, self._delete_due, key.id)

    def _delete_due(self, id: str) -> None:
        if id in self.keys and self.keys[id].status == "PendingDeletion" and self.keys[id].deleted <= self.scope.clock.now():
            self.keys.remove(id)
