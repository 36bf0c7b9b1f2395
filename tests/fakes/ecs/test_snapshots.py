"""Snapshots of disks."""

from __future__ import annotations

import pytest
from machines import ZONE, Site, site


@pytest.fixture
def place() -> Site:
    return site()


def disk(place: Site) -> str:
    id: str = place.ecs.ok("CreateDisk", ZoneId=ZONE, Size=30, DiskCategory="cloud_essd")["DiskId"]
    place.ecs.wait()
    return id


def shown(place: Site, **filters: str) -> list[tuple[str, str]]:
    rows = place.ecs.ok("DescribeSnapshots", **filters)["Snapshots"]["Snapshot"]
    return [(row["SnapshotName"], row["Status"]) for row in rows]


def test_a_snapshot_is_made_shown_changed_and_deleted(place: Site) -> None:
    source = disk(place)
    given = {"DiskId": source, "SnapshotName": "a", "RetentionDays": 20, "Category": "standard", "ClientToken": "t", "Tag_1_Key": "k"}
    id = place.ecs.ok("CreateSnapshot", **given)["SnapshotId"]
    assert place.ecs.ok("CreateSnapshot", **given)["SnapshotId"] == id
    assert shown(place, DiskId=source) == [("a", "progressing")]
    assert place.ecs.refused("CreateSnapshot", DiskId=source) == (403, "CreateSnapshot.Failed")
    place.ecs.wait()
    assert shown(place, SnapshotIds=f'["{id}"]', Tag_1_Key="k") == [("a", "accomplished")]
    (row,) = place.ecs.ok("DescribeSnapshots")["Snapshots"]["Snapshot"]
    assert (row["SourceDiskId"], row["SourceDiskSize"], row["RetentionDays"], row["Usage"]) == (source, "30", 20, "none")
    place.ecs.ok("ModifySnapshotAttribute", SnapshotId=id, SnapshotName="b", Description="d", RetentionDays=30)
    assert shown(place) == [("b", "accomplished")]
    assert "ecs-snapshot" in place.bills()
    assert place.made("snapshot") == [id]
    place.ecs.ok("DeleteSnapshot", SnapshotId=id)
    assert (shown(place), place.made("snapshot"), place.bills()) == ([], [], ["ecs-disk"])
    assert place.ecs.refused("DeleteSnapshot", SnapshotId=id) == (404, "InvalidSnapshotId.NotFound")


def test_a_disk_from_a_snapshot_has_at_least_its_size(place: Site) -> None:
    id = place.ecs.ok("CreateSnapshot", DiskId=disk(place))["SnapshotId"]
    assert place.ecs.refused("CreateDisk", ZoneId=ZONE, SnapshotId=id) == (403, "IncorrectSnapshotStatus")
    place.ecs.wait()
    assert place.ecs.refused("CreateDisk", ZoneId=ZONE, SnapshotId=id, Size=20) == (400, "InvalidDiskSize.TooSmall")
    assert place.ecs.refused("CreateDisk", ZoneId=ZONE, SnapshotId="s-none") == (404, "InvalidSnapshotId.NotFound")
    made = place.ecs.ok("CreateDisk", ZoneId=ZONE, SnapshotId=id)["DiskId"]
    assert [(row["Size"], row["SourceSnapshotId"]) for row in place.disks(DiskIds=f'["{made}"]')] == [(30, id)]
    assert place.ecs.refused("DeleteSnapshot", SnapshotId=id) == (403, "DeleteSnapshot.DependencyViolation")
    place.ecs.ok("DeleteSnapshot", SnapshotId=id, Force="true")


def test_a_snapshot_goes_when_its_days_are_over(place: Site) -> None:
    place.ecs.ok("CreateSnapshot", DiskId=disk(place), RetentionDays=1)
    later = place.ecs.ok("CreateSnapshot", DiskId=disk(place), RetentionDays=1, SnapshotName="longer")["SnapshotId"]
    place.ecs.wait(3600)
    place.ecs.ok("ModifySnapshotAttribute", SnapshotId=later, RetentionDays=2)
    place.ecs.wait(86_400)
    assert shown(place) == [("longer", "accomplished")]
    place.ecs.wait(86_400)
    assert (shown(place), place.bills()) == ([], ["ecs-disk", "ecs-disk"])
