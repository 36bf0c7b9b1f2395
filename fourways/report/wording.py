"""Numbers and names as a report shows them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import floor, log10
from typing import Any

from fourways.report.reading import is_open_loop

DIGITS = 4
"""Significant digits: as many as a measure of a minute can have."""
MEASURES = {
    "ttft_ms": "TTFT",
    "tpot_ms": "TPOT",
    "itl_ms": "ITL",
    "e2el_ms": "E2EL",
}
COMPARED = {
    "mean_ttft_ms": "TTFT mean, ms",
    "median_ttft_ms": "TTFT p50, ms",
    "p95_ttft_ms": "TTFT p95, ms",
    "p99_ttft_ms": "TTFT p99, ms",
    "mean_tpot_ms": "TPOT mean, ms",
    "mean_itl_ms": "ITL mean, ms",
    "mean_e2el_ms": "E2EL mean, ms",
    "output_throughput": "output tokens/s",
    "goodput_share": "goodput, share of requests",
    "error_share": "errors, share of requests",
}


def number(value: float | Decimal | None) -> str | None:
    """Four significant digits, thousands parted; None stays none."""
    if value is None:
        return None
    amount = float(value)
    if amount == 0:
        return "0"
    digits = max(0, DIGITS - 1 - floor(log10(abs(amount))))
    return f"{amount:,.{digits}f}"


def signed(value: float | None) -> str | None:
    """With its sign."""
    shown = number(value)
    return shown if shown is None or shown.startswith("-") or shown == "0" else f"+{shown}"


def share(value: float | None) -> str | None:
    """In percent."""
    return None if value is None else f"{100 * value:.1f} %"


def tokens(amount: Decimal | float) -> str:
    """2,600,000,000 is 2.600 B."""
    for unit, name in ((1e12, "T"), (1e9, "B"), (1e6, "M")):
        if amount >= unit:
            return f"{number(float(amount) / unit)} {name}"
    return number(amount) or "0"


def load(point: Mapping[str, Any]) -> str:
    """`16 at a time`, `2 a second`."""
    return f"{point['request_rate']:g} a second" if is_open_loop(point) else f"{point['max_concurrency']} at a time"


def errors(point: Mapping[str, Any]) -> str:
    """Of how many requests which errors; never left out."""
    kinds = ", ".join(f"{count} x {name}" for name, count in point["errors"].items() if count)
    return f"{point['failed']} of {point['requests']}" + (f": {kinds}" if kinds else "")


def state(point: Mapping[str, Any]) -> str:
    """Whether a point can be relied on."""
    wrong = [*([] if point["valid"] else ["INVALID"]), *(["cut short"] if point["interrupted"] else [])]
    return ", ".join(wrong) or "valid"
