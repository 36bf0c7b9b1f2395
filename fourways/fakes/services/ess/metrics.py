"""What alarms and target tracking rules see: metrics of a group's instances, by the names of metrics.yaml."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fourways.fakes.service import Scope
from fourways.fakes.services.ecs.machines.engine import Load
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
    return {"Average": sum(values) / len(values), "Minimum": min(values), "Maximum": max(values)}[statistics]


def _of(load: Load, field: str) -> float:
    return float(load.running + load.waiting) if field == "connections" else float(getattr(load, field))
