"""Snapshots of disks: billed by the size of their disk until they are deleted; a disk may be made from one.

Nothing is in them: a disk has no content here. Assumed: the time until one is accomplished, and that its disk's whole size is billed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fourways.fakes.services.ecs.disks import Disk
from fourways.fakes.services.shared.billing import open_bill
from fourways.fakes.services.shared.resources import Collection, Resource, new_id
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.ecs.backend import EcsBackend

KIND = "ecs-snapshot"
CREATE_SECONDS = 2.0  # made up
MOST_OF_A_DISK = 256  # help centre, ECS "Limits": manual snapshots of a disk


@dataclass(kw_only=True)
class Snapshot(Resource):
    """`size` of its disk in GiB. Statuses are the API's: progressing, accomplished, failed. `retention` in days, 0: for ever."""

    disk_id: str
    size: int
    disk_type: str
    encrypted: bool
    kms_key_id: str
    category: str = "standard"
    retention: int = 0
    modified: float = 0.0


class Snapshots(Collection[Snapshot]):
    """The snapshots of one account and region."""

    def __init__(self, backend: EcsBackend) -> None:
        super().__init__(backend.scope, "ecs", "snapshot", "InvalidSnapshotId.NotFound")
        self._backend = backend

    def of(self, disk_id: str) -> list[Snapshot]:
        return [item for item in self if item.disk_id == disk_id]

    def new(self, disk: Disk) -> Snapshot:
        """Checked, not yet kept. Codes: help centre, CreateSnapshot."""
        if disk.status not in ("In_use", "Available"):
            raise CloudError(403, "IncorrectDiskStatus", f"The status of the disk, {disk.status}, does not support this operation.")
        if any(item.status == "progressing" for item in self.of(disk.id)):
            raise CloudError(403, "CreateSnapshot.Failed", "The process of creating snapshot is already running on the disk.")
        if len(self.of(disk.id)) >= MOST_OF_A_DISK:
            raise CloudError(400, "QuotaExceed.Snapshot", "The snapshot quota exceeds.")
        now = self._scope.clock.now()
        return Snapshot(
            id=new_id("s-", 20),
            created=now,
            modified=now,
            disk_id=disk.id,
            size=disk.size,
            disk_type=disk.type,
            encrypted=disk.encrypted,
            kms_key_id=disk.kms_key_id,
        )

    def create(self, snapshot: Snapshot) -> None:
        snapshot.status = "progressing"
        open_bill(self._scope, KIND, snapshot.id, "PostPaid", item=snapshot.category, count=snapshot.size)
        self.add(snapshot, "CreateSnapshot", CREATE_SECONDS, "accomplished")
        self.keep_until(snapshot)

    def keep_until(self, snapshot: Snapshot) -> None:
        """It goes by itself when its days are over, unless they were changed meanwhile."""
        if snapshot.retention:
            due = snapshot.created + snapshot.retention * 86_400
            self._scope.clock.after(due - self._scope.clock.now(), self._expire, snapshot.id, snapshot.retention)

    def _expire(self, id: str, retention: int) -> None:
        if id in self._items and self._items[id].retention == retention:
            self.drop(id)

    def delete(self, snapshot: Snapshot, force: bool) -> None:
        """One that disks were made from is deleted by force only: help centre, DeleteSnapshot."""
        if not force and any(disk.snapshot_id == snapshot.id for disk in self._backend.disks):
            raise CloudError(403, "DeleteSnapshot.DependencyViolation", "There are disks that were created from the snapshot.")
        self.drop(snapshot.id)

    def drop(self, id: str) -> None:
        self.remove(id)
        self._scope.stop_bill(KIND, id)
