"""vSwitches: DescribeVSwitches by tag; DeleteVSwitch. After what has an address in them."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, Record, rpc_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import VPC, VPC_VERSION, Kind, asked_tags, described, is_going, moment, named, tags_of
from fourways.cleanup.wanted import Wanted


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """vSwitches with the project's tag."""
    for row in described(cloud, region, project, "DescribeVSwitches", "VSwitches", "VSwitch", id_="VSwitchId"):
        yield _found(cloud, row, region)


def everything(cloud: Cloud, region: str) -> Iterator[Found]:
    """All of the region, with the tags that the list shows."""
    for row in rpc_pages(cloud, *VPC, "DescribeVSwitches", region, {}, "VSwitches", "VSwitch", id_="VSwitchId"):
        yield _found(None, row, region)


def delete(cloud: Cloud, found: Found) -> None:
    """Refused while anything has an address in it."""
    cloud.call("vpc", VPC_VERSION, "DeleteVSwitch", {"VSwitchId": found.id}, found.region)


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """By exact name and VPC."""
    name = wanted.need("vswitchName")
    for row in named(
        cloud,
        VPC,
        wanted,
        "DescribeVSwitches",
        ("VSwitches", "VSwitch"),
        "VSwitchName",
        name,
        id_="VSwitchId",
        VSwitchName=name,
        VpcId=wanted.need("vpcId"),
    ):
        yield _found(cloud, row, wanted.region)


def _found(cloud: Cloud | None, row: Record, region: str) -> Found:
    return Found(
        kind="vswitch",
        id=str(row["VSwitchId"]),
        name=str(row.get("VSwitchName") or ""),
        region=region,
        tags=tags_of(row) or (asked_tags(cloud, region, "VSWITCH", str(row["VSwitchId"])) if cloud else {}),
        created=moment(row.get("CreationTime")),
        going=is_going(row.get("Status")),
        free=True,
    )


KIND = Kind(name="vswitch", order=70, list=find, delete=delete, look_up=look_up, everything=everything)
