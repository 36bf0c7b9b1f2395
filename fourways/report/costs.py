"""What the measured deployments cost beside each other: at the point that meets the SLO, by hours of use a day, by volume, and where the
cheaper of two changes. Pure; the arithmetic is `fourways.economics`'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any

from fourways.costs.rates import Rates
from fourways.economics import HOURS_A_MONTH, BreakEven, Demand, Offer, break_evens
from fourways.report.objective import Best
from fourways.report.offers import SECONDS_AN_HOUR, Unpriced, million, million_by_hours, month, priced
from fourways.report.reading import Deployment

HOURS = tuple(range(1, 25))
#: A month's volumes go up to so many times what the largest deployment carries.
TIMES = 3
#: Volumes of the plot, evenly spread.
STEPS = 30
#: Just above a volume.
BEYOND = Decimal("1.000001")


@dataclass(frozen=True, kw_only=True)
class Cost:
    """A deployment's cost at its point; `why` says what is missing where `offer` is None. `of_highest`: the point's throughput as a part of
    the highest that was measured."""

    name: str
    stack: str
    point: str | None
    offer: Offer | None
    demand: Demand | None
    why: str
    assumed: Sequence[str]
    tokens_per_hour: float | None
    of_highest: float | None
    per_million: Decimal | None
    per_million_output: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Group:
    """Deployments whose costs are in one currency and can be compared. `shape` is how all of them are asked for a volume: an even month."""

    currency: str
    costs: Sequence[Cost]
    shape: Demand
    by_hours: Mapping[str, Sequence[tuple[int, Decimal]]]
    volumes: Sequence[Decimal]
    by_volume: Mapping[str, Sequence[Decimal | None]]
    break_evens: Mapping[tuple[str, str], Sequence[BreakEven]]


def costs(
    deployments: Sequence[Deployment], bests: Mapping[str, Best], *, rates: Rates, prices: Mapping[str, Mapping[str, Any]]
) -> list[Cost]:
    """Of each deployment, brought to the rates' currency where a rate is stated."""
    return [_cost(each, bests[each.name], rates, prices.get(str(each.header["stack"]))) for each in deployments]


def groups(found: Sequence[Cost]) -> list[Group]:
    """By currency, those whose cost is known."""
    currencies = dict.fromkeys(cost.offer.currency for cost in found if cost.offer)
    return [_group(currency, [cost for cost in found if cost.offer and cost.offer.currency == currency]) for currency in currencies]


def _cost(deployment: Deployment, best: Best, rates: Rates, stated: Mapping[str, Any] | None) -> Cost:
    point, found, why = best.point, None, best.why
    if point is not None:
        try:
            found = priced(deployment, point, rates=rates, stated=stated)
        except Unpriced as error:
            why = str(error)
    offer, demand = (found.offer, found.demand) if found else (None, None)
    each = million(offer, demand) if offer and demand else None
    highest = max((float(point["total_token_throughput"]) for point in deployment.points), default=0.0)
    return Cost(
        name=deployment.name,
        stack=str(deployment.header["stack"]),
        point=None if point is None else str(point["name"]),
        offer=offer,
        demand=demand,
        why=why,
        assumed=found.assumed if found else (),
        tokens_per_hour=None if point is None else float(point["total_token_throughput"]) * SECONDS_AN_HOUR,
        of_highest=None if point is None or not highest else float(point["total_token_throughput"]) / highest,
        per_million=each,
        per_million_output=None if each is None or demand is None or not demand.output_share else each / demand.output_share,
    )


def _group(currency: str, known: Sequence[Cost]) -> Group:
    pairs = [(cost.offer, cost.demand) for cost in known if cost.offer and cost.demand]
    stacks = {cost.name: cost.stack for cost in known}
    # Each offer has its own mix in its prices: only that the month is even counts here.
    shape = pairs[0][1]
    most = TIMES * max(demand.tokens for _, demand in pairs)
    volumes = sorted(
        {most * step / STEPS for step in range(1, STEPS + 1)} | {at for offer, _ in pairs for at in _jumps(offer, shape, most)}
    )
    return Group(
        currency=currency,
        costs=known,
        shape=shape,
        by_hours={offer.name: [(hours, million_by_hours(offer, demand, hours)) for hours in HOURS] for offer, demand in pairs},
        volumes=volumes,
        by_volume={offer.name: [month(offer, shape, tokens) for tokens in volumes] for offer, _ in pairs},
        break_evens={
            (a.name, b.name): break_evens(a, b, shape, up_to=most)
            for (a, _), (b, _) in combinations(pairs, 2)
            # One stack measured twice is one thing to buy.
            if stacks[a.name] != stacks[b.name]
        },
    )


def _jumps(offer: Offer, shape: Demand, most: Decimal) -> list[Decimal]:
    """Volumes right below and above those at which a block more is bought, so that a plot shows the step."""
    if len(offer.capacity) != 1 or offer.capacity[0].blocks is not None:
        return []
    each = (offer.capacity[0].tokens_per_hour or Decimal(0)) * shape.hours
    edges = [each * count for count in range(1, int(most / each) + 1)] if most / each < STEPS else []
    return [volume for edge in edges for volume in (edge, edge * BEYOND) if volume <= most]


def cheapest(group: Group) -> list[tuple[Decimal, Decimal, str]]:
    """(from, up to, name) of the cheapest deployment by volume, over all volumes of the group; exact at the changes."""
    offers = {cost.name: cost.offer for cost in group.costs if cost.offer}
    ends = sorted({change.tokens for changes in group.break_evens.values() for change in changes} | {group.volumes[-1]})
    found: list[tuple[Decimal, Decimal, str]] = []
    start = Decimal(0)
    for end in ends:
        middle = (start + end) / 2
        able = {name: cost for name, offer in offers.items() if (cost := month(offer, group.shape, middle)) is not None}
        name = min(able, key=lambda name: able[name])
        if found and found[-1][2] == name:
            found[-1] = (found[-1][0], end, name)
        else:
            found.append((start, end, name))
        start = end
    return found


__all__ = ["HOURS", "HOURS_A_MONTH", "Cost", "Group", "cheapest", "costs", "groups"]
