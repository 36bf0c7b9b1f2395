"""vSwitches: DescribeVSwitches by tag; DeleteVSwitch. After what has an address in them."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import VPC_VERSION, Kind, asked_tags, described, moment


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """vSwitches with the project's tag."""
    for row, tags in described(cloud, region, project, "DescribeVSwitches", "VSwitches", "VSwitch", id_="VSwitchId"):
        yield Found(
            kind="vswitch",
            id=str(row["VSwitchId"]),
            name=str(row.get("VSwitchName") or ""),
            region=region,
            tags=tags or asked_tags(cloud, region, "VSWITCH", str(row["VSwitchId"])),
            created=moment(row.get("CreationTime")),
            free=True,
        )


def delete(cloud: Cloud, found: Found) -> None:
    """Refused while anything has an address in it."""
    cloud.call("vpc", VPC_VERSION, "DeleteVSwitch", {"VSwitchId": found.id}, found.region)


KIND = Kind(name="vswitch", order=70, list=find, delete=delete)
