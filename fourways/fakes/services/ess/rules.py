"""Scaling rules: what size a rule makes of a size, and how it is executed. Ranges and defaults: SDK 2022-02-22, CreateScalingRule."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fourways.fakes.service import Scope
from fourways.fakes.services.ess import activities, metrics, sizes, timings
from fourways.fakes.services.ess.records import Activity, ScalingGroup
from fourways.fakes.services.shared.resources import Collection, Resource
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.ess.backend import EssBackend

SIMPLE, STEP, TRACKING, PREDICTIVE = "SimpleScalingRule", "StepScalingRule", "TargetTrackingScalingRule", "PredictiveScalingRule"
TYPES = (SIMPLE, STEP, TRACKING, PREDICTIVE)
RANGES = {"QuantityChangeInCapacity": (-1000, 1000), "PercentChangeInCapacity": (-100, 10000), "TotalCapacity": (0, 2000)}
UNCHANGED = "To execute the specified scaling rule, the total capacity will not change."  # help centre, scaling activity exceptions
TOLERANCE = 0.1  # of a target within which nothing changes; assumed


@dataclass(frozen=True)
class Step:
    """From `low` (None: no end) up to `high` above the threshold, the size changes by `change`."""

    low: float | None
    high: float | None
    change: int


@dataclass(kw_only=True)
class Rule(Resource):
    """`settings` are the wire's own fields of its type. `above` and `below` count looks in a row at which a metric was off its target."""

    group_id: str
    type: str
    ari: str
    settings: dict[str, Any]
    steps: list[Step] = field(default_factory=list)
    dimensions: list[dict[str, str]] = field(default_factory=list)
    above: int = 0
    below: int = 0


class Rules(Collection[Rule]):
    """The scaling rules of one account and region."""

    def __init__(self, backend: EssBackend) -> None:
        super().__init__(backend.scope, "ess", "scaling rule", "InvalidScalingRuleId.NotFound")
        self._backend = backend

    def of(self, group_id: str) -> list[Rule]:
        return [rule for rule in self if rule.group_id == group_id]

    def by_ari(self, ari: str) -> Rule:
        for rule in self:
            if rule.ari == ari:
                return rule
        raise CloudError(404, "InvalidScalingRuleAri.NotFound", f"The specified scaling rule {ari} does not exist.")

    def create(self, rule: Rule) -> Rule:
        """Names are unique in the region (SDK, CreateScalingRule; the code is assumed)."""
        if any(other.name == rule.name for other in self):
            raise CloudError(400, "InvalidScalingRuleName.Duplicate", f"The name {rule.name} is in use.")
        self.add(rule)
        if rule.type == TRACKING:
            self._watch(rule.id)
        return rule

    def _watch(self, id: str) -> None:
        """Look at the metric of a target tracking rule for as long as there is the rule."""
        if id not in self:
            return
        track(self._backend, self[id])
        self._scope.clock.after(timings.seconds(self._scope, "tracking"), self._watch, id)


def adjusted(size: int, type: str, value: int, magnitude: int = 0) -> int:
    """The size that an adjustment makes of `size`; `magnitude` is the least change of a percentage."""
    if type == "TotalCapacity":
        return value
    if type == "QuantityChangeInCapacity":
        return size + value
    change = size * value / 100
    # Assumed: a fraction is cut off, but a change of less than one is one.
    whole = math.trunc(change) or (math.copysign(1, value) if value else 0)
    return size + int(math.copysign(max(abs(whole), magnitude), value)) if value else size


def step_of(steps: list[Step], above: float) -> Step | None:
    """The step for a metric that is `above` its threshold by so much; what is on an edge belongs to the step that is further away."""
    for step in steps:
        low, high = step.low if step.low is not None else -math.inf, step.high if step.high is not None else math.inf
        if (low <= above < high) if above >= 0 else (low < above <= high):
            return step
    return None


def limited(group: ScalingGroup, size: int) -> int:
    """More than MaxSize is MaxSize, less than MinSize is MinSize: help centre, ExecuteScalingRule."""
    return min(max(size, group.least), group.most)


def execute(backend: EssBackend, rule: Rule, above: float | None = None, trigger: str = "Api") -> Activity:
    """Do what a simple or a step rule says; `above` is how far the metric is from the threshold. An activity that is over at once,
    Rejected, where that changes nothing."""
    group = backend.groups[rule.group_id]
    size = sizes.wanted(group)
    settings = rule.settings
    if rule.type == STEP:
        step = step_of(rule.steps, above or 0.0)
        value = step.change if step else 0
    else:
        value = int(settings["AdjustmentValue"])
    target = adjusted(size, settings["AdjustmentType"], value, int(settings.get("MinAdjustmentMagnitude") or 0))
    activity = resize(backend, group, limited(group, target), f"The scaling rule {rule.name} is executed.", trigger)
    activity.cooldown = int(settings["Cooldown"]) if settings.get("Cooldown") is not None else None
    return activity


def resize(backend: EssBackend, group: ScalingGroup, size: int, cause: str, trigger: str) -> Activity:
    if size == sizes.wanted(group):
        return activities.reject(backend.scope.clock, group, cause, UNCHANGED, trigger)
    sizes.set_wanted(group, size)
    group.retry_at = 0.0
    activity = sizes.settle(backend, group, cause, trigger)
    backend.groups.look(group)
    return activity or activities.reject(
        backend.scope.clock, group, cause, "The process is suspended, or no instance may be removed.", trigger
    )


def track(backend: EssBackend, rule: Rule) -> None:
    """Keep a metric at its target: the size is changed in proportion once it was off for as many looks as the rule wants.

    Members that have not been in service for the warm-up time are not measured and do not count (SDK, EstimatedInstanceWarmup)."""
    scope, group = backend.scope, backend.groups[rule.group_id]
    if group.status != "Active" or "AlarmNotification" in group.suspended:
        return
    warm = scope.clock.now() - float(rule.settings["EstimatedInstanceWarmup"])
    measured = [member for member in group.members if member.in_service and member.since <= warm]
    value = metrics.value(scope, measured, rule.settings["MetricType"], rule.settings["MetricName"], "Average")
    if value is None:
        return
    target = float(rule.settings["TargetValue"])
    ratio = value / target
    rule.above = rule.above + 1 if ratio > 1 else 0
    rule.below = rule.below + 1 if ratio < 1 - TOLERANCE and not rule.settings["DisableScaleIn"] else 0
    size = sizes.wanted(group)
    fitting = limited(group, math.ceil(round(len(measured) * ratio, 6)))
    out = rule.above >= int(rule.settings["ScaleOutEvaluationCount"]) and fitting > size
    back = rule.below >= int(rule.settings["ScaleInEvaluationCount"]) and fitting < size
    if (out or back) and not activities.under_way(group):
        rule.above = rule.below = 0
        resize(backend, group, fitting, f"The scaling rule {rule.name} keeps {rule.settings['MetricName']} at {target}.", "Alarm")


def arn(scope: Scope, id: str) -> str:
    return f"ari:acs:ess:{scope.region}:{scope.account}:scalingrule/{id}"
