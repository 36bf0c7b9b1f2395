"""Secrets: their versions, the stages that mark them, rotation, and the time in which a deleted one can be recovered.

Sources: help centre, CreateSecret, PutSecretValue, UpdateSecretVersionStage, DeleteSecret (Kms 2016-01-20); alibabacloud_kms20160120 3.3.1.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from fourways.fakes.service import Scope
from fourways.fakes.services.shared.billing import open_bill
from fourways.fakes.services.shared.resources import Collection, Resource
from fourways.fakes.wire.errors import CloudError

DAY = 86_400
KIND = "kms-secret"
CURRENT, PREVIOUS = "ACSCurrent", "ACSPrevious"
MOST_VERSIONS = 10  # of one secret: help centre, PutSecretValue
MOST_STAGES = 8  # of one secret: help centre, UpdateSecretVersionStage
_PASSWORDS = ("Password", "AccountPassword")  # of an ECS instance, of a database account


@dataclass(frozen=True)
class Version:
    """`type` is text or binary (base64)."""

    data: str = field(repr=False)
    type: str
    created: float


@dataclass(kw_only=True)
class Secret(Resource):
    """The id is the name. `versions` are by version id, oldest first; `stages` say which version a stage marks. `instance` is the KMS
    instance that it is in, blank for none; `interval` the seconds between rotations, `deleted` when it is gone, 0 for none."""

    type: str = "Generic"
    instance: str = ""
    key: str = ""
    config: str = ""
    policy: str = ""
    rotates: bool = False
    interval: int = 0
    rotated: float = 0.0
    next_rotation: float = 0.0
    updated: float = 0.0
    deleted: float = 0.0
    versions: dict[str, Version] = field(default_factory=dict, repr=False)
    stages: dict[str, str] = field(default_factory=dict)

    def stages_of(self, version: str) -> list[str]:
        return [stage for stage, of in self.stages.items() if of == version]

    def put(self, id: str, version: Version, stages: list[str]) -> None:
        """A new version with these stages. What was current becomes the previous one. Beyond the most that are kept, the oldest that no
        stage marks goes."""
        self.versions[id] = version
        for stage in stages:
            self.move(stage, id)
        unmarked = [one for one in self.versions if one != id and not self.stages_of(one)]
        for one in unmarked[: max(0, len(self.versions) - MOST_VERSIONS)]:
            del self.versions[one]

    def move(self, stage: str, id: str) -> None:
        """Let a stage mark this version."""
        before = self.stages.get(stage)
        if stage == CURRENT and before not in (None, id):
            self.stages[PREVIOUS] = str(before)
        if len({*self.stages, stage}) > MOST_STAGES:
            raise CloudError(409, "Rejected.LimitExceeded", f"A secret has at most {MOST_STAGES} version stages.")
        self.stages[stage] = id


class Secrets(Collection[Secret]):
    """Secrets by name. One that waits for its deletion keeps its name."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope, "kms", "secret", "Forbidden.ResourceNotFound")

    def bill(self, secret: Secret) -> None:
        """By the day (help centre, "Pay-as-you-go" of Key Management Service), here by the part of it. One in a KMS instance is within what
        the instance has."""
        if not secret.instance:
            open_bill(self._scope, KIND, secret.id, "PostPaid")

    def remove(self, id: str) -> None:
        self._scope.stop_bill(KIND, id)
        super().remove(id)

    def schedule_deletion(self, secret: Secret, days: int) -> None:
        """It costs nothing any more while it waits (assumed: no page says it)."""
        self._scope.stop_bill(KIND, secret.id)
        secret.deleted = self._scope.clock.now() + days * DAY
        self._scope.clock.after(days * DAY, self._delete_due, secret.id)

    def _delete_due(self, id: str) -> None:
        if id in self and 0 < self._items[id].deleted <= self._scope.clock.now():
            self.remove(id)

    def set_rotation(self, secret: Secret, rotates: bool, interval: int) -> None:
        secret.rotates, secret.interval = rotates, interval
        secret.next_rotation = self._scope.clock.now() + interval if rotates else 0.0
        if rotates:
            self._scope.clock.after(interval, self._rotate_due, secret.id)

    def _rotate_due(self, id: str) -> None:
        if id in self and self._items[id].rotates and self._items[id].next_rotation <= self._scope.clock.now():
            secret = self._items[id]
            if not secret.deleted:
                self.rotate(secret, secrets.token_hex(16))
            self.set_rotation(secret, True, secret.interval)

    def rotate(self, secret: Secret, version: str) -> None:
        """A new current version with other passwords. They are set nowhere: the fake has no databases, and keeps no instance's password."""
        now, data = self._scope.clock.now(), secret.versions[secret.stages[CURRENT]]
        secret.put(version, Version(_with_new_passwords(data.data), data.type, now), [CURRENT])
        secret.rotated = secret.updated = now


def _with_new_passwords(data: str) -> str:
    def renewed(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: secrets.token_urlsafe(24) if name in _PASSWORDS else renewed(inner) for name, inner in value.items()}
        return [renewed(inner) for inner in value] if isinstance(value, list) else value

    return json.dumps(renewed(json.loads(data)))
