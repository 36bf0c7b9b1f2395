"""Security groups: DescribeSecurityGroups by tag (ECS); DeleteSecurityGroup, which takes its rules. Before the VPC that holds it."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, rpc_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import ECS_VERSION, Kind, moment, tag_filter, tags_of


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Groups with the project's tag."""
    where = ("SecurityGroups", "SecurityGroup")
    for row in rpc_pages(cloud, "ecs", ECS_VERSION, "DescribeSecurityGroups", region, tag_filter(project), *where, id_="SecurityGroupId"):
        yield Found(
            kind="security-group",
            id=str(row["SecurityGroupId"]),
            name=str(row.get("SecurityGroupName") or ""),
            region=region,
            tags=tags_of(row),
            created=moment(row.get("CreationTime")),
            free=True,
        )


def delete(cloud: Cloud, found: Found) -> None:
    """Refused while an instance or an EAS link uses it."""
    cloud.call("ecs", ECS_VERSION, "DeleteSecurityGroup", {"SecurityGroupId": found.id}, found.region)


KIND = Kind(name="security-group", order=60, list=find, delete=delete)
