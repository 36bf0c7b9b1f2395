"""ECS disks of their own: billed from CreateDisk until they are deleted, attached or not. Looked up by exact name; the project makes none
yet, so sweep has no business with them. The disks that RunInstances makes go with their instance."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import ECS, Part, moment, named, tags_of
from fourways.cleanup.wanted import Wanted


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """DescribeDisks by DiskName (alibaba-cloud-sdk-go 1.63.107, services/ecs)."""
    name = wanted.get("diskName") or wanted.need("name")
    for row in named(cloud, ECS, wanted, "DescribeDisks", ("Disks", "Disk"), "DiskName", name, id_="DiskId", DiskName=name):
        yield Found(
            kind="disk",
            id=str(row["DiskId"]),
            name=name,
            region=wanted.region,
            tags=tags_of(row),
            created=moment(row.get("CreationTime")),
        )


PART = Part(name="disk", type="alicloud:ecs/ecsDisk:EcsDisk", look_up=look_up)
