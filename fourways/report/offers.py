"""A measured deployment as an offer (`fourways.economics`): what it carries at the point that meets the SLO, at its price. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fourways.economics import HOURS_A_MONTH, Capacity, Demand, Offer, cost_per_million, flat_prices, monthly_cost
from fourways.economics.cost import CannotServe
from fourways.report.reading import Deployment

PTU = "ptu"
SECONDS_AN_HOUR = 3600


@dataclass(frozen=True, kw_only=True)
class Priced:
    """`offer` None: its cost cannot be said, and `why` says what is missing. `demand` is the point's mix at the point's pace, around the
    clock; `reasons` say what of it is assumed."""

    offer: Offer | None
    demand: Demand | None
    why: str = ""
    assumed: tuple[str, ...] = ()


def priced(deployment: Deployment, point: Mapping[str, Any] | None, stated: Mapping[str, Any] | None = None) -> Priced:
    """`stated`: prices that were stated for this report, `hourly_price` and `token_prices` as in run.json; they stand in for the run's."""
    header, given = deployment.header, stated or {}
    hourly, tokens = (given.get(name) or header.get(name) for name in ("hourly_price", "token_prices"))
    if point is None:
        return Priced(offer=None, demand=None, why="no point meets the SLO")
    if hourly is None and tokens is None:
        stack = header["stack"]
        return Priced(
            offer=None, demand=None, why=f"its price is unknown: state it with --price {stack}=216CNY (an hour) or "
            f"--price {stack}=0.2/0.4USD (a million tokens in / out)",
        )  # fmt: skip
    if hourly and tokens and hourly["currency"] != tokens["currency"]:
        return Priced(offer=None, demand=None, why=f"capacity is billed in {hourly['currency']}, tokens in {tokens['currency']}")
    if hourly and not _within(point)["total_token_throughput"]:
        return Priced(offer=None, demand=None, why="the reservation served nothing")
    demand = demand_of(point)
    if tokens is not None and (tokens["input"] is None or tokens["output"] is None):
        missing = " and ".join(side for side in ("input", "output") if tokens[side] is None)
        if hourly is None or _overflows(point):
            return Priced(offer=None, demand=demand, why=f"the price of a million {missing} tokens is unknown")
        tokens = None
    if _overflows(point) and tokens is None:
        return Priced(offer=None, demand=demand, why="tokens beyond the reservation are billed as tokens, and their price is unknown")
    assumed = tuple(
        f"{what} of {deployment.name}"
        for what, stated in (("the hourly price", hourly), ("the token prices", tokens))
        if stated and stated.get("assumed")
    )
    offer = Offer(
        name=deployment.name,
        kind=deployment.kind,
        currency=(hourly or tokens or {})["currency"],
        capacity=() if hourly is None else (_capacity(deployment, point, Decimal(str(hourly["amount"])), fixed=tokens is not None),),
        tokens=() if tokens is None else (_token_prices(tokens),),
        assumed=bool(assumed),
    )
    return Priced(offer=offer, demand=demand, assumed=assumed)


def demand_of(point: Mapping[str, Any]) -> Demand:
    """All tokens of a month at the point's pace; the mix as it was measured."""
    total = Decimal(str(point["total_token_throughput"]))
    output = Decimal(str(point["output_throughput"]))
    cached = Decimal(str(point["cached_share"] or 0))
    return Demand(
        tokens=total * SECONDS_AN_HOUR * HOURS_A_MONTH,
        hours=Decimal(HOURS_A_MONTH),
        output_share=min(output / total, Decimal(1)),
        cache_hit=cached,
    )


def million(offer: Offer, demand: Demand) -> Decimal:
    """What a million tokens cost, input and output together, at the point's own pace around the clock."""
    return cost_per_million(offer, demand)


def million_by_hours(offer: Offer, demand: Demand, hours_a_day: int) -> Decimal:
    """The same where the point's pace is asked for only so many hours a day, and capacity is paid through the whole day."""
    return cost_per_million(offer, demand.at(demand.tokens * hours_a_day / 24))


def month(offer: Offer, demand: Demand, tokens: Decimal) -> Decimal | None:
    """A month's cost at a volume that is spread evenly over it; None where it cannot be served."""
    try:
        return monthly_cost(offer, demand.at(tokens))
    except CannotServe:
        return None


def _capacity(deployment: Deployment, point: Mapping[str, Any], hourly: Decimal, *, fixed: bool) -> Capacity:
    """What was measured is one block. Where tokens beyond it are billed as tokens (a reservation), there is one block at any volume."""
    return Capacity(
        hourly=hourly,
        tokens_per_hour=Decimal(str(_within(point)["total_token_throughput"])) * SECONDS_AN_HOUR,
        blocks=1 if fixed else None,
        least=1,
        always_on=True,
        block=str(deployment.header["endpoint"]["capacity"]),
    )


def _token_prices(prices: Mapping[str, Any]) -> Any:
    hit = prices.get("cached")
    return flat_prices(
        input=Decimal(str(prices["input"])), output=Decimal(str(prices["output"])), hit=None if hit is None else Decimal(str(hit))
    )


def _overflows(point: Mapping[str, Any]) -> bool:
    return "reservation" in point


def _within(point: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the bought capacity served itself."""
    within: Mapping[str, Any] = point["reservation"]["within"] if _overflows(point) else point
    return within
