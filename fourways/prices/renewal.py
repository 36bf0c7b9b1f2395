"""What live prices change in the book. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from fourways.catalog.prices import HOURS_A_UNIT, Key, Price
from fourways.prices.answers import Answers

SAME_TO = Decimal("0.001")
"""Prices that differ by less than a thousandth are the same: answers are rounded, and a month is not exactly 730 hours."""

Change = Literal["same", "changed", "other currency", "not asked"]


@dataclass(frozen=True)
class Finding:
    """One price of the book beside what is asked for it today; `why` says why there is no `new`."""

    key: Key
    old: Price
    new: Price | None
    why: str = ""

    @property
    def change(self) -> Change:
        """How they differ; by the hour where their units do."""
        if self.new is None:
            return "not asked"
        if self.new.currency != self.old.currency:
            return "other currency"
        return "same" if abs(self.share or Decimal(0)) <= SAME_TO else "changed"

    @property
    def share(self) -> Decimal | None:
        """By which part the new price is above the old; None where they cannot be compared."""
        if self.new is None or self.new.currency != self.old.currency:
            return None
        above: Decimal = _each(self.new) / _each(self.old) - 1
        return above


def findings(book: Iterable[tuple[Key, Price]], answers: Answers) -> list[Finding]:
    """Each price of the book with its live one, in the book's order."""
    return [Finding(key, old, answers.prices.get(key), answers.refused.get(key, "")) for key, old in book]


def _each(price: Price) -> Decimal:
    return price.amount / HOURS_A_UNIT.get(price.unit, 1)
