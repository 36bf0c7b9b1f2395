"""ECS disks of their own: billed from CreateDisk until they are deleted, attached or not. Looked for while nothing has them: a disk of an
instance goes with it, or is free afterwards."""

from collections.abc import Iterator
from decimal import Decimal

from fourways.cleanup.cloud import Cloud, Record, rpc_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import ECS, Kind, moment, named, priced, tag_filter, tags_of
from fourways.cleanup.wanted import Wanted
from fourways.cloud import answers

_WHERE = ("Disks", "Disk")


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Disks with the project's tag that are attached to nothing (Status Available)."""
    asked = {**tag_filter(project), "Status": "Available"}
    for row in rpc_pages(cloud, *ECS, "DescribeDisks", region, asked, *_WHERE, id_="DiskId"):
        yield _found(row, region)


def everything(cloud: Cloud, region: str) -> Iterator[Found]:
    """All of the region that are attached to nothing."""
    for row in rpc_pages(cloud, *ECS, "DescribeDisks", region, {"Status": "Available"}, *_WHERE, id_="DiskId"):
        yield _found(row, region)


def delete(cloud: Cloud, found: Found) -> None:
    """Its data is gone."""
    cloud.call(*ECS, "DeleteDisk", {"DiskId": found.id}, found.region)


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """DescribeDisks by DiskName (alibaba-cloud-sdk-go 1.63.107, services/ecs)."""
    name = wanted.get("diskName") or wanted.need("name")
    for row in named(cloud, ECS, wanted, "DescribeDisks", _WHERE, "DiskName", name, id_="DiskId", DiskName=name):
        yield _found(row, wanted.region)


def _found(row: Record, region: str) -> Found:
    return Found(
        kind="disk",
        id=str(row["DiskId"]),
        name=str(row.get("DiskName") or ""),
        region=region,
        tags=tags_of(row),
        created=moment(row.get("CreationTime")),
        price=_price(row, region),
    )


def _price(row: Record, region: str) -> tuple[Decimal, str] | None:
    """By its size, category and level."""
    category, size = str(row.get("Category") or ""), answers.whole(row.get("Size"))
    level = str(row.get("PerformanceLevel") or "PL1") if category == "cloud_essd" else ""
    charge = str(row.get("DiskChargeType") or "PostPaid")
    return priced("ecs-disk", f"{category} {level}".strip(), region, charge, size) if size else None


KIND = Kind(name="disk", order=4, list=find, delete=delete, look_up=look_up, everything=everything)
