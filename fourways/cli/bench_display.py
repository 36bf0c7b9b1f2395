"""What `fourways bench` shows while it measures: one line that is renewed once a second, and a row for each point.

A line of text takes the event loop 1 ms; a table that is drawn several times a second, or by a thread, would be in the stamps.
"""

from __future__ import annotations

import asyncio
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from fourways.benchmark.plan import Load, Plan
from fourways.benchmark.tally import Tally
from fourways.cli.bench_spending import Spending

_EVERY = 1.0
#: Heading and the point's key; milliseconds unless the heading says else.
COLUMNS = (
    ("point", "name"),
    ("requests", "requests"),
    ("failed", "failed"),
    ("out tok/s", "output_throughput"),
    ("in+out tok/s", "total_token_throughput"),
    ("TTFT mean", "mean_ttft_ms"),
    ("p99", "p99_ttft_ms"),
    ("TPOT mean", "mean_tpot_ms"),
    ("p99", "p99_tpot_ms"),
    ("ITL p99", "p99_itl_ms"),
    ("goodput", "goodput_share"),
)


class BenchDisplay:
    """`spending` says what it has cost so far; it hears of each point's tally."""

    def __init__(self, console: Console, plan: Plan, spending: Spending) -> None:
        self._console, self._plan, self._spending = console, plan, spending
        self._live: Live | None = None

    def point(self, load: Load, tally: Tally | None) -> None:
        self._stop()
        self._spending.watch(tally)
        if tally is None:
            self._console.print(f"[dim]{load.name}: measuring on the cluster for {self._plan.seconds:g} s and the warm-up[/]")
        elif self._console.is_terminal:
            self._live = Live(console=self._console, auto_refresh=False, transient=True)
            self._live.start()
            self._renew(load, tally)

    def measured(self, point: dict[str, Any]) -> None:
        self._stop()
        self._spending.measured(point)
        notes = [*point["invalid_reasons"], *point["remarks"]]
        say = "[red]invalid[/] " if not point["valid"] else ""
        self._console.print(f"{say}[bold]{point['name']}[/] {brief(point)}", highlight=False)
        for note in notes:
            self._console.print(Text(f"    {note}", style="dim"))

    def _renew(self, load: Load, tally: Tally) -> None:
        if self._live is None or tally.interrupted.is_set():
            self._stop()
            return
        self._live.update(
            Text(line(load, tally, self._plan.seconds, self._spending.words()), no_wrap=True, overflow="ellipsis"), refresh=True
        )
        asyncio.get_running_loop().call_later(_EVERY, self._renew, load, tally)

    def _stop(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None


def line(load: Load, tally: Tally, seconds: float, cost: str) -> str:
    """Where a point stands: time left, rate, TTFT, errors, cost."""
    if not tally.open:
        state = f"warm-up: {tally.done} of {tally.warm_up or '?'} requests"
    elif tally.closing.is_set():
        state = f"window closed, waiting for {tally.under_way}"
    else:
        state = f"{max(0.0, seconds - tally.elapsed):.0f} s left"
    rate = f"{tally.tokens / tally.elapsed:.0f} tok/s, {tally.well / tally.elapsed:.2f} requests/s" if tally.elapsed else ""
    ttft = f"TTFT {tally.recent_ttft_ms:.0f} ms" if tally.recent_ttft_ms is not None else ""
    errors = ", ".join(f"{count} x {name}" for name, count in sorted(tally.errors.items())) or "no errors"
    return " | ".join(filter(None, (load.name, state, f"{tally.under_way} under way", rate, ttft, errors, cost)))


def brief(point: dict[str, Any]) -> str:
    """A point in one line."""
    errors = ", ".join(f"{count} x {name}" for name, count in point["errors"].items() if count) or "no errors"
    return (
        f"{point['completed']} requests, {_figure(point['output_throughput'])} tok/s out, TTFT {_figure(point['mean_ttft_ms'])} ms, "
        f"TPOT {_figure(point['mean_tpot_ms'])} ms, {errors}"
    )


def table(points: list[dict[str, Any]], target: str) -> Table:
    """All points; on the fake the title says so."""
    made_up = " - target: fake, numbers are made up" if target == "fake" else ""
    view = Table(title=f"Measured{made_up}", title_justify="left", caption="latencies in ms", caption_justify="left")
    for heading, _ in COLUMNS:
        view.add_column(heading, justify="right")
    view.add_column("errors")
    view.add_column("valid")
    for point in points:
        errors = ", ".join(f"{count} x {name}" for name, count in point["errors"].items() if count)
        view.add_row(*(_figure(point[key]) for _, key in COLUMNS), errors or "-", "yes" if point["valid"] else "NO")
    return view


def _figure(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if isinstance(value, float) and abs(value) >= 100 else f"{value:.3g}" if isinstance(value, float) else str(value)
