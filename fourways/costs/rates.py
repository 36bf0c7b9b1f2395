"""Rates between currencies that somebody stated: `--currency-rate USD=7.1CNY`. Nothing is converted without one; none is looked up or kept
here."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from fourways.costs.documents import CostError
from fourways.costs.model import Total

WRITTEN = re.compile(r"(?P<of>[A-Z]{3})=(?P<each>\d+(?:\.\d+)?)(?P<to>[A-Z]{3})")
"""Currencies by their ISO 4217 code."""
HOW = "write --currency-rate USD=7.1CNY: what one unit of the first currency is in the second, above zero"


class RateError(CostError):
    """A rate that cannot be read, or a second one for the same pair: wrong use of a command."""


@dataclass(frozen=True)
class Rates:
    """How many units of the second currency one unit of the first is, as stated. Each pair is stated once, in one direction; the other
    follows from it, and nothing is chained over a third currency."""

    stated: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)

    @classmethod
    def parse(cls, texts: Iterable[str]) -> "Rates":
        """From `USD=7.1CNY` and the like. Raises RateError for another form, for zero, and for a pair that is stated twice."""
        stated: dict[tuple[str, str], Decimal] = {}
        for text in texts:
            found = WRITTEN.fullmatch(text.strip())
            if found is None or found["of"] == found["to"] or not (each := Decimal(found["each"])):
                raise RateError(f"{text!r} is no rate: {HOW}")
            pair = (found["of"], found["to"])
            if pair in stated or pair[::-1] in stated:
                raise RateError(f"{text!r} states a second rate between {pair[0]} and {pair[1]}: state one")
            stated[pair] = each
        return cls(stated)

    def __bool__(self) -> bool:
        """Whether any rate is stated."""
        return bool(self.stated)

    @property
    def currency(self) -> str | None:
        """What sums are shown in: the second currency of the first rate; None without a rate."""
        return next((to for _, to in self.stated), None)

    def convert(self, amount: Decimal, of: str, to: str) -> Decimal | None:
        """An amount of one currency in another, not rounded; None where no rate between the two is stated."""
        if of == to:
            return amount
        if (each := self.stated.get((of, to))) is not None:
            return amount * each
        if (each := self.stated.get((to, of))) is not None:
            return amount / each
        return None

    def total(self, sums: Sequence[Total], to: str) -> Total | None:
        """Sums of several currencies as one of `to`; None where one of them has no rate to it. No sums are zero."""
        hourly = [self.convert(one.hourly, one.currency, to) for one in sums]
        monthly = [self.convert(one.monthly, one.currency, to) for one in sums]
        hours, months = ([amount for amount in amounts if amount is not None] for amounts in (hourly, monthly))
        if len(hours) < len(sums):
            return None
        return Total(currency=to, hourly=sum(hours, Decimal(0)), monthly=sum(months, Decimal(0)))

    def written(self) -> list[str]:
        """As they are stated: `USD=7.1CNY`."""
        return [f"{of}={each:f}{to}" for (of, to), each in self.stated.items()]

    def words(self, to: str, currencies: Iterable[str]) -> str:
        """`at the stated rate 1 USD = 7.1 CNY`: of those used to bring these currencies to `to`; empty where none is."""
        used = {currency for currency in currencies if currency != to}
        said = [f"1 {of} = {each:f} {into}" for (of, into), each in self.stated.items() if to in (of, into) and used & {of, into}]
        return f"at the stated rate{'s' if len(said) > 1 else ''} {', '.join(said)}" if said else ""


NO_RATES = Rates()
"""Where nobody stated any: nothing is converted."""
