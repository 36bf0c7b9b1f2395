"""Advice as one self-contained page, with its two plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from fourways.advisor.advise import Advice
from fourways.advisor.document import Grid, as_json, grids, headline, rests_on
from fourways.pages import Axis, Figure, Line, Notice, Page, Rule, Section, Table, Text, lines, render

ROWS = 13
"""Rows of a plot's table: every so manieth point."""


def page(advice: Advice) -> str:
    """The HTML. Ways that are priced in other currencies get plots of their own."""
    currencies = dict.fromkeys(one.offer.currency for one in advice.best)
    figures = [figure for currency in currencies for figure in _figures(advice, currency)]
    tables = [_section(grid) for grid in grids(advice)]
    notes = Text(text="\n".join(f"- {note}" for note in rests_on(advice)))
    warned = any(one.offer.assumed for one in advice.choice.lines)
    return render(
        Page(
            title="Which way to serve",
            lead=headline(advice),
            notices=[Notice(text="Some prices and throughputs are assumed; see what it rests on.", kind="warning")] if warned else [],
            sections=[
                *tables[:1],
                Section(name="plots", heading="By volume, and by hours of use", parts=figures),
                *tables[1:],
                *([Section(name="rests-on", heading="What it rests on", parts=[notes])] if rests_on(advice) else []),
            ],
            data=as_json(advice),
        )
    )


def _section(grid: Grid) -> Section:
    parts = (
        [Table(caption=grid.note or grid.title, columns=grid.columns, rows=grid.rows)] if grid.rows else [Text(text=grid.note or "None.")]
    )
    return Section(name=grid.title.lower().replace(" ", "-"), heading=grid.title, parts=parts)


def _figures(advice: Advice, currency: str) -> list[Figure]:
    names = [one.offer.name for one in advice.best if one.offer.currency == currency]
    by_volume = {name: points for name in names if (points := advice.by_volume[name])}
    by_hours = {name: [(Decimal(hours), cost) for hours, cost in advice.by_hours[name]] for name in names if advice.by_hours[name]}
    own, hours = advice.choice.demand.tokens, advice.workload.hours_a_day
    found = []
    if by_volume:
        found.append(
            _figure(
                by_volume,
                title=f"Cost of a month against its volume ({currency})",
                summary="Each line is the cheapest form of a way at the workload; where lines cross, the cheaper one changes.",
                x=Axis(title="tokens a month", log=True),
                y=Axis(title=f"{currency} a month", log=True),
                rule=Rule(at=float(own), label="the workload"),
                first="tokens a month",
            )
        )
    if by_hours:
        found.append(
            _figure(
                by_hours,
                title=f"Cost of a million tokens against hours of use a day ({currency})",
                summary="At the workload's pace: capacity that is paid around the clock gets cheaper by the token the longer it is used.",
                x=Axis(title="hours of use a day"),
                y=Axis(title=f"{currency} a million tokens", log=True),
                rule=Rule(at=float(hours), label="the workload"),
                first="hours a day",
            )
        )
    return found


def _figure(
    series: Mapping[str, Sequence[tuple[Decimal, Decimal]]], *, title: str, summary: str, x: Axis, y: Axis, rule: Rule, first: str
) -> Figure:
    drawn = [Line(name=name, points=[(float(at), float(value)) for at, value in points]) for name, points in series.items()]
    places = sorted({at for points in series.values() for at, _ in points})
    places = places[:: max(1, len(places) // ROWS)]
    found = {name: dict(points) for name, points in series.items()}
    rows = [[f"{at:,.0f}", *(f"{found[name][at]:,.2f}" if at in found[name] else None for name in series)] for at in places]
    table = Table(caption=title, columns=[first, *series], rows=rows)
    return Figure(title=title, summary=summary, chart=lines(drawn, x=x, y=y, rules=[rule], dots=False), table=table)
