"""Scaling groups (ESS): free, and their instances are not; tagged by a second call. Names are unique in the region (ESS 2014-08-28).

A forced deletion releases the instances that the group has started (help centre, DeleteScalingGroup: ForceDelete) and takes
configurations, rules and hooks with it; instances that were put into it by hand are let go, and looked for by the next sweep.
"""

import json
from collections.abc import Iterator
from decimal import Decimal

from fourways.cleanup.cloud import Cloud, Record, rpc_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Kind, moment, named, priced, tag_filter, tags_of
from fourways.cleanup.wanted import Wanted
from fourways.cloud import answers, ownership

ESS = ("ess", "2014-08-28")
INSTANCES_A_CALL = 20
"""Ids that DescribeScalingInstances takes (help centre)."""
MOST_IDS = 100
"""Ids that DescribeInstances takes (help centre)."""
_GROUPS = ("ScalingGroups", "ScalingGroup")


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Groups with the project's tag, those that are being deleted too."""
    for row in rpc_pages(cloud, *ESS, "DescribeScalingGroups", region, tag_filter(project), *_GROUPS, id_="ScalingGroupId"):
        if tags_of(row).get(ownership.PROJECT) == project:
            yield _found(cloud, row, region)


def everything(cloud: Cloud, region: str) -> Iterator[Found]:
    """All of the region; what their instances cost is not asked for."""
    for row in rpc_pages(cloud, *ESS, "DescribeScalingGroups", region, {}, *_GROUPS, id_="ScalingGroupId"):
        yield _found(None, row, region)


def delete(cloud: Cloud, found: Found) -> None:
    """With all its instances. Refused while its deletion protection is on."""
    cloud.call(*ESS, "DeleteScalingGroup", {"ScalingGroupId": found.id, "ForceDelete": True}, found.region)


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """DescribeScalingGroups by ScalingGroupName.1, the filter of exact names (alibaba-cloud-sdk-go 1.63.107, services/ess)."""
    name = wanted.need("scalingGroupName")
    for row in named(
        cloud, ESS, wanted, "DescribeScalingGroups", _GROUPS, "ScalingGroupName", name, id_="ScalingGroupId", ScalingGroupName=[name]
    ):
        yield _found(None, row, wanted.region)


def members(cloud: Cloud, region: str, ids: list[str]) -> set[str]:
    """Which of these instances belong to a scaling group, whosever it is."""
    found: set[str] = set()
    for start in range(0, len(ids), INSTANCES_A_CALL):
        asked = {"InstanceId": ids[start : start + INSTANCES_A_CALL]}
        where = ("ScalingInstances", "ScalingInstance")
        rows = rpc_pages(cloud, *ESS, "DescribeScalingInstances", region, asked, *where, id_="InstanceId")
        found |= {str(row["InstanceId"]) for row in rows}
    return found


def _found(cloud: Cloud | None, row: Record, region: str) -> Found:
    count = answers.whole(row.get("TotalCapacity")) or 0
    return Found(
        kind="scaling-group",
        id=str(row["ScalingGroupId"]),
        name=str(row.get("ScalingGroupName") or ""),
        region=region,
        tags=tags_of(row),
        created=moment(row.get("CreationTime")),
        free=not count,
        going=row.get("LifecycleState") == "Deleting",
        price=_price(cloud, str(row["ScalingGroupId"]), region) if cloud and count else None,
    )


def _price(cloud: Cloud, group: str, region: str) -> tuple[Decimal, str] | None:
    """What its instances cost an hour, without their disks; None where the price of one is not known, or there are several currencies."""
    where = ("ScalingInstances", "ScalingInstance")
    rows = rpc_pages(cloud, *ESS, "DescribeScalingInstances", region, {"ScalingGroupId": group}, *where, id_="InstanceId")
    ids = [str(row["InstanceId"]) for row in rows]
    machines = [
        machine
        for start in range(0, len(ids), MOST_IDS)
        for machine in rpc_pages(
            cloud,
            "ecs",
            "2014-05-26",
            "DescribeInstances",
            region,
            {"InstanceIds": json.dumps(ids[start : start + MOST_IDS])},
            "Instances",
            "Instance",
            id_="InstanceId",
        )
    ]
    prices = [priced("ecs-instance", str(row.get("InstanceType")), region, str(row.get("InstanceChargeType"))) for row in machines]
    known = [price for price in prices if price is not None]
    if not known or len(known) < len(prices) or len({currency for _, currency in known}) > 1:
        return None
    return sum((amount for amount, _ in known), Decimal(0)), known[0][1]


KIND = Kind(name="scaling-group", order=2, list=find, delete=delete, look_up=look_up, everything=everything)
