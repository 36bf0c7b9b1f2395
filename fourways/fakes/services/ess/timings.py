"""Reads timings.yaml: how long things take in Auto Scaling."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from fourways.fakes.service import Scope


@cache
def _seconds() -> dict[str, float]:
    return dict(yaml.safe_load(Path(__file__).with_name("timings.yaml").read_text(encoding="utf-8"))["seconds"])


def seconds(scope: Scope, what: str) -> float:
    """Fake seconds of one thing, by its name in the file."""
    return float(scope.cloud.seed.get("ess", {}).get("seconds", {}).get(what, _seconds()[what]))
