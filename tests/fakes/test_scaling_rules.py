"""Scaling rules: what size they make of a size, how they are executed, and target tracking on the clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from scaling import Group, scaling_group

from fourways.fakes.service import Scope
from fourways.fakes.services.ess import surroundings
from fourways.fakes.services.ess.rules import Step, adjusted, step_of


@dataclass
class Said:
    """A load that a test changes."""

    running: int = 0
    waiting: int = 0
    kv_cache: float = 0.0
    gpu: float = 0.0


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Said:
    """What every machine has to do."""
    found = Said()

    def ask(scope: Scope, id: str) -> Said:  # noqa: ARG001 - the shape of what it stands in for
        return found

    monkeypatch.setattr(surroundings, "load", ask)
    return found


def rule(group: Group, **given: Any) -> dict[str, Any]:
    made: dict[str, Any] = group.ess.ok("CreateScalingRule", ScalingGroupId=group.id, **given)
    return made


def simple(group: Group, type: str, value: int, **more: Any) -> str:
    return str(rule(group, AdjustmentType=type, AdjustmentValue=value, **more)["ScalingRuleAri"])


def execute(group: Group, ari: str, **more: Any) -> dict[str, Any]:
    made = group.ess.ok("ExecuteScalingRule", ScalingRuleAri=ari, **more)
    group.wait(20)
    return group.activity(made["ScalingActivityId"])


@pytest.mark.parametrize(
    ("size", "type", "value", "magnitude", "expected"),
    [
        (2, "QuantityChangeInCapacity", 2, 0, 4),
        (2, "QuantityChangeInCapacity", -1, 0, 1),
        (2, "TotalCapacity", 7, 0, 7),
        (10, "PercentChangeInCapacity", 25, 0, 12),
        (10, "PercentChangeInCapacity", 25, 4, 14),
        (10, "PercentChangeInCapacity", -25, 0, 8),
        (2, "PercentChangeInCapacity", 10, 0, 3),
        (2, "PercentChangeInCapacity", 0, 3, 2),
    ],
)
def test_adjusted(size: int, type: str, value: int, magnitude: int, expected: int) -> None:
    assert adjusted(size, type, value, magnitude) == expected


@pytest.mark.parametrize(("above", "change"), [(0, 1), (9.9, 1), (10, 3), (99, 3), (-0.1, -1), (-5, -1), (-6, None)])
def test_step_of(above: float, change: int | None) -> None:
    found = step_of([Step(0, 10, 1), Step(10, None, 3), Step(-5.5, 0, -1)], above)
    assert (found.change if found else None) == change


def test_simple_rules_change_the_desired_capacity_within_the_limits() -> None:
    group = scaling_group(MaxSize=3)
    more, fewer = simple(group, "QuantityChangeInCapacity", 2), simple(group, "TotalCapacity", 0)
    assert execute(group, more)["StatusCode"] == "Successful"
    assert (group.row()["DesiredCapacity"], len(group.ids())) == (3, 3)
    rejected = execute(group, more)
    assert (rejected["StatusCode"], rejected["StatusMessage"].endswith("will not change.")) == ("Rejected", True)
    assert execute(group, fewer)["StatusCode"] == "Successful"
    assert group.ids() == []


def test_a_group_without_a_desired_capacity_keeps_what_rules_make_of_it() -> None:
    group = scaling_group(size=2)
    group.ess.ok("DeleteScalingGroup", ScalingGroupId=group.id, ForceDelete="true")
    group.wait()
    group.id = group.ess.ok("CreateScalingGroup", MinSize=1, MaxSize=4, VSwitchIds_1=group.place.vswitches[0])["ScalingGroupId"]
    group.ess.ok("EnableScalingGroup", ScalingGroupId=group.id, ActiveScalingConfigurationId=group.configuration())
    group.wait()
    assert len(group.ids()) == 1
    execute(group, simple(group, "QuantityChangeInCapacity", 2))
    assert (len(group.ids()), "DesiredCapacity" in group.row()) == (3, False)
    group.place.ecs.ok("DeleteInstance", InstanceId=group.ids()[0], Force="true")
    group.wait(60)
    assert len(group.ids()) == 3


def test_one_activity_at_a_time() -> None:
    group = scaling_group()
    ari = simple(group, "QuantityChangeInCapacity", 1)
    group.ess.ok("ExecuteScalingRule", ScalingRuleAri=ari)
    assert group.ess.refused("ExecuteScalingRule", ScalingRuleAri=ari) == (400, "ScalingActivityInProgress")
    group.wait()
    group.ess.ok("ExecuteScalingRule", ScalingRuleAri=ari)  # the cooldown does not count for a call
    group.ess.ok("DisableScalingGroup", ScalingGroupId=group.id)
    assert group.ess.refused("ExecuteScalingRule", ScalingRuleAri=ari) == (400, "IncorrectScalingGroupStatus")


def test_a_step_rule_goes_by_how_far_the_metric_is_from_the_threshold() -> None:
    group = scaling_group(size=1)
    steps = {"StepAdjustment_1_MetricIntervalLowerBound": "0.000", "StepAdjustment_1_MetricIntervalUpperBound": "10.000"}
    steps |= {"StepAdjustment_1_ScalingAdjustment": "1", "StepAdjustment_2_MetricIntervalLowerBound": "10.000"}
    given = {"ScalingRuleType": "StepScalingRule", "AdjustmentType": "QuantityChangeInCapacity", "StepAdjustment_2_ScalingAdjustment": "3"}
    ari = rule(group, **steps, **given)["ScalingRuleAri"]
    execute(group, ari, MetricValue=15, BreachThreshold=10)
    assert len(group.ids()) == 2
    execute(group, ari, MetricValue=25, BreachThreshold=10)
    assert len(group.ids()) == 5
    assert group.ess.refused("ExecuteScalingRule", ScalingRuleAri=ari) == (400, "MissingMetricValue")


def test_rules_are_shown_changed_and_deleted() -> None:
    group = scaling_group(size=0, active=False)
    made = rule(group, ScalingRuleName="more", AdjustmentType="QuantityChangeInCapacity", AdjustmentValue=1, Cooldown=30)
    id = made["ScalingRuleId"]

    def shown() -> dict[str, Any]:
        row: dict[str, Any] = group.ess.ok("DescribeScalingRules", ScalingRuleId_1=id)["ScalingRules"]["ScalingRule"][0]
        return row

    assert (shown()["ScalingRuleAri"], shown()["Cooldown"], shown()["ScalingRuleType"]) == (made["ScalingRuleAri"], 30, "SimpleScalingRule")
    group.ess.ok("ModifyScalingRule", ScalingRuleId=id, AdjustmentValue=2)
    assert (shown()["AdjustmentValue"], shown()["AdjustmentType"]) == (2, "QuantityChangeInCapacity")
    again = {"ScalingGroupId": group.id, "AdjustmentType": "TotalCapacity", "AdjustmentValue": 1, "ScalingRuleName": "more"}
    assert group.ess.refused("CreateScalingRule", **again) == (400, "InvalidScalingRuleName.Duplicate")
    group.ess.ok("DeleteScalingRule", ScalingRuleId=id)
    assert group.ess.ok("DescribeScalingRules", ScalingRuleId_1=id)["ScalingRules"] == {"ScalingRule": []}
    assert group.ess.refused("DeleteScalingRule", ScalingRuleId=id) == (404, "InvalidScalingRuleId.NotFound")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "MissingAdjustmentType"),
        ({"AdjustmentType": "TotalCapacity", "AdjustmentValue": -1}, "InvalidAdjustmentValue"),
        ({"AdjustmentType": "Double", "AdjustmentValue": 1}, "InvalidAdjustmentType"),
        ({"AdjustmentType": "TotalCapacity"}, "MissingAdjustmentValue"),
        ({"ScalingRuleType": "StepScalingRule", "AdjustmentType": "TotalCapacity"}, "MissingStepAdjustment"),
        ({"ScalingRuleType": "TargetTrackingScalingRule", "TargetValue": 50}, "MissingMetricName"),
        ({"ScalingRuleType": "TargetTrackingScalingRule", "MetricName": "CpuUtilization", "TargetValue": 0}, "InvalidTargetValue"),
        ({"ScalingRuleType": "Guess"}, "InvalidScalingRuleType"),
    ],
)
def test_what_is_refused_of_a_rule(given: dict[str, Any], code: str) -> None:
    group = scaling_group(size=0, active=False)
    assert group.ess.refused("CreateScalingRule", ScalingGroupId=group.id, **given)[1] == code


def tracking(group: Group, **more: Any) -> None:
    given = {"MetricType": "custom", "MetricName": "vllm:num_requests_waiting", "TargetValue": 10, "EstimatedInstanceWarmup": 0}
    rule(group, ScalingRuleType="TargetTrackingScalingRule", **given, ScaleInEvaluationCount=4, **more)


def test_target_tracking_keeps_a_metric_at_its_target(load: Said) -> None:
    group = scaling_group(MinSize=1)
    tracking(group)
    load.waiting = 20
    group.wait(60)
    assert len(group.ids()) == 2  # three looks in a row are wanted
    group.wait(150)
    assert len(group.ids()) == 4
    load.waiting = 10
    group.wait(1200)
    assert len(group.ids()) == 4
    load.waiting = 5
    group.wait(320)
    assert len(group.ids()) == 2


def test_target_tracking_may_not_scale_in_when_that_is_off(load: Said) -> None:
    group = scaling_group(MinSize=1)
    tracking(group, DisableScaleIn="true")
    load.waiting = 1
    group.wait(3600)
    assert len(group.ids()) == 2


def test_target_tracking_keeps_within_the_limits(load: Said) -> None:
    group = scaling_group(MinSize=1, MaxSize=3)
    tracking(group)
    load.waiting = 1000
    group.wait(1200)
    assert len(group.ids()) == 3
    load.waiting = 0
    group.wait(1200)
    assert len(group.ids()) == 1
