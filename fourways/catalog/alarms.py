"""When a metric of CloudMonitor is worth somebody's attention, whatever it measures."""

from __future__ import annotations

from typing import Literal

from fourways.catalog.facts import Fact


class Metric(Fact):
    """One metric and when it alarms: `times` periods of `period_seconds` in a row above `threshold` (in `unit`)."""

    alarm: str
    namespace: str
    metric: str
    statistics: str
    unit: str
    threshold: float
    period_seconds: int
    times: int
    level: Literal["Critical", "Warn", "Info"]
