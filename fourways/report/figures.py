"""The plots of a report, each with its numbers and with what is to be seen in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fourways.pages import Axis, Figure, Line, Rule, Table, bars, lines
from fourways.report import tables
from fourways.report.build import Report, closed
from fourways.report.costs import Group
from fourways.report.objective import stands
from fourways.report.wording import errors, number, state, tokens

#: Part of a plot's width that a word on it takes.
WORD = 0.14
#: Break-evens that are drawn into a plot; the table has all of them.
RULES = 4


def stamp(report: Report) -> str:
    """Across every plot of a fake run."""
    return "fake" if report.fake else ""


def performance(report: Report) -> list[Figure]:
    """Throughput against interactivity, and TTFT against concurrency; those that have points."""
    found = [_pareto(report), _ttft(report, "median_ttft_ms", "p50"), _ttft(report, "p95_ttft_ms", "p95")]
    return [figure for figure in found if figure is not None]


def money(report: Report, group: Group) -> list[Figure]:
    """Cost per million tokens at the point and by hours, and a month's cost by volume."""
    return [_at_the_point(report, group), _by_hours(report, group), _by_volume(report, group)]


def _pareto(report: Report) -> Figure | None:
    on_front = set(report.pareto)
    series, rows = [], []
    for each in report.deployments:
        points = [point for point in closed(each) if point["interactivity"]]
        for front in (True, False):
            chosen = [point for point in points if ((each.name, point["name"]) in on_front) is front]
            if chosen:
                series.append(
                    Line(
                        name=each.name,
                        points=[(point["interactivity"], point["output_throughput"]) for point in chosen],
                        labels=[_label(point) for point in chosen],
                        faint=not front,
                    )
                )
        rows += [
            [
                each.name,
                point["max_concurrency"],
                number(point["interactivity"]),
                number(point["output_throughput"]),
                "yes" if (each.name, point["name"]) in on_front else "no",
                errors(point),
                state(point),
            ]
            for point in points
        ]
    if not series:
        return None
    on = ", ".join(f"{name} at {point.removeprefix('c')}" for name, point in report.pareto)
    columns = ["deployment", "requests at a time", "interactivity, tokens/s a request", "tokens/s out", "on the front", "errors", "state"]
    return Figure(
        title="Throughput against interactivity",
        summary=f"Right and up is better. No other point beats: {on or 'none, as no point is valid'}.",
        chart=lines(
            series,
            x=Axis(title="interactivity, tokens/s a request", zero=False),
            y=Axis(title="output tokens/s, all requests"),
            join=False,
            stamp=stamp(report),
        ),
        table=Table(caption=tables.caption("Throughput against interactivity", fake=report.fake), columns=columns, rows=rows),
        note="A dot a concurrency, which stands at it. Full dots: the Pareto front; faint: another point is better in both, or not valid.",
    )


def _label(point: dict[str, Any]) -> str:
    return str(point["max_concurrency"]) + ("" if stands(point) else f" {state(point)}")


def _ttft(report: Report, key: str, name: str) -> Figure | None:
    series, rows = [], []
    for each in report.deployments:
        points = [point for point in closed(each) if point[key] is not None]
        points.sort(key=lambda point: int(point["max_concurrency"]))
        rows += [[each.name, point["max_concurrency"], number(point[key]), errors(point), state(point)] for point in points]
        if points:
            labels = ["" if stands(point) else state(point) for point in points]
            series.append(Line(name=each.name, points=[(point["max_concurrency"], point[key]) for point in points], labels=labels))
    if not series:
        return None
    loads = sorted({int(at) for line in series for at, _ in line.points})
    ends = [f"{line.name} from {number(line.points[0][1])} ms to {number(line.points[-1][1])} ms" for line in series]
    return Figure(
        title=f"TTFT against concurrency, {name}",
        summary=f"Lower is better. {'; '.join(ends)}, from {loads[0]} to {loads[-1]} requests at a time.",
        chart=lines(
            series, x=Axis(title="requests at a time", log=True, values=loads), y=Axis(title=f"TTFT {name}, ms"), stamp=stamp(report)
        ),
        table=Table(
            caption=tables.caption(f"TTFT {name} against concurrency", fake=report.fake),
            columns=["deployment", "requests at a time", f"TTFT {name}, ms", "errors", "state"],
            rows=rows,
        ),
    )


def _at_the_point(report: Report, group: Group) -> Figure:
    values = [(cost.name, float(cost.per_million or 0)) for cost in group.costs]
    return Figure(
        title=f"Cost at the point that meets the SLO, {group.currency}",
        summary="Shorter is cheaper. "
        + "; ".join(f"{name}: {number(value)} {group.currency} a million tokens" for name, value in values)
        + ".",
        chart=bars(values, title=f"{group.currency} a million tokens, in + out", stamp=stamp(report)),
        table=tables.at_the_point(report, group),
        note="Utilisation 100 %: capacity is used at that pace around the clock. Half of it used, its tokens cost twice as much.",
    )


def _by_hours(report: Report, group: Group) -> Figure:
    series = [Line(name=name, points=[(hour, float(cost)) for hour, cost in values]) for name, values in group.by_hours.items()]
    ends = [f"{line.name}: {number(line.points[0][1])} at 1 hour, {number(line.points[-1][1])} at 24" for line in series]
    return Figure(
        title=f"Cost against hours of use a day, {group.currency}",
        summary=f"Lower is cheaper. {'; '.join(ends)} ({group.currency} a million tokens).",
        chart=lines(
            series,
            x=Axis(title="hours of use a day", values=[1, 4, 8, 12, 16, 20, 24]),
            y=Axis(title=f"{group.currency} a million tokens", log=True),
            dots=False,
            stamp=stamp(report),
        ),
        table=tables.by_hours(report, group),
        note="At the point's pace in the hours of use, nothing in the others; capacity is paid around the clock. "
        "Capacity that is taken down in between costs what it costs at 24 hours.",
    )


def _by_volume(report: Report, group: Group) -> Figure:
    series = [
        Line(name=name, points=[(float(at), float(cost)) for at, cost in zip(group.volumes, costs, strict=True) if cost is not None])
        for name, costs in group.by_volume.items()
    ]
    changes = sorted({change.tokens for found in group.break_evens.values() for change in found})
    shown = _rules([float(at) for at in changes[:RULES]], float(group.volumes[-1]))
    return Figure(
        title=f"Monthly cost against volume, {group.currency}",
        summary=f"Lower is cheaper. Cheapest: {tables.cheapest_text(group)} tokens a month. {len(changes)} break-evens.",
        chart=lines(
            series,
            x=Axis(title="tokens a month, in + out"),
            y=Axis(title=f"{group.currency} a month"),
            rules=shown,
            dots=False,
            stamp=stamp(report),
        ),
        table=tables.by_volume(report, group),
        note="Spread evenly over the month. Capacity is bought in whole deployments as measured, each carrying what one did; a reservation "
        "once, what is beyond it billed as tokens." + (f" The first {RULES} break-evens are drawn." if len(changes) > RULES else ""),
    )


def _rules(changes: Sequence[float], width: float) -> list[Rule]:
    """A line at each; a word on those that leave room for it."""
    found: list[Rule] = []
    free = 0.0
    for at in changes:
        found.append(Rule(at=at, label=tokens(at) if at >= free else ""))
        free = at + WORD * width if at >= free else free
    return found
