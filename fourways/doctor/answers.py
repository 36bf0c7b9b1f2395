"""Reads the cloud's answers without trusting their shape: what has another form than documented is as if it were not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def rows(answer: Mapping[str, Any], *path: str) -> list[Mapping[str, Any]]:
    """The objects of the list at `path`, such as `("Zones", "Zone")`."""
    found: Any = answer
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def number(value: object) -> float | None:
    """A number, or None."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
