"""Snapshots on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.snapshots import Snapshot
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.requests import any_page, ids_of, refuse_dry_run, select
from fourways.fakes.services.shared.resources import checked_description, checked_name
from fourways.fakes.services.shared.tagging import as_list, given_tags

LONGEST_RETENTION = 65536  # days; help centre, CreateSnapshot


def create_snapshot(call: Call) -> dict[str, Any]:
    def create() -> dict[str, Any]:
        given, backend = call.parameters, call.backend(EcsBackend)
        snapshot = backend.snapshots.new(backend.disks[given.require("DiskId")])
        snapshot.name = checked_name(given.get("SnapshotName"), "SnapshotName")
        snapshot.description = checked_description(given.get("Description"))
        snapshot.category = given.choice("Category", ("standard", "flash"), "standard")
        snapshot.retention = given.integer("RetentionDays", 0, 1, LONGEST_RETENTION)
        snapshot.tags = given_tags(given)
        # Not the default group, as of other things: the provider would see a change at once (its test TestAccAliCloudECSDisk_basic8017).
        snapshot.resource_group = checked_group(call.scope, given.get("ResourceGroupId")) if given.optional("ResourceGroupId") else ""
        backend.snapshots.create(snapshot)
        return {"SnapshotId": snapshot.id}

    return call.backend(EcsBackend).tokens.once(call, create)


def describe_snapshots(call: Call) -> dict[str, Any]:
    given, backend = call.parameters, call.backend(EcsBackend)
    found = select(
        backend.snapshots,
        given,
        DiskId=lambda item: item.disk_id,
        SnapshotName=lambda item: item.name,
        Category=lambda item: item.category,
        SourceDiskType=lambda item: item.disk_type,
        InstanceId=lambda item: backend.disks[item.disk_id].instance_id if item.disk_id in backend.disks else "",
    )
    ids, status = ids_of(given, "SnapshotIds"), given.optional("Status") or "all"
    found = [item for item in found if (not ids or item.id in ids) and status in ("all", item.status)]
    page, about = any_page(found, given)
    return {"Snapshots": {"Snapshot": [_view(call, item) for item in page]}, **about}


def _view(call: Call, item: Snapshot) -> dict[str, Any]:
    """Names: SDK 7.11, DescribeSnapshotsResponseBodySnapshotsSnapshot."""
    clock = call.scope.clock
    used = any(disk.snapshot_id == item.id for disk in call.backend(EcsBackend).disks)
    return {
        "SnapshotId": item.id,
        "SnapshotName": item.name,
        "Description": item.description,
        "Status": item.status,
        "Progress": "100%" if item.status == "accomplished" else "0%",
        "Available": item.status == "accomplished",
        "CreationTime": clock.timestamp(item.created),
        "LastModifiedTime": clock.timestamp(item.modified),
        "RegionId": call.scope.region,
        "ResourceGroupId": item.resource_group,
        "SourceDiskId": item.disk_id,
        "SourceDiskSize": str(item.size),
        "SourceDiskType": item.disk_type,
        "SourceStorageType": "disk",
        "SnapshotType": "user",
        "SnapshotLinkId": "",
        "Category": item.category,
        "RetentionDays": item.retention,
        "Usage": "disk" if used else "none",
        "Encrypted": item.encrypted,
        "KMSKeyId": item.kms_key_id,
        "InstantAccess": False,
        "ProductCode": "",
        "Tags": as_list(item.tags, "TagKey", "TagValue"),
    }


def modify_snapshot_attribute(call: Call) -> None:
    given, snapshots = call.parameters, call.backend(EcsBackend).snapshots
    snapshot = snapshots[given.require("SnapshotId")]
    if "SnapshotName" in given:
        snapshot.name = checked_name(given.get("SnapshotName"), "SnapshotName")
    if "Description" in given:
        snapshot.description = checked_description(given.get("Description"))
    if given.optional("RetentionDays"):
        snapshot.retention = given.integer("RetentionDays", low=1, high=LONGEST_RETENTION)
        snapshots.keep_until(snapshot)
    snapshot.modified = call.scope.clock.now()


def delete_snapshot(call: Call) -> None:
    given, snapshots = call.parameters, call.backend(EcsBackend).snapshots
    snapshot = snapshots[given.require("SnapshotId")]
    refuse_dry_run(given)
    snapshots.delete(snapshot, given.boolean("Force"))


ACTIONS: dict[str, Handler] = {
    "CreateSnapshot": create_snapshot,
    "DescribeSnapshots": describe_snapshots,
    "ModifySnapshotAttribute": modify_snapshot_attribute,
    "DeleteSnapshot": delete_snapshot,
}
