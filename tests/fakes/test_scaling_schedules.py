"""Scheduled tasks and notification configurations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from scaling import Group, scaling_group

from fourways.fakes.services.ess.schedules import Task, next_launch

FORM = "%Y-%m-%dT%H:%MZ"


def soon(group: Group, **later: float) -> str:
    """So much later than now, on the minute."""
    return (datetime.fromtimestamp(group.ess.cloud.clock.now(), UTC) + timedelta(**later)).strftime(FORM)


def at(text: str) -> float:
    return datetime.strptime(text, FORM).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("recurrence", "value", "launches"),
    [
        ("", "", ["2026-11-30T08:00Z"]),
        ("Daily", "2", ["2026-11-30T08:00Z", "2026-12-02T08:00Z", "2026-12-04T08:00Z"]),
        ("Weekly", "0,1", ["2026-11-30T08:00Z", "2026-12-06T08:00Z", "2026-12-07T08:00Z"]),  # a Monday, the Sunday after it
        ("Monthly", "1-2", ["2026-12-01T08:00Z", "2026-12-02T08:00Z", "2027-01-01T08:00Z"]),
        ("Cron", "30 9 ? * 1", ["2026-11-30T09:30Z", "2026-12-07T09:30Z", "2026-12-14T09:30Z"]),
    ],
)
def test_launches(recurrence: str, value: str, launches: list[str]) -> None:
    given: dict[str, Any] = {"id": "t", "created": 0, "action": "", "group_id": "g", "launch": at("2026-11-30T08:00Z")}
    task = Task(**given, recurrence=recurrence, value=value)
    moment, found = at("2026-11-29T12:00Z"), []
    for _ in launches:
        following = next_launch(task, moment)
        assert following is not None
        moment = following
        found.append(datetime.fromtimestamp(moment, UTC).strftime(FORM))
    assert found == launches
    task.until = moment
    assert next_launch(task, moment) is None


def test_a_task_sets_sizes_once() -> None:
    group = scaling_group(size=1)
    given = {"ScalingGroupId": group.id, "LaunchTime": soon(group, minutes=10), "DesiredCapacity": 3, "MinValue": 1}
    group.ess.ok("CreateScheduledTask", **given)
    group.wait(300)
    assert len(group.ids()) == 1
    group.wait(400)
    assert (len(group.ids()), group.row()["MinSize"]) == (3, 1)


def test_a_task_executes_a_rule_every_day_and_is_retried_while_something_is_under_way() -> None:
    group = scaling_group(size=0)
    given = {"AdjustmentType": "QuantityChangeInCapacity", "AdjustmentValue": 1}
    ari = group.ess.ok("CreateScalingRule", ScalingGroupId=group.id, **given)["ScalingRuleAri"]
    given = {"LifecycleTransition": "SCALE_OUT", "HeartbeatTimeout": 300}
    group.ess.ok("CreateLifecycleHook", ScalingGroupId=group.id, **given)
    launch = soon(group, minutes=2)
    recurrence = {"RecurrenceType": "Daily", "RecurrenceValue": 1, "RecurrenceEndTime": soon(group, days=2, minutes=10)}
    id = group.ess.ok("CreateScheduledTask", ScheduledAction=ari, LaunchTime=launch, **recurrence)["ScheduledTaskId"]
    group.modify(DesiredCapacity=1)  # waits at the hook while the task is due
    group.wait(200)
    assert len(group.ids()) == 1
    group.wait(300)
    assert len(group.ids()) == 2
    group.wait(5 * 86400)
    assert len(group.ids()) == 4
    group.ess.ok("DeleteScheduledTask", ScheduledTaskId=id)
    assert group.place.made("scheduled-task") == []


def test_a_task_is_shown_changed_and_switched_off() -> None:
    group = scaling_group(size=1)
    given = {"ScheduledTaskName": "night", "ScalingGroupId": group.id, "LaunchTime": soon(group, hours=1), "DesiredCapacity": 0}
    id = group.ess.ok("CreateScheduledTask", **given)["ScheduledTaskId"]
    later = soon(group, hours=2)
    group.ess.ok("ModifyScheduledTask", ScheduledTaskId=id, LaunchTime=later, LaunchExpirationTime=0, TaskEnabled="false")
    (shown,) = group.ess.ok("DescribeScheduledTasks", ScheduledTaskId_1=id)["ScheduledTasks"]["ScheduledTask"]
    assert (shown["LaunchTime"], shown["LaunchExpirationTime"], shown["TaskEnabled"]) == (later, 0, False)
    assert (shown["ScheduledTaskName"], shown["DesiredCapacity"], "MinValue" in shown) == ("night", 0, False)
    group.wait(3 * 3600)
    assert len(group.ids()) == 1
    assert group.ess.refused("CreateScheduledTask", **{**given, "LaunchTime": later})[1] == "InvalidLaunchTime"
    assert group.ess.refused("DeleteScheduledTask", ScheduledTaskId="none") == (404, "InvalidScheduledTaskId.NotFound")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"LaunchTime": "tomorrow"}, "InvalidLaunchTime.Malformed"),
        ({"DesiredCapacity": ""}, "MissingMinValue"),
        ({"ScheduledAction": "ari:x"}, "InvalidScheduledAction"),
        ({"ScalingGroupId": ""}, "MissingScheduledAction"),
        ({"RecurrenceType": "Weekly", "RecurrenceValue": "7"}, "InvalidRecurrenceValue"),
        ({"RecurrenceType": "Monthly", "RecurrenceValue": "9-3"}, "InvalidRecurrenceValue"),
        ({"RecurrenceType": "Cron", "RecurrenceValue": "every day"}, "InvalidRecurrenceValue"),
        ({"RecurrenceType": "Hourly", "RecurrenceValue": "1"}, "InvalidRecurrenceType"),
        ({"LaunchExpirationTime": 99999}, "InvalidLaunchExpirationTime"),
    ],
)
def test_what_is_refused_of_a_task(wrong: dict[str, Any], code: str) -> None:
    group = scaling_group(size=0, active=False)
    given = {"ScalingGroupId": group.id, "LaunchTime": soon(group, hours=1), "DesiredCapacity": 1, **wrong}
    assert group.ess.refused("CreateScheduledTask", **given)[1] == code


def test_notifications_are_kept_by_their_arn() -> None:
    group = scaling_group(size=0, active=False)
    arn = "acs:ess:cn-beijing:1:cloudmonitor"
    given = {"ScalingGroupId": group.id, "NotificationArn": arn}
    group.ess.ok("CreateNotificationConfiguration", **given, NotificationType_1="AUTOSCALING:SCALE_OUT_ERROR")
    group.ess.ok("ModifyNotificationConfiguration", **given, NotificationType_1="AUTOSCALING:SCALE_REJECT", TimeZone="UTC-7")
    answer = group.ess.ok("DescribeNotificationConfigurations", ScalingGroupId=group.id)
    (shown,) = answer["NotificationConfigurationModels"]["NotificationConfigurationModel"]
    assert (shown["NotificationArn"], shown["TimeZone"]) == (arn, "UTC-7")
    assert shown["NotificationTypes"] == {"NotificationType": ["AUTOSCALING:SCALE_REJECT"]}
    assert (
        group.ess.refused("CreateNotificationConfiguration", **given, NotificationType_1="AUTOSCALING:NAP")[1] == "InvalidNotificationType"
    )
    group.ess.ok("DeleteNotificationConfiguration", **given)
    assert group.ess.refused("DeleteNotificationConfiguration", **given) == (404, "NotificationConfigurationNotExist")
