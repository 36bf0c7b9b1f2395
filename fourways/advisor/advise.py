"""The whole advice for a workload: the choice, the break-evens of each two ways, what would change it, and the numbers of the plots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from fourways.advisor.change import Flip, Turn, flips, turns
from fourways.advisor.choice import Choice, Given, choose
from fourways.advisor.facts import Line
from fourways.advisor.measured import Measured
from fourways.advisor.offers import PEAK_ASSUMED, WAYS
from fourways.costs.rates import Rates
from fourways.economics import BreakEven, Demand, break_evens, ceiling, cost_per_million, monthly_cost
from stacks.workload import HOURS_A_MONTH, Workload

TIMES = 20
"""Break-evens and plots go up to so many times the workload's volume."""
POINTS = 60
HOURS = tuple(range(1, 25))


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two ways, each in its cheapest form for the workload, and all volumes (tokens a month) at which the cheaper one changes. `cheaper` is
    the one at the workload's own volume."""

    a: str
    b: str
    cheaper: str | None
    changes: tuple[BreakEven, ...]
    by_price: tuple[BreakEven, ...] | None = None
    """The same if no quota ended the token API, which an account may have raised; None where none does."""


@dataclass(frozen=True, kw_only=True)
class Advice:
    """`best` has the cheapest form of each way, in the order of the ways. `by_volume` is a plot of (tokens a month, cost of the month),
    `by_hours` one of (hours of use a day, cost of a million tokens)."""

    given: Given
    choice: Choice
    best: tuple[Line, ...]
    pairs: tuple[Pair, ...]
    up_to: Decimal
    flips: tuple[Flip, ...]
    turns: tuple[Turn, ...]
    by_volume: dict[str, list[tuple[Decimal, Decimal]]]
    by_hours: dict[str, list[tuple[int, Decimal]]]
    notes: tuple[str, ...]

    @property
    def workload(self) -> Workload:
        """What was asked for."""
        return self.given.workload


def advise(workload: Workload, *, region: str, results: Sequence[Measured] = (), rates: Rates | None = None) -> Advice:
    """Advice for a workload in a region. Nothing is converted between currencies without a rate."""
    given = Given(workload=workload, region=region, results=tuple(results), rates=rates or Rates())
    choice = choose(given)
    best = best_of_each(choice.lines)
    demand, up_to = choice.demand, choice.demand.tokens * TIMES
    return Advice(
        given=given,
        choice=choice,
        best=best,
        pairs=pairs(best, demand, up_to),
        up_to=up_to,
        flips=flips(given, choice),
        turns=turns(given, choice),
        by_volume={one.offer.name: _by_volume(one, demand, up_to) for one in best},
        by_hours={one.offer.name: _by_hours(one, demand) for one in best},
        notes=_notes(given, choice),
    )


def best_of_each(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Of each way the form that costs least at the workload: first those that can serve it."""
    found = []
    for way in WAYS:
        of_way = [one for one in lines if one.offer.kind == way]
        if of_way:
            found.append(min(of_way, key=lambda one: (bool(one.not_comparable), one.cost is None, one.cost.monthly if one.cost else 0)))
    return tuple(found)


def pairs(best: Sequence[Line], demand: Demand, up_to: Decimal) -> tuple[Pair, ...]:
    """Each two ways that are in one currency."""
    return tuple(_pair(a, b, demand, up_to) for a, b in combinations(best, 2) if not (a.not_comparable or b.not_comparable))


def _pair(a: Line, b: Line, demand: Demand, up_to: Decimal) -> Pair:
    changes = break_evens(a.offer, b.offer, demand, up_to=up_to)
    costs = {one.offer.name: one.cost.monthly for one in (a, b) if one.cost is not None}
    free = [replace(one.offer, quota_tpm=None) for one in (a, b)]
    ended = any((most := ceiling(one.offer, demand)) is not None and most < up_to for one in (a, b) if one.offer.quota_tpm is not None)
    return Pair(
        a=a.offer.name,
        b=b.offer.name,
        cheaper=min(costs, key=lambda name: costs[name]) if costs else None,
        changes=changes,
        by_price=break_evens(free[0], free[1], demand, up_to=up_to) if ended else None,
    )


def _by_volume(one: Line, demand: Demand, up_to: Decimal) -> list[tuple[Decimal, Decimal]]:
    """Evenly spaced on a logarithmic axis, from a hundredth of the workload's volume on, as far as it can serve."""
    most = ceiling(one.offer, demand)
    end = up_to if most is None else min(up_to, most)
    start = demand.tokens / 100
    ratio = (up_to / start) ** (Decimal(1) / POINTS)
    volumes = [start * ratio**step for step in range(POINTS + 1)]
    return [(volume, monthly_cost(one.offer, demand.at(volume))) for volume in volumes if volume <= end]


def _by_hours(one: Line, demand: Demand) -> list[tuple[int, Decimal]]:
    """At the workload's pace, whatever the hours: more hours are more tokens."""
    found = []
    for hours in HOURS:
        used = HOURS_A_MONTH * hours / 24
        other = Demand(
            tokens=demand.tokens * used / demand.hours,
            hours=used,
            output_share=demand.output_share,
            cache_hit=demand.cache_hit,
            peak_to_mean=demand.peak_to_mean,
        )
        most = ceiling(one.offer, other)
        if most is None or other.tokens <= most:
            found.append((hours, cost_per_million(one.offer, other)))
    return found


def _notes(given: Given, choice: Choice) -> tuple[str, ...]:
    """What the numbers rest on that nobody stated."""
    workload = given.workload
    currencies = [one.offer.currency for one in choice.lines]
    stated = [currency for pair in given.rates.stated for currency in pair]
    notes = [given.rates.words(choice.currency, [*stated, *currencies])] if given.rates else []
    if workload.peak_tpm is None:
        notes.append(f"peak of {workload.peak:,.0f} tokens a minute assumed: {PEAK_ASSUMED}")
    if workload.team is None:
        notes.append("people are not counted: give the workload a team (size, hourlyRate, currency)")
    if any(one.offer.assumed for one in choice.lines):
        notes.append("prices and throughputs marked 'assumed' rest on stand-ins: the price book (fourways/catalog/prices.yaml) says why")
    if workload.latency.ttft_ms is not None or workload.latency.tpot_ms is not None:
        unmeasured = [kind for kind in WAYS if kind not in {one.kind for one in given.results}]
        if unmeasured:
            notes.append(f"whether {', '.join(unmeasured)} meet the latency target is not known: measure them and give --results")
    return tuple(notes)
