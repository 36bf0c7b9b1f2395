"""Reads timings.yaml: how long the steps of a boot take."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from fourways.fakes.service import Scope


@cache
def _seconds() -> dict[str, float]:
    return dict(yaml.safe_load(Path(__file__).with_name("timings.yaml").read_text(encoding="utf-8"))["seconds"])


def seconds(scope: Scope, step: str) -> float:
    """Fake seconds of one step."""
    seeded = scope.cloud.seed.get("ecs", {}).get("machine_seconds", {})
    return float(seeded.get(step, _seconds()[step]) if isinstance(seeded, dict) else seeded)
