"""The budget of a run: what may be spent, in which currency, and when to stop. Pure: the price and the time that has passed are given.

Nothing is converted. The whole price an hour counts from the moment the first step starts until everything is gone: more than is billed in
truth, never less, as far as the price book is right (what it assumes is said before anything is bought; traffic is not in it).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from fourways.costs.model import Estimate

TEARDOWN_MINUTES = 10
"""Kept back for the destroy, which is billed too (assumed: machines leave within minutes)."""
_AMOUNT = re.compile(r"\s*(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<currency>[A-Z]{3})?\s*")
_HOUR = Decimal(3600)


class BudgetError(Exception):
    """A budget that cannot be read or kept. The message says what is allowed."""


@dataclass(frozen=True, kw_only=True)
class Purse:
    """`limits` and `hourly` by currency; every currency of `hourly` has its limit."""

    limits: Mapping[str, Decimal]
    hourly: Mapping[str, Decimal]

    def spent(self, seconds: float) -> dict[str, Decimal]:
        """At most this has been spent after so many seconds."""
        return {currency: amount * Decimal(str(seconds)) / _HOUR for currency, amount in self.hourly.items()}

    @property
    def seconds(self) -> float:
        """How long may pass before the teardown must begin. Endless where nothing costs anything."""
        times = [float(self.limits[currency] / amount * _HOUR) for currency, amount in self.hourly.items() if amount]
        return min(times, default=float("inf")) - TEARDOWN_MINUTES * 60

    def words(self, seconds: float) -> str:
        """`at most 12.40 of 100 CNY`."""
        spent = self.spent(seconds)
        return (
            ", ".join(f"at most {amount:,.2f} of {self.limits[currency]:,f} {currency}" for currency, amount in spent.items()) or "nothing"
        )


def purse(budgets: Iterable[str], estimate: Estimate) -> Purse:
    """The purse for `--budget` amounts (`20`, `20USD`) and what a preview says will be bought.

    Raises BudgetError for an amount that is none, one without a currency where several are billed, a currency without an amount, a price
    that is not known, a prepaid term, and an amount that does not even last for the teardown.
    """
    hourly = {total.currency: total.hourly for total in estimate.totals}
    limits = _limits(list(budgets), sorted(hourly))
    if estimate.unknown:
        names = ", ".join(f"{row.name} ({row.note or row.billed or 'no price'})" for row in estimate.unknown)
        raise BudgetError(f"a budget cannot be kept for what has no known price: {names}. Add it to the price book, or leave it out")
    if committed := [row.name for row in estimate.rows if row.committed]:
        raise BudgetError(f"prepaid: {', '.join(committed)}. A term cannot be given back; only PostPaid is verified")
    if missing := sorted(set(hourly) - set(limits)):
        raise BudgetError(
            f"the stack is billed in {', '.join(missing)} too: give an amount for each currency, e.g. --budget 20{missing[0]}"
        )
    found = Purse(limits=limits, hourly=hourly)
    if found.seconds <= 0:
        least = ", ".join(f"more than {amount * TEARDOWN_MINUTES / 60:,.2f} {currency}" for currency, amount in hourly.items())
        raise BudgetError(f"the budget does not last for the {TEARDOWN_MINUTES} minutes kept back for the teardown; allowed: {least}")
    return found


def _limits(budgets: list[str], currencies: list[str]) -> dict[str, Decimal]:
    limits: dict[str, Decimal] = {}
    for text in budgets:
        match = _AMOUNT.fullmatch(text)
        try:
            amount = Decimal(match["number"]) if match else Decimal(0)
        except InvalidOperation:
            amount = Decimal(0)
        if match is None or amount <= 0:
            raise BudgetError(f"--budget {text!r} is no amount; allowed: a number above 0 with or without a currency, e.g. 20 or 20CNY")
        currency = match["currency"] or (currencies[0] if len(currencies) == 1 else None)
        if currency is None:
            billed = ", ".join(currencies) or "nothing"
            raise BudgetError(
                f"--budget {text} needs a currency: the stack is billed in {billed}; e.g. --budget {text}{(currencies or ['USD'])[0]}"
            )
        if currency in limits:
            raise BudgetError(f"--budget gives {currency} twice: give each currency once")
        limits[currency] = amount
    if not limits:
        raise BudgetError("no budget: give the most that the run may cost, e.g. --budget 20CNY")
    return limits
