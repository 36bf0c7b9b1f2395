"""What CloudMonitor measures of PAI-EAS services: metrics for alarms, with thresholds to begin with, and the events of replicas. Pure."""

from __future__ import annotations

import json
from functools import cache
from typing import Literal, get_args

from fourways.catalog.alarms import Metric
from fourways.catalog.facts import Fact, load, rows

Alarm = Literal["latency", "errors", "gpu"]


class Dimensions(Fact):
    """The names under which a metric's dimensions hold the region and the service."""

    region: str
    service: str

    def of(self, region: str, service: str) -> str:
        """One service's, as CloudMonitor takes them: a JSON list of one object."""
        return json.dumps([{self.region: region, self.service: service}], separators=(",", ":"))


class Events(Fact):
    """Which events say that replicas fail, are taken away or cannot start."""

    product: str
    levels: tuple[str, ...]

    def filter(self, service: str) -> str:
        """The condition on an event's content that leaves those of one service."""
        return f"content like '%{service}%'"


@cache
def metrics() -> dict[Alarm, Metric]:
    """Every metric, by the alarm that it is for."""
    found = [Metric.model_validate(row) for row in rows("eas_metrics")]
    return {alarm: one for alarm in get_args(Alarm) for one in found if one.alarm == alarm}


@cache
def dimensions() -> Dimensions:
    return Dimensions.model_validate(load("eas_metrics")["dimensions"])


@cache
def events() -> Events:
    return Events.model_validate(load("eas_metrics")["events"])
