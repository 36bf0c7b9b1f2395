"""Alarms: looked at every period, they execute scaling rules."""

from __future__ import annotations

from typing import Any

import pytest
from scaling import Group, scaling_group
from test_scaling_rules import Said, load, rule, simple

__all__ = ["load"]  # the fixture


def alarm(group: Group, **more: Any) -> str:
    given = {"MetricType": "system", "MetricName": "ConcurrentConnections", "Threshold": 10, "Period": 60}
    given |= {"EvaluationCount": 2, "ComparisonOperator": ">=", "Statistics": "Average", "Name": "queue", **more}
    id: str = group.ess.ok("CreateAlarm", ScalingGroupId=group.id, **given)["AlarmTaskId"]
    return id


def shown(group: Group, id: str, **filters: Any) -> dict[str, Any]:
    row: dict[str, Any] = group.ess.ok("DescribeAlarms", AlarmTaskId=id, **filters)["AlarmList"]["Alarm"][0]
    return row


def test_a_long_queue_scales_out_once_in_a_cooldown(load: Said) -> None:
    group = scaling_group(DefaultCooldown=300)
    id = alarm(group, AlarmAction_1=simple(group, "QuantityChangeInCapacity", 1))
    group.wait(300)  # the cooldown of the first activity
    load.waiting = 12
    group.wait(60)
    assert (shown(group, id)["State"], len(group.ids())) == ("OK", 2)
    group.wait(60)
    assert shown(group, id)["State"] == "ALARM"
    assert len(group.ids()) == 3
    group.wait(240)
    assert len(group.ids()) == 3
    group.wait(240)
    assert len(group.ids()) == 4
    load.waiting = 0
    group.wait(600)
    assert (shown(group, id)["State"], len(group.ids())) == ("OK", 4)


def test_a_rule_s_own_cooldown_takes_the_place_of_the_group_s(load: Said) -> None:
    group = scaling_group(DefaultCooldown=0)
    alarm(group, AlarmAction_1=simple(group, "QuantityChangeInCapacity", 1, Cooldown=3600), EvaluationCount=1)
    load.waiting = 12
    group.wait(1800)
    assert len(group.ids()) == 3


def test_a_step_rule_learns_how_far_it_is(load: Said) -> None:
    group = scaling_group(DefaultCooldown=0, size=1)
    steps = {"StepAdjustment_1_MetricIntervalLowerBound": 0, "StepAdjustment_1_MetricIntervalUpperBound": 5}
    steps |= {"StepAdjustment_1_ScalingAdjustment": 1, "StepAdjustment_2_MetricIntervalLowerBound": 5}
    given = {"ScalingRuleType": "StepScalingRule", "AdjustmentType": "QuantityChangeInCapacity", "StepAdjustment_2_ScalingAdjustment": 4}
    alarm(group, AlarmAction_1=rule(group, **steps, **given)["ScalingRuleAri"], EvaluationCount=1)
    load.waiting = 16
    group.wait(90)
    assert len(group.ids()) == 5


def test_several_metrics_are_joined(load: Said) -> None:
    group = scaling_group(DefaultCooldown=0)
    joined = {"Expression_1_MetricName": "ConcurrentConnections", "Expression_1_Threshold": "10.000000", "Expression_1_Period": 60}
    joined |= {"Expression_2_MetricName": "GpuUtilizationAgent", "Expression_2_Threshold": 80, "Expression_2_Period": 60}
    given = {"MetricType": "system", "ScalingGroupId": group.id, "EvaluationCount": 1, "ExpressionsLogicOperator": "&&"}
    id = group.ess.ok("CreateAlarm", **given, **joined, AlarmAction_1=simple(group, "TotalCapacity", 4))["AlarmTaskId"]
    load.waiting = 20
    group.wait(120)
    assert (shown(group, id)["State"], len(group.ids())) == ("OK", 2)
    load.gpu = 90
    group.wait(90)
    assert (shown(group, id)["State"], len(group.ids())) == ("ALARM", 4)
    assert len(shown(group, id)["Expressions"]["Expression"]) == 2


def test_an_unknown_metric_has_no_data_until_it_is_seeded() -> None:
    group = scaling_group(DefaultCooldown=0)
    given = {"MetricType": "system", "MetricName": "CpuUtilization", "EvaluationCount": 1}
    id = alarm(group, AlarmAction_1=simple(group, "TotalCapacity", 3), **given)
    group.wait(600)
    assert (shown(group, id)["State"], len(group.ids())) == ("INSUFFICIENT_DATA", 2)
    group.ess.cloud.seed["ess"] = {"metrics": {"CpuUtilization": 95}}
    group.wait(90)
    assert (shown(group, id)["State"], len(group.ids())) == ("ALARM", 3)


def test_disabled_and_suspended_alarms_do_nothing(load: Said) -> None:
    group = scaling_group(DefaultCooldown=0)
    id = alarm(group, AlarmAction_1=simple(group, "TotalCapacity", 3), EvaluationCount=1)
    group.ess.ok("DisableAlarm", AlarmTaskId=id)
    load.waiting = 99
    group.wait(600)
    assert (shown(group, id)["Enable"], len(group.ids())) == (False, 2)
    group.ess.ok("SuspendProcesses", ScalingGroupId=group.id, Process_1="AlarmNotification")
    group.ess.ok("EnableAlarm", AlarmTaskId=id)
    group.wait(600)
    assert (shown(group, id)["State"], len(group.ids())) == ("ALARM", 2)
    group.ess.ok("ResumeProcesses", ScalingGroupId=group.id, Process_1="AlarmNotification")
    group.wait(90)
    assert len(group.ids()) == 3


def test_an_alarm_is_shown_changed_and_deleted() -> None:
    group = scaling_group(size=0, active=False)
    ari = simple(group, "TotalCapacity", 3)
    id = alarm(group, AlarmAction_1=ari, Dimension_1_DimensionKey="device", Dimension_1_DimensionValue="eth0")
    row = shown(group, id, MetricType="system")
    assert (row["Threshold"], row["Period"], row["EvaluationCount"], row["AlarmActions"]) == (10.0, 60, 2, {"AlarmAction": [ari]})
    assert {"DimensionKey": "device", "DimensionValue": "eth0"} in row["Dimensions"]["Dimension"]
    assert group.ess.ok("DescribeAlarms", AlarmTaskId=id, MetricType="custom")["AlarmList"] == {"Alarm": []}
    group.ess.ok("ModifyAlarm", AlarmTaskId=id, Threshold=20, Name="long queue")
    changed = shown(group, id)
    assert (changed["Threshold"], changed["Name"], changed["MetricName"]) == (20.0, "long queue", "ConcurrentConnections")
    group.ess.ok("DeleteScalingRule", ScalingRuleId=ari.rpartition("/")[2])
    assert shown(group, id)["AlarmActions"] == {"AlarmAction": []}
    group.ess.ok("DeleteAlarm", AlarmTaskId=id)
    assert group.ess.refused("DeleteAlarm", AlarmTaskId=id)[0] == 404
    assert group.place.made("scaling-alarm") == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"Period": 7}, "InvalidPeriod"),
        ({"Threshold": "many"}, "InvalidThreshold"),
        ({"ComparisonOperator": "="}, "InvalidComparisonOperator"),
        ({"Statistics": "Median"}, "InvalidStatistics"),
        ({"MetricType": "guess"}, "InvalidMetricType"),
        ({"GroupId": ""}, "MissingGroupId"),
        ({"MetricName": ""}, "MissingMetricName"),
        ({"AlarmAction_1": "ari:none"}, "InvalidScalingRuleAri.NotFound"),
    ],
)
def test_what_is_refused_of_an_alarm(wrong: dict[str, Any], code: str) -> None:
    group = scaling_group(size=0, active=False)
    given = {"MetricType": "custom", "GroupId": 1, "MetricName": "m", "Threshold": 10, "Period": 60, **wrong}
    assert group.ess.refused("CreateAlarm", ScalingGroupId=group.id, **given)[1] == code
