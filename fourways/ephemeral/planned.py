"""How long a run is planned to take, and how many tokens it may use. Pure. What is assumed says so; it decides what a run is expected to
cost before it begins, never when it is stopped: that goes by the clock and by the tokens that were counted."""

from __future__ import annotations

from dataclasses import dataclass

from fourways.benchmark.plan import WARM_UP, Plan
from fourways.benchmark.workload import Length
from fourways.costs.serving import Used

TEARDOWN_MINUTES = 10
"""Kept back of the budget and of the time to live for a destroy, which is billed too (assumed: machines leave within minutes)."""
UP_MINUTES = {"token": 2, "ptu": 5, "model-unit": 30, "eas": 30, "bare-metal": 40}
"""By kind, from nothing to an endpoint that answers (assumed: machines start in minutes, and hundreds of gigabytes of weights are read)."""
OTHER_UP_MINUTES = 40
STREAM_TOKENS_A_SECOND = 100.0
"""Of one answer (assumed, and fast: it decides how many requests, so how many tokens, a point is expected to take)."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """Of one copy."""

    minutes: float
    used: Used


def planned(kind: str, plan: Plan) -> Planned:
    """Time from the first resource until nothing is left, and tokens of all points with their warm-ups."""
    answer = _middle(plan.workload.output) / STREAM_TOKENS_A_SECOND
    seconds, requests = 0.0, 0.0
    for load in plan.loads:
        at_once = load.concurrency or max(1.0, (load.rate or 0.0) * answer)
        inside = plan.seconds * at_once / answer if plan.requests is None else float(plan.requests)
        window = plan.seconds if plan.requests is None else min(plan.seconds, plan.requests * answer / at_once)
        seconds += WARM_UP * answer + window + answer
        requests += WARM_UP * at_once + inside + at_once
    used = Used(input=round(requests * _middle(plan.workload.input)), output=round(requests * _middle(plan.workload.output)))
    return Planned(minutes=UP_MINUTES.get(kind, OTHER_UP_MINUTES) + seconds / 60 + TEARDOWN_MINUTES, used=used)


def _middle(length: Length) -> float:
    return (length.low + length.high) / 2
