"""Scaling rules on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ess import activities, rules, sizes
from fourways.fakes.services.ess.api_hooks import checked_short_name
from fourways.fakes.services.ess.backend import EssBackend
from fourways.fakes.services.ess.rules import PREDICTIVE, RANGES, SIMPLE, STEP, TRACKING, TYPES, Rule, Step
from fourways.fakes.services.shared.requests import ids_of
from fourways.fakes.services.shared.resources import new_id
from fourways.fakes.wire.errors import CloudError, invalid, missing
from fourways.fakes.wire.parameters import Parameters

Settings = dict[str, Any]


def number(given: Parameters, name: str) -> float:
    try:
        return float(given.require(name))
    except ValueError:
        raise invalid(name, "It must be a number.") from None


def _adjustment(given: Parameters, old: Settings, kind: str) -> Settings:
    found: Settings = {"AdjustmentType": given.choice("AdjustmentType", tuple(RANGES), old.get("AdjustmentType", ""))}
    low, high = RANGES[found["AdjustmentType"]]
    if kind == SIMPLE:
        found["AdjustmentValue"] = given.integer("AdjustmentValue", old.get("AdjustmentValue"), low, high)
        if given.optional("Cooldown") or "Cooldown" in old:
            found["Cooldown"] = given.integer("Cooldown", old.get("Cooldown"), 0, 86400)
    else:
        found["EstimatedInstanceWarmup"] = given.integer("EstimatedInstanceWarmup", old.get("EstimatedInstanceWarmup", 300), 0, 86400)
    if given.optional("MinAdjustmentMagnitude") or "MinAdjustmentMagnitude" in old:
        found["MinAdjustmentMagnitude"] = given.integer("MinAdjustmentMagnitude", old.get("MinAdjustmentMagnitude"), 0)
    return found


def _tracking(given: Parameters, old: Settings) -> Settings:
    found: Settings = {
        "MetricName": given.optional("MetricName") or old.get("MetricName") or "",
        "MetricType": given.choice("MetricType", ("system", "custom", "hybrid"), old.get("MetricType", "system")),
        "TargetValue": number(given, "TargetValue") if given.optional("TargetValue") or not old else old["TargetValue"],
        "DisableScaleIn": given.boolean("DisableScaleIn", bool(old.get("DisableScaleIn", False))),
        "EstimatedInstanceWarmup": given.integer("EstimatedInstanceWarmup", old.get("EstimatedInstanceWarmup", 300), 0, 86400),
        "ScaleInEvaluationCount": given.integer("ScaleInEvaluationCount", old.get("ScaleInEvaluationCount", 15), 1),
        "ScaleOutEvaluationCount": given.integer("ScaleOutEvaluationCount", old.get("ScaleOutEvaluationCount", 3), 1),
    }
    if not found["MetricName"]:
        raise missing("MetricName")
    if found["TargetValue"] <= 0:
        raise invalid("TargetValue", "It must be above 0.")
    return found


def _predictive(given: Parameters, old: Settings) -> Settings:
    """Kept and shown; nothing is predicted here."""
    found: Settings = {
        "MetricName": given.optional("MetricName") or old.get("MetricName") or "",
        "TargetValue": number(given, "TargetValue") if given.optional("TargetValue") or not old else old["TargetValue"],
        "PredictiveScalingMode": given.choice(
            "PredictiveScalingMode", ("PredictAndScale", "PredictOnly"), old.get("PredictiveScalingMode", "PredictAndScale")
        ),
        "PredictiveValueBehavior": given.optional("PredictiveValueBehavior")
        or old.get("PredictiveValueBehavior", "MaxOverridePredictiveValue"),
        "PredictiveValueBuffer": given.integer("PredictiveValueBuffer", old.get("PredictiveValueBuffer", 0), 0, 100),
        "PredictiveTaskBufferTime": given.integer("PredictiveTaskBufferTime", old.get("PredictiveTaskBufferTime", 0), 0, 60),
    }
    if given.optional("InitialMaxSize") or "InitialMaxSize" in old:
        found["InitialMaxSize"] = given.integer("InitialMaxSize", old.get("InitialMaxSize"), 0)
    return found


def _settings(given: Parameters, kind: str, old: Settings) -> Settings:
    if kind in (SIMPLE, STEP):
        if not old and not given.optional("AdjustmentType"):
            raise missing("AdjustmentType")
        return _adjustment(given, old, kind)
    return _tracking(given, old) if kind == TRACKING else _predictive(given, old)


def _bound(record: Parameters, name: str) -> float | None:
    return number(record, name) if record.optional(name) else None


def _steps(given: Parameters) -> list[Step]:
    found = []
    for record in (Parameters(row) for row in given.records("StepAdjustment")):
        low, high = _bound(record, "MetricIntervalLowerBound"), _bound(record, "MetricIntervalUpperBound")
        if low is not None and high is not None and low >= high:
            raise invalid("StepAdjustment", "The lower bound must be below the upper bound.")
        found.append(Step(low, high, record.integer("ScalingAdjustment")))
    return found


def create_scaling_rule(call: Call) -> dict[str, Any]:
    given, backend = call.parameters, call.backend(EssBackend)
    group = backend.groups[given.require("ScalingGroupId")]
    kind = given.choice("ScalingRuleType", TYPES, SIMPLE)
    steps = _steps(given)
    if kind == STEP and not steps:
        raise missing("StepAdjustment")
    id = new_id("asr-", 20)
    rule = Rule(
        id=id,
        created=call.scope.clock.now(),
        name=checked_short_name(given.get("ScalingRuleName"), "ScalingRuleName") or id,
        group_id=group.id,
        type=kind,
        ari=rules.arn(call.scope, id),
        settings=_settings(given, kind, {}),
        steps=steps,
        dimensions=given.records("AlarmDimension"),
    )
    backend.rules.create(rule)
    return {"ScalingRuleId": rule.id, "ScalingRuleAri": rule.ari}


def _view(call: Call, rule: Rule) -> dict[str, Any]:
    group = call.backend(EssBackend).groups[rule.group_id]
    row = {
        "ScalingRuleId": rule.id,
        "ScalingRuleAri": rule.ari,
        "ScalingRuleName": rule.name,
        "ScalingRuleType": rule.type,
        "ScalingGroupId": rule.group_id,
        "MinSize": group.least,
        "MaxSize": group.most,
        **rule.settings,
    }
    if rule.steps:
        row["StepAdjustments"] = {"StepAdjustment": [_step_view(step) for step in rule.steps]}
    if rule.dimensions and call.parameters.boolean("ShowAlarmRules"):
        row["AlarmDimensions"] = {"AlarmDimension": rule.dimensions}
    return row


def _step_view(step: Step) -> dict[str, Any]:
    bounds = {"MetricIntervalLowerBound": step.low, "MetricIntervalUpperBound": step.high}
    return {"ScalingAdjustment": step.change, **{name: value for name, value in bounds.items() if value is not None}}


def describe_scaling_rules(call: Call) -> dict[str, Any]:
    given, backend = call.parameters, call.backend(EssBackend)
    group, kind = given.optional("ScalingGroupId"), given.optional("ScalingRuleType")
    ids, names, aris = ids_of(given, "ScalingRuleId"), ids_of(given, "ScalingRuleName"), ids_of(given, "ScalingRuleAri")
    if group is not None:
        backend.groups[group]
    found = [
        rule
        for rule in backend.rules
        if group in (None, rule.group_id)
        and kind in (None, rule.type)
        and (not ids or rule.id in ids)
        and (not names or rule.name in names)
        and (not aris or rule.ari in aris)
    ]
    page, about = given.page(found, largest=50)
    return {"ScalingRules": {"ScalingRule": [_view(call, rule) for rule in page]}, **about}


def _named(call: Call) -> Rule:
    return call.backend(EssBackend).rules[call.parameters.require("ScalingRuleId")]


def modify_scaling_rule(call: Call) -> None:
    """Its type stays what it is."""
    given, rule = call.parameters, _named(call)
    settings, steps = _settings(given, rule.type, rule.settings), _steps(given)
    name = checked_short_name(given.get("ScalingRuleName"), "ScalingRuleName")
    if name and any(other.name == name and other is not rule for other in call.backend(EssBackend).rules):
        raise CloudError(400, "InvalidScalingRuleName.Duplicate", f"The name {name} is in use.")
    rule.settings, rule.steps, rule.name = settings, steps or rule.steps, name or rule.name
    rule.dimensions = given.records("AlarmDimension") or rule.dimensions
    rule.above = rule.below = 0


def delete_scaling_rule(call: Call) -> None:
    """Alarms lose it from their actions, and scheduled tasks that execute it go with it (assumed)."""
    backend, rule = call.backend(EssBackend), _named(call)
    backend.rules.remove(rule.id)
    for alarm in backend.alarms:
        alarm.actions = [ari for ari in alarm.actions if ari != rule.ari]
    for task in [task for task in backend.tasks if task.action == rule.ari]:
        backend.tasks.remove(task.id)


def execute_scaling_rule(call: Call) -> dict[str, Any]:
    """Simple and step rules only, in active groups without an activity under way; the cooldown does not count (help centre)."""
    given, backend = call.parameters, call.backend(EssBackend)
    rule = backend.rules.by_ari(given.require("ScalingRuleAri"))
    if rule.type in (TRACKING, PREDICTIVE):
        raise CloudError(400, "InvalidScalingRuleType.NotSupported", f"Rules of the type {rule.type} cannot be executed.")  # code assumed
    above = number(given, "MetricValue") - number(given, "BreachThreshold") if rule.type == STEP else None
    group = backend.groups.active(rule.group_id)
    if activities.under_way(group):
        raise CloudError(400, "ScalingActivityInProgress", "There is scaling activity in progress in the scaling group.")
    return {"ScalingActivityId": rules.execute(backend, rule, above).id}


def scale_with_adjustment(call: Call) -> dict[str, Any]:
    given, backend = call.parameters, call.backend(EssBackend)
    kind = given.choice("AdjustmentType", tuple(RANGES))
    value, magnitude = given.integer("AdjustmentValue", None, *RANGES[kind]), given.integer("MinAdjustmentMagnitude", 0, 0)
    group = backend.groups.active(given.require("ScalingGroupId"))
    if activities.under_way(group):
        raise CloudError(400, "ScalingActivityInProgress", "There is scaling activity in progress in the scaling group.")
    size = rules.limited(group, rules.adjusted(sizes.wanted(group), kind, value, magnitude))
    return {"ScalingActivityId": rules.resize(backend, group, size, "A user calls ScaleWithAdjustment.", "Api").id}


ACTIONS: dict[str, Handler] = {
    "CreateScalingRule": create_scaling_rule,
    "DescribeScalingRules": describe_scaling_rules,
    "ModifyScalingRule": modify_scaling_rule,
    "DeleteScalingRule": delete_scaling_rule,
    "ExecuteScalingRule": execute_scaling_rule,
    "ScaleWithAdjustment": scale_with_adjustment,
}
