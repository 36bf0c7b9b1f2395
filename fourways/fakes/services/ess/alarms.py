"""Alarms (event-triggered tasks): conditions on metrics, looked at every period, that execute scaling rules.

Defaults and states: SDK 2022-02-22, CreateAlarm and DescribeAlarms. That an alarm goes on executing its rules every `EvaluationCount`
periods for as long as it lasts, within the cooldown, is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fourways.fakes.services.ess import activities, metrics, rules
from fourways.fakes.services.ess.records import Member, ScalingGroup
from fourways.fakes.services.shared.resources import Collection, Resource

if TYPE_CHECKING:
    from fourways.fakes.service import Scope
    from fourways.fakes.services.ess.backend import EssBackend

OPERATORS = (">=", "<=", ">", "<")
PERIODS = (15, 60, 120, 300, 900)


@dataclass
class Condition:
    """One expression. `period` in seconds."""

    metric: str
    operator: str
    threshold: float
    statistics: str
    period: int


@dataclass(kw_only=True)
class Alarm(Resource):
    """`status` is the API's State. `single`: given by MetricName and not by expressions. `epoch` tells the looks of these settings from
    those of earlier ones; `hits` counts the looks in a row at which the condition was met."""

    group_id: str
    type: str
    actions: list[str]
    conditions: list[Condition]
    single: bool
    logic: str = "&&"
    count: int = 3
    effective: str = "TZ=+00 * * * * * ?"
    enabled: bool = True
    dimensions: list[dict[str, str]] = field(default_factory=list)
    cms_group: str = ""
    hits: int = 0
    epoch: int = 0
    status: str = "INSUFFICIENT_DATA"

    @property
    def period(self) -> int:
        return min(condition.period for condition in self.conditions)


class Alarms(Collection[Alarm]):
    """The alarms of one account and region."""

    def __init__(self, backend: EssBackend) -> None:
        super().__init__(backend.scope, "ess", "alarm", "InvalidAlarmTaskId.NotFound")
        self._backend = backend

    def create(self, alarm: Alarm) -> Alarm:
        self.add(alarm)
        self.watch(alarm)
        return alarm

    def watch(self, alarm: Alarm) -> None:
        """To be called after a change: what was counted before counts no more."""
        alarm.hits, alarm.status, alarm.epoch = 0, "INSUFFICIENT_DATA", alarm.epoch + 1
        if alarm.enabled:
            self._scope.clock.after(alarm.period, self._look, alarm.id, alarm.epoch)

    def _look(self, id: str, epoch: int) -> None:
        if id in self and self[id].epoch == epoch:
            evaluate(self._backend, self[id])
            self._scope.clock.after(self[id].period, self._look, id, epoch)


def holds(value: float, operator: str, threshold: float) -> bool:
    return {">=": value >= threshold, "<=": value <= threshold, ">": value > threshold, "<": value < threshold}[operator]


def evaluate(backend: EssBackend, alarm: Alarm) -> None:
    """One look: the state, and the rules once the condition was met often enough."""
    scope, group = backend.scope, backend.groups[alarm.group_id]
    serving = [member for member in group.members if member.in_service]
    values = [_value(scope, serving, alarm, item) for item in alarm.conditions]
    if any(value is None for value in values):
        alarm.status, alarm.hits = "INSUFFICIENT_DATA", 0
        return
    met = [value is not None and holds(value, item.operator, item.threshold) for value, item in zip(values, alarm.conditions, strict=True)]
    alarm.hits = alarm.hits + 1 if (all(met) if alarm.logic == "&&" else any(met)) else 0
    alarm.status = "ALARM" if alarm.hits >= alarm.count else "OK" if not alarm.hits else alarm.status
    if alarm.hits and alarm.hits % alarm.count == 0 and _free(backend, group):
        first = values[0] if values[0] is not None else 0.0
        for ari in alarm.actions:
            rules.execute(backend, backend.rules.by_ari(ari), first - alarm.conditions[0].threshold, "Alarm")


def _value(scope: Scope, serving: list[Member], alarm: Alarm, item: Condition) -> float | None:
    if alarm.type == "system":
        return metrics.value(scope, serving, alarm.type, item.metric, item.statistics)
    dimensions = {row["DimensionKey"]: row["DimensionValue"] for row in alarm.dimensions}
    return metrics.reported(scope, alarm.cms_group, item.metric, dimensions, item.statistics, item.period)


def _free(backend: EssBackend, group: ScalingGroup) -> bool:
    """Alarms have no effect during the cooldown, nor while an activity is under way (SDK, CreateScalingGroup: DefaultCooldown)."""
    idle = group.status == "Active" and not activities.under_way(group) and backend.scope.clock.now() >= group.cool_at
    return idle and "AlarmNotification" not in group.suspended


def view(alarm: Alarm, extra: list[dict[str, str]]) -> dict[str, Any]:
    first = alarm.conditions[0]
    row: dict[str, Any] = {
        "AlarmTaskId": alarm.id,
        "Name": alarm.name,
        "AlarmTaskName": alarm.name,
        "Description": alarm.description,
        "ScalingGroupId": alarm.group_id,
        "MetricType": alarm.type,
        "EvaluationCount": alarm.count,
        "Effective": alarm.effective,
        "Enable": alarm.enabled,
        "State": alarm.status,
        "ExpressionsLogicOperator": "" if alarm.single else alarm.logic,
        "AlarmActions": {"AlarmAction": alarm.actions},
        "Dimensions": {"Dimension": [*alarm.dimensions, *extra]},
        "Expressions": {"Expression": []},
    }
    if alarm.single:
        return row | {
            "MetricName": first.metric,
            "Period": first.period,
            "Statistics": first.statistics,
            "Threshold": first.threshold,
            "ComparisonOperator": first.operator,
        }
    row["Expressions"]["Expression"] = [
        {
            "MetricName": item.metric,
            "Period": item.period,
            "Statistics": item.statistics,
            "Threshold": item.threshold,
            "ComparisonOperator": item.operator,
        }
        for item in alarm.conditions
    ]
    return row
