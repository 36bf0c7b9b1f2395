"""Alarms that start scaling rules (ESS, event-triggered tasks): free, without tags. They stay when their group is deleted (help centre,
DeleteScalingGroup: event-triggered tasks are not deleted), so they go before it; whose they are, their names say."""

from collections.abc import Iterator
from dataclasses import replace

from fourways.cleanup.cloud import Cloud, Record, rpc_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Kind
from fourways.cleanup.kinds.scaling_group import ESS
from fourways.cleanup.kinds.scaling_group import find as groups
from fourways.cleanup.stack_names import tags_of_name
from fourways.cleanup.wanted import Wanted
from fourways.cloud import ownership

METRICS = ("system", "custom")
"""Both are asked for: without one, DescribeAlarms lists those of system metrics only (terraform-provider-alicloud 1.285.0,
service_alicloud_ess.go, DescribeEssAlarm)."""


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Alarms of the project's groups, with the groups' tags; and those whose group is gone, by their names."""
    owners = {group.id: group.tags for group in groups(cloud, region, project)}
    for row in _rows(cloud, region):
        group = owners.get(str(row.get("ScalingGroupId")))
        tags = group or tags_of_name(str(row.get("Name") or ""), project)
        if tags.get(ownership.PROJECT) == project:
            yield replace(_found(row, region, dict(tags)), by="tag" if group else "name")


def everything(cloud: Cloud, region: str) -> Iterator[Found]:
    """All of the region."""
    yield from (_found(row, region, {}) for row in _rows(cloud, region))


def delete(cloud: Cloud, found: Found) -> None:
    """Its rule stays, without anything that starts it."""
    cloud.call(*ESS, "DeleteAlarm", {"AlarmTaskId": found.id}, found.region)


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """DescribeAlarms by ScalingGroupId, then by exact name."""
    name, group = wanted.need("name"), wanted.need("scalingGroupId")
    for row in _rows(cloud, wanted.region, ScalingGroupId=group):
        if row.get("Name") == name:
            yield _found(row, wanted.region, {})


def _rows(cloud: Cloud, region: str, **filters: str) -> Iterator[Record]:
    for metric in METRICS:
        asked = {"MetricType": metric, **filters}
        yield from rpc_pages(cloud, *ESS, "DescribeAlarms", region, asked, "AlarmList", "Alarm", id_="AlarmTaskId")


def _found(row: Record, region: str, tags: dict[str, str]) -> Found:
    name = str(row.get("Name") or "")
    return Found(kind="scaling-alarm", id=str(row["AlarmTaskId"]), name=name, region=region, tags=tags, free=True)


KIND = Kind(name="scaling-alarm", order=1, list=find, delete=delete, look_up=look_up, everything=everything)
