"""Disks: billed from their creation until they are deleted, attached or not. A disk may outlive its instance."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from fourways.fakes.services.ecs.instance_types import offers
from fourways.fakes.services.shared.billing import open_bill
from fourways.fakes.services.shared.resources import Collection, Resource, new_id
from fourways.fakes.wire.errors import CloudError, invalid

if TYPE_CHECKING:
    from fourways.fakes.services.ecs.backend import EcsBackend
    from fourways.fakes.services.ecs.instances import Instance

KIND = "ecs-disk"
CREATE_SECONDS = 1.0  # made up
ATTACH_SECONDS = 1.0  # made up
MOST_OF_AN_INSTANCE = 17  # the system disk among them; help centre, ECS "Limits"


@dataclass(kw_only=True)
class Disk(Resource):
    """`size` in GiB. Statuses are the API's: Creating, Available, Attaching, In_use, Detaching."""

    zone: str
    category: str
    size: int
    type: str = "data"
    performance_level: str = ""
    charge_type: str = "PostPaid"
    image_id: str = ""
    instance_id: str = ""
    device: str = ""
    attached: float = 0.0
    detached: float = 0.0
    encrypted: bool = False
    kms_key_id: str = ""
    snapshot_id: str = ""
    snapshot_policy: str = ""
    multi_attach: str = "Disabled"
    provisioned_iops: int | None = None
    bursting: bool | None = None
    delete_with_instance: bool = False
    delete_auto_snapshot: bool = False
    enable_auto_snapshot: bool = True


def price_item(category: str, performance_level: str = "") -> str:
    """What a GiB of such a disk is in the price book: `cloud_auto`, `cloud_essd PL1`."""
    return f"cloud_essd {performance_level or 'PL1'}" if category == "cloud_essd" else category


class Disks(Collection[Disk]):
    """The disks of one account and region."""

    def __init__(self, backend: EcsBackend) -> None:
        super().__init__(backend.scope, "ecs", "disk", "InvalidDiskId.NotFound")
        self._backend = backend

    def new(self, zone: str, category: str, size: int | None, *, system: bool = False, performance_level: str = "") -> Disk:
        """Checked, not yet kept nor billed. `size` None: the least a system disk has, 40 GiB; of a data disk it must be given."""
        check_category(category)
        size = int(offers()["system_disk"]["default"]) if size is None else size
        limits = offers()["system_disk"] if system else offers()["disks"][category]
        check_size(size, limits["low"], limits["high"])
        if category == "cloud_essd":
            performance_level = performance_level or "PL1"
        elif performance_level:
            raise invalid("PerformanceLevel", "Only disks of the category cloud_essd have one.")
        return Disk(
            id=new_id("d-", 20),
            created=self._scope.clock.now(),
            zone=zone,
            category=category,
            size=size,
            type="system" if system else "data",
            performance_level=performance_level,
        )

    def create(self, disk: Disk, action: str = "CreateDisk") -> Disk:
        disk.status = "Creating"
        self._bill(disk)
        return self.add(disk, action, CREATE_SECONDS)

    def create_with(self, instance: Instance, disk: Disk, device: str = "") -> Disk:
        """Made by RunInstances and in use from the start. Disks of a prepaid instance are prepaid: owed for its term."""
        disk.charge_type, disk.system = instance.charge_type, disk.type == "system"
        disk.status, disk.instance_id, disk.attached = "In_use", instance.id, self._scope.clock.now()
        disk.device = device or self._free_device(instance)
        self._bill(disk, instance.months)
        self._items[disk.id] = disk
        return disk

    def _bill(self, disk: Disk, months: Decimal | int = 0) -> None:
        open_bill(
            self._scope, KIND, disk.id, disk.charge_type, months, item=price_item(disk.category, disk.performance_level), count=disk.size
        )

    def rebill(self, disk: Disk, months: Decimal | int = 0) -> None:
        """After a change of size, category or charge type."""
        self._scope.stop_bill(KIND, disk.id)
        self._bill(disk, months)

    def of(self, instance_id: str) -> list[Disk]:
        return [disk for disk in self if disk.instance_id == instance_id]

    def _free_device(self, instance: Instance) -> str:
        taken = {disk.device for disk in self.of(instance.id)}
        return next(device for letter in "abcdefghijklmnopqrstuvwxyz" if (device := f"/dev/xvd{letter}") not in taken)

    def attach(self, disk: Disk, instance: Instance, device: str) -> None:
        if disk.status != "Available":
            raise CloudError(403, "IncorrectDiskStatus", f"The status of the disk, {disk.status}, does not support this operation.")
        if instance.status not in ("Running", "Stopped"):
            raise CloudError(403, "IncorrectInstanceStatus", f"The status of the instance is {instance.status}.")
        if disk.zone != instance.zone:
            raise CloudError(400, "ResourcesNotInSameZone", "The instance and the disk are not in the same zone.")
        if len(self.of(instance.id)) >= MOST_OF_AN_INSTANCE:
            raise CloudError(400, "InstanceDiskLimitExceeded", f"An instance has at most {MOST_OF_AN_INSTANCE} disks.")
        disk.instance_id, disk.device = instance.id, device or self._free_device(instance)
        disk.attached, disk.status = self._scope.clock.now(), "Attaching"
        self.settle(disk, "AttachDisk", ATTACH_SECONDS, "In_use")

    def detach(self, disk: Disk, instance_id: str) -> None:
        if disk.instance_id != instance_id:
            raise CloudError(403, "DependencyViolation", f"The disk is not attached to {instance_id}.")
        if disk.type == "system":
            raise CloudError(400, "InvalidOperation.SystemDisk", "A system disk cannot be detached from a running instance.")
        disk.status = "Detaching"
        self.later(disk.id, "DetachDisk", ATTACH_SECONDS, self.let_go)

    def let_go(self, id: str) -> None:
        if id in self._items:
            disk = self._items[id]
            disk.status, disk.instance_id, disk.device, disk.detached = "Available", "", "", self._scope.clock.now()

    def resize(self, disk: Disk, size: int) -> None:
        """Disks only grow (help centre, ResizeDisk)."""
        limits = offers()["system_disk"] if disk.type == "system" else offers()["disks"][disk.category]
        check_size(size, limits["low"], limits["high"], "InvalidNewSize")
        if size < disk.size:
            raise CloudError(400, "InvalidDiskSize.TooSmall", f"The disk has {disk.size} GiB already, and disks do not shrink.")
        disk.size = size
        self.rebill(disk)

    def delete(self, disk: Disk) -> None:
        if disk.status == "Creating":
            raise CloudError(400, "IncorrectDiskStatus.Initializing", "The disk is being created.")
        if disk.status != "Available":
            raise CloudError(403, "IncorrectDiskStatus", f"The status of the disk, {disk.status}, does not support this operation.")
        self.drop(disk.id)

    def drop(self, id: str) -> None:
        self.remove(id)
        self._scope.stop_bill(KIND, id)


def check_category(category: str) -> None:
    if category not in offers()["disks"]:
        raise invalid("DiskCategory.ValueNotSupported", f"Valid values: {', '.join(offers()['disks'])}.")


def check_size(size: int, low: int, high: int, code: str = "InvalidDiskSize.ValueNotSupported") -> None:
    if not low <= size <= high:
        raise CloudError(400, code, f"The disk size {size} is not valid. Valid values: {low} to {high} GiB.")
