"""ECS instances: billed from RunInstances on, their disks with them. Those of a scaling group are the group's, and go with it."""

from collections.abc import Iterator
from typing import Any

from fourways.cleanup.cloud import Cloud, Record, rpc_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds import scaling_group
from fourways.cleanup.kinds.base import ECS, Kind, moment, named, priced, tag_filter, tags_of
from fourways.cleanup.wanted import Wanted

_WHERE = ("Instances", "Instance")


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Instances with the project's tag that no scaling group has."""
    yield from _of_no_group(cloud, region, tag_filter(project))


def everything(cloud: Cloud, region: str) -> Iterator[Found]:
    """All of the region that no scaling group has."""
    yield from _of_no_group(cloud, region, {})


def _of_no_group(cloud: Cloud, region: str, asked: dict[str, Any]) -> Iterator[Found]:
    rows = rpc_pages(cloud, *ECS, "DescribeInstances", region, asked, *_WHERE, id_="InstanceId")
    grouped = scaling_group.members(cloud, region, [str(row["InstanceId"]) for row in rows])
    yield from (_found(row, region) for row in rows if row["InstanceId"] not in grouped)


def delete(cloud: Cloud, found: Found) -> None:
    """At once, running or not (Force). Refused while its release protection is on."""
    cloud.call(*ECS, "DeleteInstance", {"InstanceId": found.id, "Force": True}, found.region)


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """DescribeInstances by InstanceName. Its filter takes wildcards (ECS 2014-05-26, DescribeInstances): names are compared again."""
    name = wanted.need("instanceName")
    for row in named(cloud, ECS, wanted, "DescribeInstances", _WHERE, "InstanceName", name, id_="InstanceId", InstanceName=name):
        yield _found(row, wanted.region)


def _found(row: Record, region: str) -> Found:
    charge = str(row.get("InstanceChargeType") or "PostPaid")
    return Found(
        kind="instance",
        id=str(row["InstanceId"]),
        name=str(row.get("InstanceName") or ""),
        region=region,
        tags=tags_of(row),
        created=moment(row.get("CreationTime")),
        price=priced("ecs-instance", str(row.get("InstanceType") or ""), region, charge),
        held=f"bought for a term, until {row.get('ExpiredTime')}: no call ends it before" if charge == "PrePaid" else "",
    )


KIND = Kind(name="instance", order=3, list=find, delete=delete, look_up=look_up, everything=everything)
