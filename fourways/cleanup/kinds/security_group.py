"""Security groups: DescribeSecurityGroups by tag (ECS); DeleteSecurityGroup, which takes its rules. Before the VPC that holds it."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, Record, rpc_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import ECS, ECS_VERSION, Kind, moment, named, tag_filter, tags_of
from fourways.cleanup.wanted import Wanted


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Groups with the project's tag."""
    where = ("SecurityGroups", "SecurityGroup")
    for row in rpc_pages(cloud, "ecs", ECS_VERSION, "DescribeSecurityGroups", region, tag_filter(project), *where, id_="SecurityGroupId"):
        yield _found(row, region)


def everything(cloud: Cloud, region: str) -> Iterator[Found]:
    """All of the region."""
    where = ("SecurityGroups", "SecurityGroup")
    for row in rpc_pages(cloud, *ECS, "DescribeSecurityGroups", region, {}, *where, id_="SecurityGroupId"):
        yield _found(row, region)


def delete(cloud: Cloud, found: Found) -> None:
    """Refused while an instance or an EAS link uses it."""
    cloud.call("ecs", ECS_VERSION, "DeleteSecurityGroup", {"SecurityGroupId": found.id}, found.region)


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """By exact name and VPC."""
    name = wanted.need("securityGroupName")
    for row in named(
        cloud,
        ECS,
        wanted,
        "DescribeSecurityGroups",
        ("SecurityGroups", "SecurityGroup"),
        "SecurityGroupName",
        name,
        id_="SecurityGroupId",
        SecurityGroupName=name,
        VpcId=wanted.need("vpcId"),
    ):
        yield _found(row, wanted.region)


def _found(row: Record, region: str) -> Found:
    return Found(
        kind="security-group",
        id=str(row["SecurityGroupId"]),
        name=str(row.get("SecurityGroupName") or ""),
        region=region,
        tags=tags_of(row),
        created=moment(row.get("CreationTime")),
        free=True,
    )


KIND = Kind(name="security-group", order=60, list=find, delete=delete, look_up=look_up, everything=everything)
