"""What alarms and target tracking rules see: metrics of a group's instances, by the names of metrics.yaml, and what was reported to
CloudMonitor, by its name and dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fourways.fakes.service import Scope
from fourways.fakes.services.cms.backend import CmsBackend, Series
from fourways.fakes.services.ecs.machines.metering import Load
from fourways.fakes.services.ess import surroundings
from fourways.fakes.services.ess.records import Member

STATISTICS = ("Average", "Minimum", "Maximum")


@cache
def _known() -> dict[str, dict[str, dict[str, Any]]]:
    return dict(yaml.safe_load(Path(__file__).with_name("metrics.yaml").read_text(encoding="utf-8")))


def value(scope: Scope, members: Iterable[Member], type: str, name: str, statistics: str) -> float | None:
    """A metric over instances; None without one, or for a name that nothing is known of.

    Seed `{"ess": {"metrics": {"CpuUtilization": 90}}}` sets a metric of every instance, whatever its name."""
    ids = [member.id for member in members]
    seeded = scope.cloud.seed.get("ess", {}).get("metrics", {})
    if not ids:
        return None
    if name in seeded:
        return float(seeded[name])
    meaning = _known().get(type, {}).get(name)
    if meaning is None:
        return None
    values = [_of(surroundings.load(scope, id), meaning["of"]) * float(meaning.get("times", 1)) for id in ids]
    return _statistic(values, statistics)


def reported(scope: Scope, group: str, name: str, dimensions: Mapping[str, str], statistics: str, period: int) -> float | None:
    """A custom metric of an application group over the last `period` seconds; None where nothing was reported. Its dimensions are those of
    the alarm and no others (assumed). The seed that stands in for metrics does so for this one, too."""
    seeded = scope.cloud.seed.get("ess", {}).get("metrics", {})
    if name in seeded:
        return float(seeded[name])
    series = Series(group, name, tuple(sorted(dimensions.items())))
    values = scope.backend(CmsBackend).values(series, scope.clock.now() - period)
    return _statistic(values, statistics) if values else None


def _statistic(values: list[float], statistics: str) -> float:
    return {"Average": sum(values) / len(values), "Minimum": min(values), "Maximum": max(values)}[statistics]


def _of(load: Load, field: str) -> float:
    return float(load.running + load.waiting) if field == "connections" else float(getattr(load, field))
