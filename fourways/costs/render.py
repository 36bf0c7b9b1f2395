"""Estimates and differences as a table in the terminal, as Markdown and as JSON."""

from datetime import date
from decimal import Decimal
from typing import Any

from rich.table import Table

from fourways.costs import wording
from fourways.costs.difference import Change, Difference
from fourways.costs.model import Estimate, Row, Total
from fourways.costs.people import NotCounted, Team
from fourways.costs.rates import NO_RATES, Rates


def table(estimate: Estimate, title: str = "Cost", *, rates: Rates = NO_RATES, today: date | None = None) -> Table:
    """Every resource; the captions say the sums and what they leave out. With `today`, which prices are old."""
    shown = Table(title=title, caption=caption(estimate, rates, today), caption_justify="left", title_justify="left")
    for heading, side in (("resource", "left"), ("billed", "left"), ("an hour", "right"), ("a month", "right"), ("ends", "left")):
        shown.add_column(heading, justify="right" if side == "right" else "left", overflow="fold")
    for row in estimate.rows:
        shown.add_row(row.name, wording.billed(row), wording.hourly(row), wording.monthly(row), wording.ends(row))
    return shown


def caption(estimate: Estimate, rates: Rates = NO_RATES, today: date | None = None) -> str:
    """The sums, what of them is committed, what has no known price, where the prices are from and which are old."""
    lines = [f"Sum: {wording.sum_of(estimate)}"]
    if converted := wording.converted(estimate.totals, rates):
        lines.append(f"Sum {converted}")
    if grown := wording.at_most(estimate):
        lines.append(f"At most, grown as far as it may: {grown}")
    if commitment := wording.commitment(estimate):
        lines.append(f"Of it {commitment}")
    lines += people(estimate)
    if estimate.metered:
        lines.append(f"Not in the sum, billed by use without a bound: {', '.join(row.name for row in estimate.metered)}")
    if estimate.unknown:
        lines.append(f"Not in the sum, price unknown: {', '.join(row.name for row in estimate.unknown)}")
    lines += [f"Price: {source}" for source in wording.sources(estimate)]
    lines += [f"Old price: {line}" for line in wording.stale(estimate, today)] if today else []
    return "\n".join(lines)


def people(estimate: Estimate) -> list[str]:
    """The team's time, in no sum above, and the sum with it; or that it is not counted."""
    if isinstance(estimate.team, Team):
        return [f"People, not in the sum: {wording.team(estimate.team)}", f"Sum with them: {wording.total(estimate.with_team)}"]
    return [f"People: {estimate.team.why}"] if isinstance(estimate.team, NotCounted) else []


def difference_table(diff: Difference, title: str = "Cost, and what changes", *, rates: Rates = NO_RATES) -> Table:
    """Changed resources before and after."""
    shown = Table(title=title, title_justify="left", caption=_difference_caption(diff, rates), caption_justify="left")
    for heading in ("resource", "change", "before, an hour", "after, an hour"):
        shown.add_column(heading, justify="right" if "hour" in heading else "left", overflow="fold")
    for change in diff.changed:
        shown.add_row(change.row.name, change.kind, _side(change.before), _side(change.after))
    return shown


def _difference_caption(diff: Difference, rates: Rates) -> str:
    """The difference of the sums, whose use is billed on top, and whose price nobody knows."""
    metered = [change.row.name for change in diff.changed if change.row.status == "metered"]
    unknown = [change.row.name for change in diff.changed if "unknown" in {side.status for side in (change.before, change.after) if side}]
    fixed = wording.total(diff.delta, sign=True) if diff.delta or not (metered or unknown) else "no fixed cost"
    fixed = "cannot tell" if unknown and not diff.delta else fixed
    on_top = f"; billed by use on top: {', '.join(metered)}" if metered else ""
    converted = f"; {said}" if (said := wording.converted(diff.delta, rates, sign=True)) else ""
    committed = f"; of it committed for a term: {wording.total(diff.committed, sign=True)}" if diff.committed else ""
    return f"Difference: {fixed}{converted}{committed}{on_top}" + (f"; not in it, price unknown: {', '.join(unknown)}" if unknown else "")


def markdown(estimate: Estimate, rates: Rates = NO_RATES, today: date | None = None) -> str:
    """The whole estimate as a table; below it what no cell holds: the sum in one currency, prices that are old."""
    lines = ["| resource | billed | an hour | a month (730 h) | ends |", "|---|---|---:|---:|---|"]
    for row in estimate.rows:
        name, billed, ends = (escape(text) for text in (row.name, wording.billed(row), wording.ends(row)))
        lines.append(f"| {name} | {billed} | {wording.hourly(row)} | {wording.monthly(row)} | {ends} |")
    lines += _sum_rows("sum", estimate.totals)
    if wording.at_most(estimate):
        lines += _sum_rows("at most,", estimate.largest)
    lines += _sum_rows("of it committed,", estimate.committed)
    lines += _sum_rows("of it stops at destroy,", estimate.stopping)
    lines += _people_rows(estimate)
    notes = [f"Sum {said}." for said in [wording.converted(estimate.totals, rates)] if said]
    notes += [f"Old price: {escape(line)}." for line in wording.stale(estimate, today)] if today else []
    return "\n".join([*lines, *(["", *notes] if notes else [])]) + "\n"


def _sum_rows(what: str, sums: tuple[Total, ...]) -> list[str]:
    return [f"| **{what} {one.currency}** | | **{_hour(one)}** | **{_month(one)}** | |" for one in sums]


def _people_rows(estimate: Estimate) -> list[str]:
    if not isinstance(team := estimate.team, Team):
        return [f"| team | {escape(team.why)} | - | - | |"] if team else []
    amounts = f"{wording.money(team.hourly, team.currency)} | {wording.money(team.monthly, team.currency)}"
    sums = _sum_rows("with the team,", estimate.with_team)
    return [f"| team | people: {escape(wording.team(team))} | {amounts} | |", *sums]


def difference_markdown(diff: Difference, rates: Rates = NO_RATES) -> str:
    """What changes, and the sums before and after. One sentence where nothing does."""
    if not diff.changed:
        said = wording.converted(diff.after, rates)
        return f"The cost does not change: {wording.total(diff.after)}{f'; {said}' if said else ''}.\n"
    lines = ["| resource | change | before, a month | after, a month | difference |", "|---|---|---:|---:|---:|"]
    for change in diff.changed:
        before, after = (wording.monthly(side) if side else "-" for side in (change.before, change.after))
        kind = f"{change.kind} (price assumed)" if change.row.assumed and change.row.status == "priced" else change.kind
        lines.append(f"| {escape(change.row.name)} | {kind} | {before} | {after} | {_delta(change)} |")
    before_sums, after_sums = ({one.currency: one for one in sums} for sums in (diff.before, diff.after))
    for one in diff.delta:
        old, new = (_month(sums[one.currency]) if one.currency in sums else "-" for sums in (before_sums, after_sums))
        delta = wording.money(one.monthly, one.currency, sign=True)
        lines.append(f"| **sum {one.currency}** | | **{old}** | **{new}** | **{delta}** |")
    lines += [
        f"| **of it committed, {one.currency}** | | | | **{wording.money(one.monthly, one.currency, sign=True)}** |"
        for one in diff.committed
    ]
    if said := wording.converted(diff.delta, rates, sign=True):
        lines += ["", f"Difference {said}."]
    if diff.incomplete:
        lines += ["", "Resources without a known price are not in these sums."]
    return "\n".join(lines) + "\n"


def as_json(estimate: Estimate, diff: Difference | None = None, *, rates: Rates = NO_RATES, today: date | None = None) -> dict[str, Any]:
    """Plain data; amounts are strings, so that no reader rounds them. `converted` is null without a rate, and where one is missing."""
    content: dict[str, Any] = {
        "resources": [_row_json(row) for row in estimate.rows],
        "totals": [_total_json(one) for one in estimate.totals],
        "largest": [_total_json(one) for one in estimate.largest],
        "committed": [_total_json(one) for one in estimate.committed],
        "stops_at_destroy": [_total_json(one) for one in estimate.stopping],
        "converted": _converted_json(estimate.totals, rates),
        "stale": [row.urn for row in estimate.rows if row.is_stale(today)] if today else None,
        "people": _people_json(estimate),
        "metered": [row.urn for row in estimate.metered],
        "unknown": [row.urn for row in estimate.unknown],
    }
    if diff is not None:
        content["difference"] = [_total_json(one) for one in diff.delta]
        content["difference_committed"] = [_total_json(one) for one in diff.committed]
        content["difference_converted"] = _converted_json(diff.delta, rates)
        content["changes"] = [
            {"urn": change.urn, "kind": change.kind, "before": _optional(change.before), "after": _optional(change.after)}
            for change in diff.changed
        ]
    return content


def _converted_json(sums: tuple[Total, ...], rates: Rates) -> dict[str, Any] | None:
    whole = rates.total(sums, rates.currency) if rates.currency else None
    return {**_total_json(whole), "rates": rates.written()} if whole else None


def _people_json(estimate: Estimate) -> dict[str, Any] | None:
    if not isinstance(team := estimate.team, Team):
        return {"counted": False, "why": team.why} if team else None
    return {
        "counted": True,
        "hours_per_month": f"{team.hours:f}",
        "hourly_rate": f"{team.rate:f}",
        "monthly": _amount(team.monthly),
        "currency": team.currency,
        "totals_with_people": [_total_json(one) for one in estimate.with_team],
    }


def escape(text: str) -> str:
    """Text safe inside a Markdown table cell: names come from a program that may be a stranger's."""
    for character in "\\`*_[]<>|@#":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())


def _side(row: Row | None) -> str:
    return wording.hourly(row) if row else "-"


def _hour(one: Total) -> str:
    return wording.money(one.hourly, one.currency)


def _month(one: Total) -> str:
    return wording.money(one.monthly, one.currency)


def _delta(change: Change) -> str:
    before, after = change.before, change.after
    if (before and before.status == "unknown") or (after and after.status == "unknown"):
        return "unknown"
    currencies = {row.currency for row in (before, after) if row and row.currency}
    if len(currencies) > 1:
        return "other currency"
    old, new = (row.monthly or Decimal(0) if row else Decimal(0) for row in (before, after))
    return wording.money(new - old, currencies.pop(), sign=True) if currencies else "-"


def _row_json(row: Row) -> dict[str, Any]:
    return {
        "urn": row.urn,
        "type": row.type,
        "name": row.name,
        "part": row.part,
        "status": row.status,
        "billed": row.billed,
        "quantity": f"{row.quantity:f}",
        "unit_price": _amount(row.unit_price),
        "unit": row.unit,
        "hourly": _amount(row.hourly),
        "monthly": _amount(row.monthly),
        "most_hourly": _amount(row.most_hourly),
        "most_monthly": _amount(row.most_monthly),
        "currency": row.currency,
        "committed": row.committed,
        "until": row.until or None,
        "stops_at_destroy": row.stops,
        "assumed": row.assumed,
        "source": row.source,
        "read_on": row.read_on.isoformat() if row.read_on else None,
        "stale_after_days": row.stale_after_days,
        "note": row.note,
    }


def _optional(row: Row | None) -> dict[str, Any] | None:
    return _row_json(row) if row else None


def _total_json(one: Total) -> dict[str, Any]:
    return {"currency": one.currency, "hourly": _amount(one.hourly), "monthly": _amount(one.monthly)}


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
