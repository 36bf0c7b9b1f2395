"""ECS instances: billed from RunInstances on. Looked up by exact name; the project makes none yet, so sweep has no business with them."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import ECS, Part, moment, named, tags_of
from fourways.cleanup.wanted import Wanted


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """DescribeInstances by InstanceName. Its filter takes wildcards (ECS 2014-05-26, DescribeInstances): names are compared again."""
    name = wanted.need("instanceName")
    for row in named(cloud, ECS, wanted, "DescribeInstances", ("Instances", "Instance"), "InstanceName", name, InstanceName=name):
        yield Found(
            kind="instance",
            id=str(row["InstanceId"]),
            name=name,
            region=wanted.region,
            tags=tags_of(row),
            created=moment(row.get("CreationTime")),
        )


PART = Part(name="instance", type="alicloud:ecs/instance:Instance", look_up=look_up)
