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
from math import ceil

from fourways.economics.cost import blocks, carries, ceiling, exact_cost, sides, to_decimal
from fourways.economics.currency import CurrenciesDiffer
from fourways.economics.demand import Demand
from fourways.economics.offer import Offer

MOST_STEPS = 50_000


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
    return _name(a, b, exact_cost(b, demand, volume) - exact_cost(a, demand, volume))


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
    """Where a stretch begins, whether costs may jump there, and who is the cheaper one on it."""
    most = [up_to if (limit := ceiling(offer, demand)) is None else min(Fraction(limit), up_to) for offer in (a, b)]
    both = min(most)
    for low, high in pairwise(_kinks(a, b, demand, both)):
        middle = (low + high) / 2
        at_high, at_middle = (exact_cost(b, demand, volume) - exact_cost(a, demand, volume) for volume in (high, middle))
        at_low = 2 * at_middle - at_high
        jumps = exact_cost(b, demand, low) - exact_cost(a, demand, low) != at_low
        if at_low * at_high < 0:
            yield low, jumps, _name(a, b, at_low)
            yield low + (high - low) * at_low / (at_low - at_high), False, _name(a, b, at_high)
        else:
            yield low, jumps, _name(a, b, at_low or at_high)
    if most[0] != most[1]:
        yield both, True, (a if most[0] > most[1] else b).name


def _kinks(a: Offer, b: Offer, demand: Demand, up_to: Fraction) -> list[Fraction]:
    """From 0 to `up_to`, all volumes between which both costs are straight lines."""
    steps = sorted({Fraction(0), up_to, *_steps(a, demand, up_to), *_steps(b, demand, up_to)})
    kinks = set(steps)
    for low, high in pairwise(steps):
        for offer in (a, b):
            kinks |= {volume for volume in _overflow_begins(offer, demand, (low + high) / 2) if low < volume < high}
    return sorted(kinks)


def _steps(offer: Offer, demand: Demand, up_to: Fraction) -> set[Fraction]:
    """Volumes above which a block more is bought."""
    found: set[Fraction] = set()
    for part in offer.capacity:
        if part.blocks is not None:
            continue
        per_block = [
            tokens * Fraction(part.utilisation) / Fraction(part.cover) * Fraction(demand.hours) / Fraction(demand.peak_to_mean)
            for _, tokens in sides(part, demand)
        ]
        if not per_block:
            continue
        last = ceil(up_to / min(per_block)) - 1
        last = last if part.most is None else min(last, part.most - 1)
        first = max(part.least, 1)
        if last - first > MOST_STEPS:
            raise ValueError(f"{offer.name} grows in {last - first} steps up to {up_to} tokens a month: ask up to a lower volume")
        # The narrowest side decides how many blocks, so its steps are the only ones.
        found |= {count * min(per_block) for count in range(first, last + 1)}
    return found


def _overflow_begins(offer: Offer, demand: Demand, volume: Fraction) -> set[Fraction]:
    """Volumes at which a level of the load outgrows what is bought at `volume`."""
    if not offer.tokens or (carried := carries(offer, demand, blocks(offer, demand, volume))) is None:
        return set()
    return {carried * Fraction(demand.hours) / Fraction(level) for level in set(demand.levels) if level > 0}


def _comparable(a: Offer, b: Offer) -> None:
    if a.currency != b.currency:
        raise CurrenciesDiffer(f"{a.name} is in {a.currency} and {b.name} in {b.currency}: bring both to one currency at a stated rate")
    if a.name == b.name:
        raise ValueError(f"two offers are called {a.name!r}: they could not be told apart")


def _name(a: Offer, b: Offer, difference: Fraction) -> str | None:
    return a.name if difference > 0 else b.name if difference < 0 else None
