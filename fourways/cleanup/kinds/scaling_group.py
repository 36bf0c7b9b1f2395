"""Scaling groups (ESS): free, but they start instances; tagged by a second call. Names are unique in the region (ESS 2014-08-28)."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Part, moment, named, tags_of
from fourways.cleanup.wanted import Wanted

ESS = ("ess", "2014-08-28")


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """DescribeScalingGroups by ScalingGroupName.1, the filter of exact names (alibaba-cloud-sdk-go 1.63.107, services/ess)."""
    name = wanted.need("scalingGroupName")
    where = ("ScalingGroups", "ScalingGroup")
    for row in named(cloud, ESS, wanted, "DescribeScalingGroups", where, "ScalingGroupName", name, ScalingGroupName=[name]):
        yield Found(
            kind="scaling-group",
            id=str(row["ScalingGroupId"]),
            name=name,
            region=wanted.region,
            tags=tags_of(row),
            created=moment(row.get("CreationTime")),
            free=True,
        )


PART = Part(name="scaling-group", type="alicloud:ess/scalingGroup:ScalingGroup", look_up=look_up)
