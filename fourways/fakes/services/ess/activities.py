"""Scaling activities: begun by a change, over once the instances that it is about have arrived or are gone."""

from __future__ import annotations

from typing import Any

from fourways.fakes.clock import Clock
from fourways.fakes.services.ess.records import ARRIVING, Activity, ScalingGroup
from fourways.fakes.services.shared.resources import new_id

MOST_KEPT = 200  # made up; the cloud keeps them for 30 days


def begin(clock: Clock, group: ScalingGroup, description: str, cause: str, asked: int = 0, trigger: str = "Api") -> Activity:
    activity = Activity(new_id("asa-", 20), group.id, description, cause, clock.now(), asked, trigger=trigger)
    group.activities.append(activity)
    over = [item for item in group.activities if item.status != "InProgress"]
    if len(group.activities) > MOST_KEPT and over:
        group.activities.remove(over[0])
    return activity


def reject(clock: Clock, group: ScalingGroup, description: str, why: str, trigger: str = "Api") -> Activity:
    """One that is over before it has begun: help centre, 'Troubleshoot scaling activity exceptions'."""
    activity = begin(clock, group, description, description, trigger=trigger)
    activity.status, activity.error = "Rejected", why
    activity.end, activity.capacity = clock.now(), len(group.members)
    return activity


def settle(clock: Clock, group: ScalingGroup) -> None:
    """End those that nothing more comes of. SDK, DescribeScalingActivities: Warning is a success in part."""
    known = {member.id: member for member in group.members}
    for activity in under_way(group):
        arriving = [id for id in activity.created + activity.started + activity.attached if id in known and known[id].state in ARRIVING]
        leaving = [id for id in activity.destroyed + activity.stopped if id in known and known[id].leaving]
        if arriving or leaving or any(errand.activity == activity.id for errand in group.errands):
            continue
        lost = [id for id in activity.created if id not in known or known[id].activity != activity.id]
        good = len(activity.created) - len(lost) + len(activity.destroyed + activity.stopped + activity.started + activity.attached)
        failed = bool(activity.error) or bool(lost)
        activity.status = "Successful" if not failed else "Warning" if good else "Failed"
        activity.end, activity.capacity = clock.now(), len(group.members)
        if activity.status != "Failed":
            group.cool_at = clock.now() + (group.cooldown if activity.cooldown is None else activity.cooldown)


def under_way(group: ScalingGroup) -> list[Activity]:
    return [activity for activity in group.activities if activity.status == "InProgress"]


def view(clock: Clock, activity: Activity) -> dict[str, Any]:
    done = activity.status != "InProgress"
    row = {
        "ScalingActivityId": activity.id,
        "ScalingGroupId": activity.group,
        "StatusCode": activity.status,
        "StatusMessage": activity.error,
        "ErrorCode": activity.error.partition(":")[0] if activity.error else "",
        "ErrorMessage": activity.error,
        "Description": activity.description,
        "Cause": activity.cause,
        "Progress": 100 if done else 50,
        "StartTime": clock.timestamp(activity.start),
        "TotalCapacity": str(activity.capacity),
        "ScalingInstanceNumber": activity.asked,
        "CreatedCapacity": len(activity.created),
        "DestroyedCapacity": len(activity.destroyed),
        "AttachedCapacity": str(len(activity.attached)),
        "AutoCreatedCapacity": str(len(activity.created)),
        "StartedCapacity": len(activity.started),
        "StoppedCapacity": len(activity.stopped),
        "StartedInstances": {"StartedInstance": activity.started},
        "StoppedInstances": {"StoppedInstance": activity.stopped},
        "CreatedInstances": {"CreatedInstance": activity.created},
        "DestroyedInstances": {"DestroyedInstance": activity.destroyed},
        "TriggerSourceType": activity.trigger,
        "InstanceRefreshTaskId": activity.refresh,
    }
    return {**row, "EndTime": clock.timestamp(activity.end)} if done else row
