"""Leftovers for people and for other programs: what, age, when it expires, cost an hour, how it was found."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from rich.markup import escape
from rich.table import Table

from fourways.cleanup.found import Found, Leftover
from fourways.cloud.ownership import format_time

HEADINGS = ("kind", "id", "name", "stack", "age", "expires", "an hour", "found by", "why", "verdict")


def table(leftovers: Sequence[Leftover], now: datetime) -> Table:
    """One row each; the caption sums up what the known prices come to."""
    shown = Table(title="Left behind", title_justify="left", caption=_caption(leftovers), caption_justify="left")
    for heading in HEADINGS:
        shown.add_column(heading, overflow="fold", justify="right" if heading in ("age", "an hour") else "left")
    for leftover in leftovers:
        shown.add_row(*(escape(cell) for cell in row(leftover, now)))
    return shown


def row(leftover: Leftover, now: datetime) -> tuple[str, ...]:
    """The cells of one leftover, in the order of HEADINGS."""
    found = leftover.found
    owner = found.owner
    return (
        found.kind,
        found.id,
        found.name,
        f"{owner.stack or '?'} ({owner.environment or 'unknown'})",
        age(found.created, now),
        format_time(owner.expires_at) if owner.expires_at else "never",
        cost(found),
        " and ".join(leftover.how),
        ", ".join(leftover.reasons),
        f"kept: {leftover.kept}" if leftover.kept else "to be deleted",
    )


def as_json(leftovers: Sequence[Leftover]) -> list[dict[str, Any]]:
    """Plain data; amounts are strings."""
    return [
        {
            "kind": leftover.found.kind,
            "id": leftover.found.id,
            "name": leftover.found.name,
            "region": leftover.found.region,
            "tags": dict(leftover.found.tags),
            "created": format_time(leftover.found.created) if leftover.found.created else None,
            "hourly": f"{leftover.found.price[0]:f}" if leftover.found.price else ("0" if leftover.found.free else None),
            "currency": leftover.found.price[1] if leftover.found.price else None,
            "found_by": list(leftover.how),
            "reasons": list(leftover.reasons),
            "kept": leftover.kept or None,
        }
        for leftover in leftovers
    ]


def age(created: datetime | None, now: datetime) -> str:
    """`3 d`, `5 h`, `12 min`; a question mark where the cloud does not say."""
    if created is None:
        return "?"
    minutes = max(0, int((now - created).total_seconds() // 60))
    return f"{minutes // 1440} d" if minutes >= 2880 else f"{minutes // 60} h" if minutes >= 120 else f"{minutes} min"


def cost(found: Found) -> str:
    """Cost an hour: an amount, `free`, or `unknown`."""
    return _money(*found.price) if found.price else "free" if found.free else "by use" if found.metered else "unknown"


def _money(amount: Decimal, currency: str) -> str:
    """As in the price book; what was divided, to a millionth."""
    return f"{amount if amount == round(amount, 6) else round(amount, 6):,f} {currency}"


def _caption(leftovers: Sequence[Leftover]) -> str:
    sums: dict[str, Decimal] = {}
    for leftover in leftovers:
        if leftover.found.price:
            amount, currency = leftover.found.price
            sums[currency] = sums.get(currency, Decimal(0)) + amount
    unknown = sum(leftover.found.price is None and not leftover.found.free and not leftover.found.metered for leftover in leftovers)
    words = [_money(amount, currency) for currency, amount in sorted(sums.items())] + ([f"{unknown} of unknown price"] if unknown else [])
    return f"{len(leftovers)} left behind; an hour: {', '.join(words) or 'nothing'}"
