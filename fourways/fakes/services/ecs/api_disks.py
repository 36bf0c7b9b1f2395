"""Disks on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler, Scope
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.disks import Disk
from fourways.fakes.services.ecs.zones import checked_zone
from fourways.fakes.services.kms.backend import KmsBackend
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.requests import any_page, ids_of, refuse_dry_run, select
from fourways.fakes.services.shared.resources import checked_description, checked_name
from fourways.fakes.services.shared.tagging import as_list, given_tags
from fourways.fakes.wire.errors import CloudError, invalid, missing
from fourways.fakes.wire.parameters import Parameters


def _view(call: Call, disk: Disk) -> dict[str, Any]:
    clock = call.scope.clock
    attached = clock.timestamp(disk.attached) if disk.instance_id else ""
    row: dict[str, Any] = {
        "DiskId": disk.id,
        "DiskName": disk.name,
        "Description": disk.description,
        "RegionId": call.scope.region,
        "ZoneId": disk.zone,
        "Type": disk.type,
        "Category": disk.category,
        "PerformanceLevel": disk.performance_level,
        "Size": disk.size,
        "Status": disk.status,
        "ImageId": disk.image_id,
        "InstanceId": disk.instance_id,
        "Device": disk.device,
        "Portable": disk.type != "system",
        "DeleteWithInstance": disk.delete_with_instance,
        "DeleteAutoSnapshot": disk.delete_auto_snapshot,
        "EnableAutoSnapshot": disk.enable_auto_snapshot,
        "EnableAutomatedSnapshotPolicy": bool(disk.snapshot_policy),
        "AutoSnapshotPolicyId": disk.snapshot_policy,
        "Encrypted": disk.encrypted,
        "KMSKeyId": disk.kms_key_id,
        "SourceSnapshotId": disk.snapshot_id,
        "MultiAttach": disk.multi_attach,
        "DiskChargeType": disk.charge_type,
        "ExpiredTime": "2999-09-08T16:00Z",
        "CreationTime": clock.timestamp(disk.created),
        "AttachedTime": attached,
        "DetachedTime": clock.timestamp(disk.detached) if disk.detached else "",
        "ResourceGroupId": disk.resource_group,
        "ProductCode": "",
        "StorageSetId": "",
        "StorageClusterId": "",
        "StorageSetPartitionNumber": 0,
        "SerialNumber": disk.id.removeprefix("d-"),
        "MountInstanceNum": 1 if disk.instance_id else 0,
        "MountInstances": {"MountInstance": []},
        "OperationLocks": {"OperationLock": []},
        "Attachments": {"Attachment": _attachments(disk, attached)},
        "Tags": as_list(disk.tags, "TagKey", "TagValue"),
    }
    if disk.category == "cloud_auto":
        row |= {"ProvisionedIops": disk.provisioned_iops or 0, "BurstingEnabled": bool(disk.bursting)}
    return row


def _attachments(disk: Disk, attached: str) -> list[dict[str, Any]]:
    return [{"InstanceId": disk.instance_id, "Device": disk.device, "AttachedTime": attached}] if disk.instance_id else []


def create_disk(call: Call) -> dict[str, Any]:
    return call.backend(EcsBackend).tokens.once(call, lambda: _create(call))


def _create(call: Call) -> dict[str, Any]:
    given, backend = call.parameters, call.backend(EcsBackend)
    instance = backend.instances[given.get("InstanceId")] if given.optional("InstanceId") else None
    zone = instance.zone if instance else checked_zone(call.scope.region, given.require("ZoneId"))
    if not given.optional("Size") and not given.optional("SnapshotId"):
        raise missing("Size")
    category = given.optional("DiskCategory") or "cloud_efficiency"
    snapshot = backend.snapshots[given.get("SnapshotId")] if given.optional("SnapshotId") else None
    if snapshot is not None and snapshot.status != "accomplished":
        raise CloudError(403, "IncorrectSnapshotStatus", f"The status of the snapshot is {snapshot.status}.")
    size = given.integer("Size", snapshot.size if snapshot else 20)
    if snapshot is not None and size < snapshot.size:
        raise CloudError(400, "InvalidDiskSize.TooSmall", f"The snapshot has {snapshot.size} GiB.")
    disk = backend.disks.new(zone, category, size, performance_level=given.get("PerformanceLevel"))
    disk.name = checked_name(given.get("DiskName"), "DiskName")
    read_options(disk, given)
    check_encryption(call.scope, disk)
    disk.tags, disk.resource_group = given_tags(given), checked_group(call.scope, given.get("ResourceGroupId"))
    refuse_dry_run(given)
    backend.disks.create(disk)
    if instance is not None:
        disk.status = "Available"
        backend.disks.attach(disk, instance, "")
    return {"DiskId": disk.id}


def read_options(disk: Disk, given: Parameters, prefix: str = "") -> None:
    """What RunInstances says of each disk (under a prefix) and CreateDisk of one."""
    disk.description = checked_description(given.get(f"{prefix}Description"), f"{prefix}Description")
    disk.encrypted, disk.kms_key_id = given.boolean(f"{prefix}Encrypted"), given.get(f"{prefix}KMSKeyId")
    disk.snapshot_id, disk.snapshot_policy = given.get(f"{prefix}SnapshotId"), given.get(f"{prefix}AutoSnapshotPolicyId")
    disk.multi_attach = given.optional(f"{prefix}MultiAttach") or "Disabled"
    if given.optional(f"{prefix}ProvisionedIops"):
        disk.provisioned_iops = given.integer(f"{prefix}ProvisionedIops", low=0)
    if given.optional(f"{prefix}BurstingEnabled"):
        disk.bursting = given.boolean(f"{prefix}BurstingEnabled")


def check_encryption(scope: Scope, disk: Disk) -> None:
    """A key is for an encrypted disk, and exists; without one the service's own key is taken. Codes: help centre, RunInstances."""
    if disk.kms_key_id and not disk.encrypted:
        raise CloudError(
            400, "InvalidParameter.EncryptedIllegal", "The specified parameter Encrypted must be true when kmsKeyId is not empty."
        )
    if disk.kms_key_id and disk.kms_key_id not in scope.backend(KmsBackend).keys:
        raise CloudError(404, "InvalidParameter.KMSKeyId.NotFound", f"The specified KMSKeyId {disk.kms_key_id} does not exist.")


def describe_disks(call: Call) -> dict[str, Any]:
    given = call.parameters
    found = select(
        call.backend(EcsBackend).disks,
        given,
        InstanceId=lambda disk: disk.instance_id,
        ZoneId=lambda disk: disk.zone,
        Category=lambda disk: disk.category,
        Status=lambda disk: disk.status,
        DiskName=lambda disk: disk.name,
        DiskChargeType=lambda disk: disk.charge_type,
        AutoSnapshotPolicyId=lambda disk: disk.snapshot_policy,
        SnapshotId=lambda disk: disk.snapshot_id,
        KMSKeyId=lambda disk: disk.kms_key_id,
    )
    ids, kind = ids_of(given, "DiskIds"), given.optional("DiskType") or "all"
    found = [disk for disk in found if (not ids or disk.id in ids) and kind in ("all", disk.type)]
    for name, get in (("DeleteWithInstance", _goes), ("Encrypted", _encrypted), ("Portable", _portable)):
        if given.optional(name):
            found = [disk for disk in found if get(disk) == given.boolean(name)]
    page, about = any_page(found, given)
    return {"RegionId": call.scope.region, "Disks": {"Disk": [_view(call, disk) for disk in page]}, **about}


def _goes(disk: Disk) -> bool:
    return disk.delete_with_instance


def _encrypted(disk: Disk) -> bool:
    return disk.encrypted


def _portable(disk: Disk) -> bool:
    return disk.type != "system"


def _named(call: Call) -> Disk:
    return call.backend(EcsBackend).disks[call.parameters.require("DiskId")]


def attach_disk(call: Call) -> None:
    given, backend = call.parameters, call.backend(EcsBackend)
    disk, instance = _named(call), backend.instances[given.require("InstanceId")]
    backend.disks.attach(disk, instance, given.get("Device"))
    disk.delete_with_instance = given.boolean("DeleteWithInstance")


def detach_disk(call: Call) -> None:
    given, backend = call.parameters, call.backend(EcsBackend)
    disk, instance = _named(call), backend.instances[given.require("InstanceId")]
    backend.disks.detach(disk, instance.id)


def modify_disk_attribute(call: Call) -> None:
    given, backend = call.parameters, call.backend(EcsBackend)
    ids = ids_of(given, "DiskIds")
    for disk in [backend.disks[id] for id in ids] if ids else [_named(call)]:
        if "DiskName" in given:
            disk.name = checked_name(given.get("DiskName"), "DiskName")
        if "Description" in given:
            disk.description = checked_description(given.get("Description"))
        disk.delete_with_instance = given.boolean("DeleteWithInstance", disk.delete_with_instance)
        disk.delete_auto_snapshot = given.boolean("DeleteAutoSnapshot", disk.delete_auto_snapshot)
        disk.enable_auto_snapshot = given.boolean("EnableAutoSnapshot", disk.enable_auto_snapshot)
        if given.optional("BurstingEnabled"):
            disk.bursting = given.boolean("BurstingEnabled")


def modify_disk_spec(call: Call) -> dict[str, Any]:
    given, disk = call.parameters, _named(call)
    backend = call.backend(EcsBackend)
    category = given.optional("DiskCategory") or disk.category
    level = given.optional("PerformanceLevel") or (disk.performance_level if category == disk.category else "")
    wanted = backend.disks.new(disk.zone, category, disk.size, system=disk.type == "system", performance_level=level)
    refuse_dry_run(given)
    disk.category, disk.performance_level = wanted.category, wanted.performance_level
    if given.optional("ProvisionedIops"):
        disk.provisioned_iops = given.integer("ProvisionedIops", low=0)
    backend.disks.rebill(disk)
    return {"TaskId": "", "OrderId": ""}


def resize_disk(call: Call) -> dict[str, Any]:
    call.backend(EcsBackend).disks.resize(_named(call), call.parameters.integer("NewSize", low=1))
    return {"OrderId": ""}


def modify_disk_charge_type(call: Call) -> dict[str, Any]:
    given, backend = call.parameters, call.backend(EcsBackend)
    instance = backend.instances[given.require("InstanceId")]
    wanted = given.choice("DiskChargeType", ("PrePaid", "PostPaid"), "PrePaid")
    disks = [backend.disks[id] for id in ids_of(given, "DiskIds")]
    if wanted == "PrePaid" and instance.charge_type != "PrePaid":
        raise CloudError(403, "InvalidInstanceChargeType", "The disks of a pay-as-you-go instance cannot be prepaid.")
    for disk in disks:
        if disk.charge_type != wanted:
            disk.charge_type = wanted
            backend.disks.rebill(disk, instance.months)
    return {"OrderId": ""}


def apply_auto_snapshot_policy(call: Call) -> None:
    """Spelled with small letters by the API."""
    given, backend = call.parameters, call.backend(EcsBackend)
    policy = given.require("autoSnapshotPolicyId")
    for disk in [backend.disks[id] for id in ids_of(given, "diskIds")]:
        disk.snapshot_policy = policy


def delete_disk(call: Call) -> None:
    call.backend(EcsBackend).disks.delete(_named(call))


def replace_system_disk(call: Call) -> dict[str, Any]:
    given, backend = call.parameters, call.backend(EcsBackend)
    instance = backend.instances[given.require("InstanceId")]
    size = given.integer("SystemDisk.Size", 0) or None
    if size is not None and size < 20:
        raise invalid("SystemDisk.Size", "It must be at least 20.")
    return {"DiskId": backend.instances.replace_system_disk(instance, given.require("ImageId"), size).id}


ACTIONS: dict[str, Handler] = {
    "CreateDisk": create_disk,
    "DescribeDisks": describe_disks,
    "AttachDisk": attach_disk,
    "DetachDisk": detach_disk,
    "ModifyDiskAttribute": modify_disk_attribute,
    "ModifyDiskSpec": modify_disk_spec,
    "ModifyDiskChargeType": modify_disk_charge_type,
    "ResizeDisk": resize_disk,
    "ApplyAutoSnapshotPolicy": apply_auto_snapshot_policy,
    "DeleteDisk": delete_disk,
    "ReplaceSystemDisk": replace_system_disk,
}
