"""The volumes at which the cheaper of two offers changes.

A month's cost is a straight line of the volume between the volumes at which a block more is bought or an overflow begins. So the exact
answer is found line by line. There may be several: a cost that climbs in steps crosses one that climbs steadily once a step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from fourways.economics.cost import ceiling
from fourways.economics.currency import CurrenciesDiffer
from fourways.economics.curve import ZERO, Curve, curve, to_decimal
from fourways.economics.demand import Demand
from fourways.economics.offer import Offer


@dataclass(frozen=True, kw_only=True)
class BreakEven:
    """At up to `tokens` a month the offer named `below` is the cheaper one, right above it the one named `above`; None: they cost the same.

    `step`: one of them buys a block there, or cannot serve more, so that the costs jump rather than meet.
    """

    tokens: Decimal
    below: str | None
    above: str | None
    step: bool


def cheaper(a: Offer, b: Offer, demand: Demand) -> str | None:
    """The name of the one that is cheaper at this demand and can serve it; None where they cost the same or neither can."""
    _comparable(a, b)
    able = [offer for offer in (a, b) if (most := ceiling(offer, demand)) is None or demand.tokens <= most]
    if len(able) < 2:
        return able[0].name if able else None
    volume = Fraction(demand.tokens)
    return _name(a, b, curve(b, demand).at(volume) - curve(a, demand).at(volume))


def break_evens(a: Offer, b: Offer, demand: Demand, *, up_to: Decimal) -> tuple[BreakEven, ...]:
    """All changes of the cheaper one above 0 and below `up_to` tokens a month, or below what the larger of the two can serve.

    `demand` gives the shape, its volume does not count. Raises CurrenciesDiffer, and ValueError for equal names or too many steps.
    """
    _comparable(a, b)
    found: list[BreakEven] = []
    last: tuple[str | None] | None = None
    for start, step, name in _stretches(a, b, demand, Fraction(up_to)):
        if last is not None and last[0] != name:
            found.append(BreakEven(tokens=to_decimal(start, down=True), below=last[0], above=name, step=step))
        last = (name,)
    return tuple(found)


def _stretches(a: Offer, b: Offer, demand: Demand, up_to: Fraction) -> Iterator[tuple[Fraction, bool, str | None]]:
    """Where a stretch begins, whether the costs jump there, and who is the cheaper one on it."""
    most = [up_to if (limit := ceiling(offer, demand)) is None else min(Fraction(limit), up_to) for offer in (a, b)]
    both, (of_a, of_b) = min(most), (curve(offer, demand) for offer in (a, b))
    before = ZERO
    for low, high in pairwise(_kinks(of_a, of_b, both)):
        (start, slope), (its_start, its_slope) = (of.straight((low + high) / 2) for of in (of_b, of_a))
        at_low = start - its_start + (slope - its_slope) * low
        at_high = start - its_start + (slope - its_slope) * high
        if at_low * at_high < 0:
            yield low, at_low != before, _name(a, b, at_low)
            yield (its_start - start) / (slope - its_slope), False, _name(a, b, at_high)
        else:
            yield low, at_low != before, _name(a, b, at_low or at_high)
        before = at_high
    if most[0] != most[1]:
        yield both, True, (a if most[0] > most[1] else b).name


def _kinks(a: Curve, b: Curve, up_to: Fraction) -> list[Fraction]:
    """From 0 to `up_to`, all volumes between which both costs are straight lines."""
    steps = sorted({ZERO, up_to, *a.steps(up_to), *b.steps(up_to)})
    between = {volume for low, high in pairwise(steps) for of in (a, b) for volume in of.overflows_begin(low, high)}
    return sorted({*steps, *between})


def _comparable(a: Offer, b: Offer) -> None:
    if a.currency != b.currency:
        raise CurrenciesDiffer(f"{a.name} is in {a.currency} and {b.name} in {b.currency}: bring both to one currency at a stated rate")
    if a.name == b.name:
        raise ValueError(f"two offers are called {a.name!r}: they could not be told apart")


def _name(a: Offer, b: Offer, difference: Fraction) -> str | None:
    return a.name if difference > 0 else b.name if difference < 0 else None
