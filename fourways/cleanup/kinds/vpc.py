"""VPCs: DescribeVpcs by tag; DeleteVpc. Last: everything else is inside one."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import VPC_VERSION, Kind, asked_tags, described, moment


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """VPCs with the project's tag."""
    for row, tags in described(cloud, region, project, "DescribeVpcs", "Vpcs", "Vpc", id_="VpcId"):
        yield Found(
            kind="vpc",
            id=str(row["VpcId"]),
            name=str(row.get("VpcName") or ""),
            region=region,
            tags=tags or asked_tags(cloud, region, "VPC", str(row["VpcId"])),
            created=moment(row.get("CreationTime")),
            free=True,
        )


def delete(cloud: Cloud, found: Found) -> None:
    """Refused while anything is in it: a thing without our tags keeps it, as it should."""
    cloud.call("vpc", VPC_VERSION, "DeleteVpc", {"VpcId": found.id}, found.region)


KIND = Kind(name="vpc", order=80, list=find, delete=delete)
