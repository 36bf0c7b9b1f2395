"""The budget of a run over several copies: what it may cost, and what it has cost so far, at most. Pure: times and tokens are given.

Nothing is converted without a stated rate. The whole price an hour of a copy counts from the moment its first resource is asked for until
it is gone: more than is billed in truth, never less, as far as the price book is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from fourways.costs.rates import Rates
from fourways.costs.serving import HOUR, ServingPrices, Used
from fourways.ephemeral.planned import TEARDOWN_MINUTES, Planned

_AMOUNT = re.compile(r"\s*(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<currency>[A-Z]{3})?\s*")
Sums = dict[str, Decimal]


class BudgetError(Exception):
    """A budget that cannot be read or kept. The message says what is allowed."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Amounts by currency. A currency without an amount counts into one to which a rate is stated; without a rate nobody watches it."""

    amounts: Mapping[str, Decimal]
    rates: Rates = field(default_factory=Rates)

    @classmethod
    def parse(cls, texts: Iterable[str], billed: Iterable[str], rates: Rates) -> Limits:
        """From `200`, `200USD`. An amount without a currency is of the rates' currency, or of the only one that is billed.

        Raises BudgetError for what is no amount, one without a currency where that does not say which, one currency twice, none at all, and
        amounts that watch nothing of what is billed.
        """
        currencies = sorted(set(billed))
        amounts: dict[str, Decimal] = {}
        for text in texts:
            match = _AMOUNT.fullmatch(text)
            amount = Decimal(match["number"]) if match else Decimal(0)
            if match is None or amount <= 0:
                raise BudgetError(f"--budget {text!r} is no amount; allowed: a number above 0, with a currency or without, e.g. 200USD")
            currency = match["currency"] or rates.currency or (currencies[0] if len(currencies) == 1 else None)
            if currency is None:
                example = (currencies or ["USD"])[0]
                raise BudgetError(
                    f"--budget {text} needs a currency: {' and '.join(currencies) or 'nothing'} are billed. Give one for each "
                    f"(--budget {text}{example} ...), or a rate too (--currency-rate USD=7.1CNY)"
                )
            if currency in amounts:
                raise BudgetError(f"--budget gives {currency} twice: give each currency once")
            amounts[currency] = amount
        if not amounts:
            raise BudgetError("no budget: give the most that the run may cost, e.g. --budget 200USD")
        limits = cls(amounts=amounts, rates=rates)
        if currencies and set(limits.unwatched(currencies)) == set(currencies):
            raise BudgetError(
                f"the budget is in {', '.join(sorted(amounts))}, and what is billed is in {', '.join(currencies)}: it would watch nothing. "
                f"Give an amount in {' or '.join(currencies)}, or a rate (--currency-rate USD=7.1CNY)"
            )
        return limits

    def unwatched(self, currencies: Iterable[str]) -> list[str]:
        """Of these, the currencies that no amount bounds, sorted."""
        return sorted(name for name in set(currencies) if self._into(name) is None)

    def counted(self, sums: Mapping[str, Decimal]) -> Sums:
        """Sums of any currencies by that of the amount that bounds them; what nothing bounds is left out."""
        counted = dict.fromkeys(self.amounts, Decimal(0))
        for name, amount in sums.items():
            into = self._into(name)
            converted = self.rates.convert(amount, name, into) if into is not None else None
            if into is not None and converted is not None:
                counted[into] += converted
        return counted

    def over(self, sums: Mapping[str, Decimal]) -> str | None:
        """`at most 12.40 of 10 USD` where an amount is reached, else None."""
        reached = [name for name, amount in self.counted(sums).items() if amount >= self.amounts[name]]
        return self.words(sums) if reached else None

    def words(self, sums: Mapping[str, Decimal]) -> str:
        """`at most 12.40 of 100 CNY`; then what is not watched."""
        said = [f"at most {amount:,.2f} of {self.amounts[name]:,f} {name}" for name, amount in self.counted(sums).items()]
        said += [f"{sums[name]:,.2f} {name} not watched" for name in self.unwatched(sums) if sums[name]]
        return ", ".join(said)

    def _into(self, currency: str) -> str | None:
        if currency in self.amounts:
            return currency
        return next((name for name in self.amounts if self.rates.convert(Decimal(1), currency, name) is not None), None)


@dataclass
class Lane:
    """What one copy costs. `began` and `ended` are None until they are known; `used` are the tokens that are billed by themselves."""

    prices: ServingPrices
    began: float | None = None
    ended: float | None = None
    used: Used = field(default_factory=Used)

    def spent(self, now: float) -> Sums:
        """At most, until now."""
        if self.began is None:
            return {}
        until = now if self.ended is None else self.ended
        return self.prices.spent(max(0.0, until - self.began), self.used)

    def teardown(self) -> Sums:
        """What the destroy of what runs will cost."""
        running = self.began is not None and self.ended is None
        return {name: amount * TEARDOWN_MINUTES * 60 / HOUR for name, amount in self.prices.hourly.items()} if running else {}


@dataclass
class Meter:
    """What all copies cost together. `fake` says that the money is made up."""

    limits: Limits
    lanes: dict[str, Lane] = field(default_factory=dict)
    fake: bool = False

    def spent(self, now: float) -> Sums:
        """At most, until now, by currency."""
        return total(lane.spent(now) for lane in self.lanes.values())

    def reached(self, now: float) -> str | None:
        """Why the teardown must begin: with its own cost, an amount would be reached. None while there is room."""
        return self.limits.over(total([self.spent(now), *(lane.teardown() for lane in self.lanes.values())]))

    def words(self, now: float) -> str:
        """For the display."""
        return self.limits.words(self.spent(now)) + (" (fake)" if self.fake else "")


def total(sums: Iterable[Mapping[str, Decimal]]) -> Sums:
    """Together, by currency."""
    together: Sums = {}
    for one in sums:
        for name, amount in one.items():
            together[name] = together.get(name, Decimal(0)) + amount
    return together


def expected(prices: ServingPrices, planned: Planned) -> Sums:
    """What a copy is planned to cost: its hour for the planned time, and the planned tokens where all of them are billed."""
    return prices.spent(planned.minutes * 60, Used() if prices.overflow_only else planned.used)
