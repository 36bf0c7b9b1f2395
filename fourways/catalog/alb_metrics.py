"""What CloudMonitor measures of a load balancer: metrics for alarms, with thresholds to begin with. Pure."""

from __future__ import annotations

from functools import cache
from typing import Literal, get_args

from fourways.catalog.alarms import Metric
from fourways.catalog.facts import rows

Alarm = Literal["latency", "errors", "unhealthy"]


@cache
def metrics() -> dict[Alarm, Metric]:
    """Every metric, by the alarm that it is for."""
    found = [Metric.model_validate(row) for row in rows("alb_metrics")]
    return {alarm: one for alarm in get_args(Alarm) for one in found if one.alarm == alarm}
