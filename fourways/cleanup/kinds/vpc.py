"""VPCs: DescribeVpcs by tag; DeleteVpc. Last: everything else is inside one."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, Record, rpc_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import VPC, VPC_VERSION, Kind, asked_tags, described, is_going, moment, named, tags_of
from fourways.cleanup.wanted import Wanted


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """VPCs with the project's tag."""
    for row in described(cloud, region, project, "DescribeVpcs", "Vpcs", "Vpc", id_="VpcId"):
        yield _found(cloud, row, region)


def everything(cloud: Cloud, region: str) -> Iterator[Found]:
    """All of the region, with the tags that the list shows."""
    for row in rpc_pages(cloud, *VPC, "DescribeVpcs", region, {}, "Vpcs", "Vpc", id_="VpcId"):
        yield _found(None, row, region)


def delete(cloud: Cloud, found: Found) -> None:
    """Refused while anything is in it: a thing without our tags keeps it, as it should."""
    cloud.call("vpc", VPC_VERSION, "DeleteVpc", {"VpcId": found.id}, found.region)


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """By exact name."""
    name = wanted.need("vpcName")
    for row in named(cloud, VPC, wanted, "DescribeVpcs", ("Vpcs", "Vpc"), "VpcName", name, id_="VpcId", VpcName=name):
        yield _found(cloud, row, wanted.region)


def _found(cloud: Cloud | None, row: Record, region: str) -> Found:
    return Found(
        kind="vpc",
        id=str(row["VpcId"]),
        name=str(row.get("VpcName") or ""),
        region=region,
        tags=tags_of(row) or (asked_tags(cloud, region, "VPC", str(row["VpcId"])) if cloud else {}),
        created=moment(row.get("CreationTime")),
        going=is_going(row.get("Status")),
        free=True,
    )


KIND = Kind(name="vpc", order=80, list=find, delete=delete, look_up=look_up, everything=everything)
