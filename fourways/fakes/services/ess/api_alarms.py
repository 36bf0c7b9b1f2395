"""Alarms (event-triggered tasks) on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ess import alarms
from fourways.fakes.services.ess.alarms import OPERATORS, PERIODS, Alarm, Condition
from fourways.fakes.services.ess.api_rules import number
from fourways.fakes.services.ess.backend import EssBackend
from fourways.fakes.services.ess.metrics import STATISTICS
from fourways.fakes.services.shared.requests import ids_of
from fourways.fakes.services.shared.resources import new_id
from fourways.fakes.wire.errors import CloudError, invalid, missing
from fourways.fakes.wire.parameters import Parameters

_SINGLE = ("MetricName", "Period", "Statistics", "Threshold", "ComparisonOperator")


def _condition(given: Parameters, old: Condition | None = None) -> Condition:
    """Defaults: SDK, CreateAlarm (the operator); period and statistics are the provider's documentation's."""
    period = given.integer("Period", old.period if old else 300)
    if period not in PERIODS:
        raise invalid("Period", f"Valid values: {', '.join(map(str, PERIODS))}.")
    name = given.optional("MetricName") or (old.metric if old else "")
    if not name:
        raise missing("MetricName")
    return Condition(
        metric=name,
        operator=given.choice("ComparisonOperator", OPERATORS, old.operator if old else ">="),
        threshold=number(given, "Threshold") if given.optional("Threshold") or old is None else old.threshold,
        statistics=given.choice("Statistics", STATISTICS, old.statistics if old else "Average"),
        period=period,
    )


def _conditions(given: Parameters) -> list[Condition]:
    return [_condition(Parameters(record)) for record in given.records("Expression")]


def _actions(call: Call) -> list[str]:
    """`AlarmAction.N`: at most five rules (help centre). Raises 404 for a rule that does not exist."""
    found = call.parameters.values("AlarmAction")
    if len(found) > 5:
        raise invalid("AlarmAction", "At most 5.")
    return [call.backend(EssBackend).rules.by_ari(ari).ari for ari in found]


def create_alarm(call: Call) -> dict[str, Any]:
    given, backend = call.parameters, call.backend(EssBackend)
    group = backend.groups[given.require("ScalingGroupId")]
    expressions = _conditions(given)
    id = f"asg-{new_id('', 20)}_{new_id('', 8)}"
    alarm = Alarm(
        id=id,
        created=call.scope.clock.now(),
        name=given.get("Name") or id,
        description=given.get("Description"),
        group_id=group.id,
        type=given.choice("MetricType", ("system", "custom"), "system"),
        actions=_actions(call),
        conditions=expressions or [_condition(given)],
        single=not expressions,
        logic=given.choice("ExpressionsLogicOperator", ("&&", "||"), "&&"),
        count=given.integer("EvaluationCount", 3, 1),
        effective=given.get("Effective") or Alarm.effective,
        dimensions=given.records("Dimension"),
        cms_group=given.get("GroupId"),
    )
    if alarm.type == "custom" and not alarm.cms_group:
        raise missing("GroupId")
    return {"AlarmTaskId": backend.alarms.create(alarm).id}


def _view(call: Call, alarm: Alarm) -> dict[str, Any]:
    """The cloud adds the account and the group to the dimensions, and the application group of a custom metric."""
    extra = [
        {"DimensionKey": "userId", "DimensionValue": call.scope.account},
        {"DimensionKey": "scaling_group", "DimensionValue": alarm.group_id},
    ]
    if alarm.cms_group:
        extra.append({"DimensionKey": "groupId", "DimensionValue": alarm.cms_group})
    return alarms.view(alarm, extra)


def describe_alarms(call: Call) -> dict[str, Any]:
    given = call.parameters
    ids, group, kind = ids_of(given, "AlarmTaskId"), given.optional("ScalingGroupId"), given.optional("MetricType")
    name, state, enabled = given.optional("MetricName"), given.optional("State"), given.optional("IsEnable")
    found = [
        alarm
        for alarm in call.backend(EssBackend).alarms
        if (not ids or alarm.id in ids)
        and group in (None, alarm.group_id)
        and kind in (None, alarm.type)
        and state in (None, alarm.status)
        and (name is None or any(item.metric == name for item in alarm.conditions))
        and (enabled is None or alarm.enabled == given.boolean("IsEnable"))
    ]
    page, about = given.page(found, largest=50)
    return {"AlarmList": {"Alarm": [_view(call, alarm) for alarm in page]}, **about}


def _named(call: Call) -> Alarm:
    return call.backend(EssBackend).alarms[call.parameters.require("AlarmTaskId")]


def modify_alarm(call: Call) -> dict[str, Any]:
    """What is not given stays; a metric in place of expressions, or the other way round, replaces them."""
    alarm = _named(call)
    given = Parameters({name: value for name, value in call.parameters.flat.items() if value})
    expressions = _conditions(given)
    single = any(name in given for name in _SINGLE)
    if expressions and single:
        raise CloudError(400, "InvalidExpressions.Conflict", "MetricName and Expressions exclude each other.")  # code assumed
    conditions = expressions or ([_condition(given, alarm.conditions[0] if alarm.single else None)] if single else alarm.conditions)
    count, logic = given.integer("EvaluationCount", alarm.count, 1), given.choice("ExpressionsLogicOperator", ("&&", "||"), alarm.logic)
    actions = _actions(call) or alarm.actions
    alarm.single = single if expressions or single else alarm.single
    alarm.conditions, alarm.count, alarm.logic, alarm.actions = conditions, count, logic, actions
    alarm.name, alarm.description = given.get("Name", alarm.name), given.get("Description", alarm.description)
    alarm.effective, alarm.cms_group = given.get("Effective", alarm.effective), given.get("GroupId", alarm.cms_group)
    alarm.dimensions = given.records("Dimension") or alarm.dimensions
    call.backend(EssBackend).alarms.watch(alarm)
    return {"AlarmTaskId": alarm.id}


def delete_alarm(call: Call) -> None:
    call.backend(EssBackend).alarms.remove(_named(call).id)


def _switch(call: Call, on: bool) -> None:
    alarm = _named(call)
    alarm.enabled = on
    call.backend(EssBackend).alarms.watch(alarm)


def enable_alarm(call: Call) -> None:
    _switch(call, True)


def disable_alarm(call: Call) -> None:
    _switch(call, False)


ACTIONS: dict[str, Handler] = {
    "CreateAlarm": create_alarm,
    "DescribeAlarms": describe_alarms,
    "ModifyAlarm": modify_alarm,
    "DeleteAlarm": delete_alarm,
    "EnableAlarm": enable_alarm,
    "DisableAlarm": disable_alarm,
}
