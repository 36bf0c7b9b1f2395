"""Advice in words and tables: the same for a terminal, Markdown and a page, so that they cannot differ; and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fourways.advisor.advise import Advice, Pair
from fourways.advisor.facts import Line
from fourways.economics import BreakEven, ceiling

SHOWN = 3
"""Break-evens of two ways that are told one by one; of more the first and the last, and how many there are."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table, all cells as they are read."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def headline(advice: Advice) -> str:
    """The recommendation in a sentence or two."""
    workload, choice = advice.workload, advice.choice
    asked = f"{workload.tokens_per_day:,.0f} tokens a day, peak {workload.peak:,.0f} TPM, {workload.hours_a_day:f} hours a day"
    if choice.name is None:
        last = choice.branch[-1] if choice.branch else None
        why = _together(last.dropped) if last else "nothing can be offered: see what is missing"
        return f"For {asked}: nothing can be recommended. {why[0].upper()}{why[1:]}."
    best = choice.line(choice.name)
    cost = "" if best.cost is None else f"about {best.cost.monthly:,.0f} {choice.currency} a month"
    each = best.per_million(choice.demand)
    million = "" if each is None else f", {each:,.2f} {choice.currency} a million tokens"
    assumed = "; prices or throughput in it are assumed" if best.offer.assumed else ""
    return f"For {asked}: {choice.name} ({cost}{million}{assumed})."


def grids(advice: Advice) -> tuple[Grid, ...]:
    """All tables, in the order in which they are read."""
    found = [_offers(advice), _branch(advice), _pairs(advice), _flips(advice)]
    if advice.workload.growth is not None:
        found.append(_growth(advice))
    if advice.choice.missing:
        rows = tuple((one.name, one.why) for one in advice.choice.missing)
        found.append(Grid(title="Not offered", columns=("way", "why"), rows=rows))
    return tuple(found)


def rests_on(advice: Advice) -> tuple[str, ...]:
    """What the numbers rest on, one a line: notes of the advice and of each offer."""
    by_note: dict[str, list[str]] = {}
    for one in advice.choice.lines:
        for note in one.offer.notes:
            by_note.setdefault(note, []).append(one.offer.name)
    return (*advice.notes, *(f"{', '.join(names)}: {note}" for note, names in by_note.items()))


def markdown(advice: Advice) -> str:
    """The advice as Markdown."""
    parts = [f"### Which way to serve\n\n{_escaped(headline(advice))}"]
    for grid in grids(advice):
        rows = [grid.columns, tuple("---" for _ in grid.columns), *grid.rows]
        table = "\n".join("| " + " | ".join(map(_escaped, row)) + " |" for row in rows)
        parts.append(f"#### {grid.title}\n\n{table if grid.rows else 'None.'}" + (f"\n\n{_escaped(grid.note)}" if grid.note else ""))
    if notes := rests_on(advice):
        parts.append("#### What it rests on\n\n" + "\n".join(f"- {_escaped(note)}" for note in notes))
    return "\n\n".join(parts) + "\n"


def as_json(advice: Advice) -> dict[str, Any]:
    """The advice as plain data; amounts are text, so that no digit is lost."""
    choice = advice.choice
    return {
        "workload": advice.workload.model_dump(mode="json", by_alias=True),
        "region": advice.given.region,
        "currency": choice.currency,
        "recommendation": choice.name,
        "kind": choice.kind,
        "headline": headline(advice),
        "offers": [_offer_data(one, advice) for one in choice.lines],
        "missing": [{"kind": one.kind, "name": one.name, "why": one.why} for one in choice.missing],
        "branch": [
            {"step": taken.step, "ask": taken.ask, "asked": taken.asked, "left": list(taken.left), "dropped": dict(taken.dropped)}
            for taken in choice.branch
        ],
        "break_evens": [
            {
                "a": pair.a,
                "b": pair.b,
                "cheaper": pair.cheaper,
                "up_to_tokens_a_month": _text(advice.up_to),
                "changes": _changes_data(pair.changes),
                "changes_by_price": None if pair.by_price is None else _changes_data(pair.by_price),
            }
            for pair in advice.pairs
        ],
        "sensitivity": [
            {"input": one.input, "now": one.now, "then": one.then, "factor": _text(one.factor), "answer": one.answer}
            for one in advice.flips
        ],
        "growth": [{"month": one.month, "tokens_a_day": _text(one.tokens_per_day), "answer": one.answer} for one in advice.turns],
        "monthly_cost_by_tokens_a_month": {name: [[_text(x), _text(y)] for x, y in points] for name, points in advice.by_volume.items()},
        "cost_per_million_by_hours_a_day": {name: [[x, _text(y)] for x, y in points] for name, points in advice.by_hours.items()},
        "rests_on": list(rests_on(advice)),
    }


def _offers(advice: Advice) -> Grid:
    columns = ("offer", "a month", "of that people", "a million tokens", "bought", "used", "limit", "carries at most (TPM)")
    note = "'used' is of what the capacity could carry in the hours it is billed; 'limit' is what would have to grow first."
    rows = tuple(_offer_row(one, advice) for one in sorted(advice.choice.lines, key=_by_cost))
    return Grid(title="Offers", columns=columns, rows=rows, note=note)


def _offer_row(one: Line, advice: Advice) -> tuple[str, ...]:
    name = f"{one.offer.name}{' (assumed)' if one.offer.assumed else ''}"
    most = "no limit known" if one.most_tpm is None else f"{one.most_tpm:,.0f}"
    if one.cost is None:
        return (name, "cannot serve it", "-", "-", "-", "-", one.limit, most)
    each, money = one.per_million(advice.choice.demand), one.offer.currency
    bought = ", ".join(f"{count} x {part.block}" for count, part in zip(one.cost.blocks, one.offer.capacity, strict=True)) or "-"
    if one.offer.capacity and one.cost.billed_tokens:
        bought += f"; {one.cost.billed_tokens / advice.choice.demand.tokens:.0%} of the tokens overflow"
    return (
        name,
        f"{one.cost.monthly:,.0f} {money}",
        f"{one.cost.fixed:,.0f} {money}" if one.cost.fixed else "-",
        f"{each:,.2f} {money}",
        bought,
        "-" if one.cost.used is None else f"{one.cost.used:.0%}",
        one.limit,
        most,
    )


def _by_cost(one: Line) -> tuple[bool, bool, Decimal]:
    return (bool(one.not_comparable), one.cost is None, one.cost.monthly if one.cost else Decimal(0))


def _branch(advice: Advice) -> Grid:
    rows = []
    for taken in advice.choice.branch:
        gone = _together(taken.dropped) or "-"
        left = taken.left[0] if len(taken.left) == 1 else f"{len(taken.left)} offers"
        rows.append((taken.ask, gone if taken.asked else "not asked", left))
    return Grid(title="How it was decided", columns=("question", "who falls away, and why", "left"), rows=tuple(rows))


def _together(dropped: Sequence[tuple[str, str]]) -> str:
    """Those that fall away for one reason are named together."""
    by_reason: dict[str, list[str]] = {}
    for name, because in dropped:
        by_reason.setdefault(because, []).append(name)
    return "; ".join(
        f"{' and '.join([', '.join(names[:-1]), names[-1]]) if names[1:] else names[0]}: {because}" for because, names in by_reason.items()
    )


def _pairs(advice: Advice) -> Grid:
    note = f"Tokens a month, up to {_volume(advice.up_to)} (20 times the workload), at its mix, hours and ratio of peak to mean."
    rows = tuple((f"{pair.a} / {pair.b}", pair.cheaper or "-", _changes(pair, advice)) for pair in advice.pairs)
    return Grid(title="Break-evens", columns=("pair", "cheaper at the workload", "the cheaper one changes at"), rows=rows, note=note)


def _changes(pair: Pair, advice: Advice) -> str:
    told = _told(pair.changes, advice)
    return told if pair.by_price is None else f"{told}; by price alone, without the quota: {_told(pair.by_price, advice)}"


def _told(changes: Sequence[BreakEven], advice: Advice) -> str:
    if not changes:
        return f"nowhere up to {_volume(advice.up_to)}"
    if len(changes) <= SHOWN:
        return "; ".join(_change(one, advice) for one in changes)
    return f"{len(changes)} times, from {_change(changes[0], advice)} to {_change(changes[-1], advice)} (each block more is a step)"


def _change(one: BreakEven, advice: Advice) -> str:
    most = ceiling(advice.choice.line(one.below).offer, advice.choice.demand) if one.below else None
    why = " (all that the first can serve)" if one.step and most is not None and one.tokens >= most.next_minus() else ""
    return f"{_volume(one.tokens)}: {one.below or 'the same'} -> {one.above or 'the same'}{why}"


def _flips(advice: Advice) -> Grid:
    note = "The nearest value of each input that changes the way to serve. Inputs that are not here do not, from a tenth to ten times."
    rows = tuple((one.input, one.now, one.then, one.answer) for one in advice.flips)
    return Grid(title="What would change the answer", columns=("input", "now", "from about", "then"), rows=rows, note=note)


def _growth(advice: Advice) -> Grid:
    rows = tuple((str(one.month), f"{one.tokens_per_day:,.0f}", one.answer or "nothing can be recommended") for one in advice.turns)
    note = "" if rows else "The answer stays the same for three years of this growth."
    return Grid(title="When growth changes it", columns=("month", "tokens a day", "then"), rows=rows, note=note)


def _offer_data(one: Line, advice: Advice) -> dict[str, Any]:
    cost, each = one.cost, one.per_million(advice.choice.demand)
    return {
        "name": one.offer.name,
        "kind": one.offer.kind,
        "currency": one.offer.currency,
        "assumed": one.offer.assumed,
        "serves": cost is not None,
        "monthly": None if cost is None else _text(cost.monthly),
        "people": None if cost is None else {part.name: _text(part.monthly) for part in one.offer.fixed},
        "per_million_tokens": None if each is None else _text(each),
        "blocks": None if cost is None else {part.block: count for part, count in zip(one.offer.capacity, cost.blocks, strict=True)},
        "overflow_tokens": None if cost is None or not one.offer.capacity else _text(cost.billed_tokens),
        "used": None if cost is None or cost.used is None else _text(cost.used),
        "limit": one.limit,
        "most_tpm": None if one.most_tpm is None else _text(one.most_tpm),
        "not_comparable": one.not_comparable or None,
        "misses_latency": one.misses_latency or None,
    }


def _changes_data(changes: Sequence[BreakEven]) -> list[dict[str, Any]]:
    return [{"tokens_a_month": _text(one.tokens), "below": one.below, "above": one.above, "step": one.step} for one in changes]


def _volume(tokens: Decimal) -> str:
    """2,610,000,000 as 2.61 bn."""
    for unit, name in ((Decimal(10) ** 12, "tn"), (Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "M")):
        if tokens >= unit:
            return f"{tokens / unit:,.4g} {name}"
    return f"{tokens:,.0f}"


def _text(value: Decimal) -> str:
    """Plain digits, six places: finer than any price."""
    return f"{value.quantize(Decimal('0.000001')).normalize():f}"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
