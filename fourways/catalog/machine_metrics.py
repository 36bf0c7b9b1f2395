"""Metrics that a scaling group of machines follows."""

from __future__ import annotations

from functools import cache
from typing import Literal

from fourways.catalog.facts import Fact, rows

Load = Literal["queue", "gpu"]


class MachineMetric(Fact):
    """One load and the custom metric that says it."""

    load: Load
    name: str


@cache
def _by_load() -> dict[Load, MachineMetric]:
    return {row.load: row for row in map(MachineMetric.model_validate, rows("machine_metrics"))}


def metric(load: Load) -> MachineMetric:
    """The metric of a load."""
    return _by_load()[load]
