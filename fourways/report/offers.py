"""A measured deployment as an offer (`fourways.economics`): what it carries at the point that meets the SLO, at its price. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from fourways.costs.rates import Rates
from fourways.economics import HOURS_A_MONTH, Capacity, Demand, Fixed, Offer, TokenPrices, cost_per_million, flat_prices, monthly_cost
from fourways.economics.cost import CannotServe
from fourways.report.reading import Deployment

TOKEN = "token"
"""The kind whose tokens are all billed (stacks/kinds); others are paid by the hour, a reservation's overflow by the token beside."""
SECONDS_AN_HOUR = 3600
NO_RATES = Rates()
FINE = Decimal("0.000001")
"""To this tokens a second and hours are rounded, so that their products are exact: a quotient that is too large by its last digit would
take a block more."""


class Unpriced(ValueError):
    """Its cost cannot be said; the text says what is missing."""


@dataclass(frozen=True, kw_only=True)
class Priced:
    """`demand` is the point's mix at the point's pace, around the clock; `assumed` names the prices that nobody has read or stated."""

    offer: Offer
    demand: Demand
    assumed: tuple[str, ...] = ()


def priced(deployment: Deployment, point: Mapping[str, Any], *, rates: Rates = NO_RATES, stated: Mapping[str, Any] | None = None) -> Priced:
    """In the rates' currency, or else in that of its own price. `stated`: prices that were stated for this report, `hourly_price` and
    `token_prices` as in run.json; they stand in for the run's. Raises Unpriced."""
    given = stated or {}
    hourly, tokens = (given.get(name) or deployment.header.get(name) for name in ("hourly_price", "token_prices"))
    by_token = deployment.kind == TOKEN
    main = tokens if by_token else hourly
    if main is None:
        raise Unpriced(f"its price is unknown: {_how(deployment)}")
    if hourly and (left_out := hourly.get("unknown")):
        raise Unpriced(f"no price is known of {', '.join(left_out)}: {_how(deployment)}")
    currency = rates.currency or str(main["currency"])
    hour = None if hourly is None else _hour(hourly, currency, rates)
    demand = demand_of(point)
    prices = None if tokens is None else _token_prices(tokens, currency, rates, demand, needed=by_token or _overflows(point))
    if _overflows(point) and prices is None:
        raise Unpriced("tokens beyond the reservation are billed as tokens, and their price is unknown")
    used = (("the hourly price", hourly), ("the token prices", tokens if prices is not None else None))
    assumed = tuple(f"{what} of {deployment.name}" for what, price in used if price and price.get("assumed"))
    offer = Offer(
        name=deployment.name,
        kind=deployment.kind,
        currency=currency,
        capacity=() if by_token or hour is None else (_capacity(deployment, point, hour, fixed=prices is not None),),
        tokens=() if prices is None else (prices,),
        fixed=(Fixed(name="what is billed by the hour beside tokens", monthly=hour * HOURS_A_MONTH),) if by_token and hour else (),
        assumed=bool(assumed),
    )
    return Priced(offer=offer, demand=demand, assumed=assumed)


def demand_of(point: Mapping[str, Any]) -> Demand:
    """All tokens of a month at the point's pace; the mix as it was measured."""
    total, output = _a_second(point, "total_token_throughput"), _a_second(point, "output_throughput")
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
    hours = (demand.hours * hours_a_day / 24).quantize(FINE)
    return cost_per_million(offer, replace(demand, tokens=demand.tokens / demand.hours * hours, hours=hours))


def month(offer: Offer, demand: Demand, tokens: Decimal) -> Decimal | None:
    """A month's cost at a volume that is spread evenly over it; None where it cannot be served."""
    try:
        return monthly_cost(offer, demand.at(tokens))
    except CannotServe:
        return None


def _capacity(deployment: Deployment, point: Mapping[str, Any], hourly: Decimal, *, fixed: bool) -> Capacity:
    """What was measured is one block. Where tokens beyond it are billed as tokens (a reservation), there is one block at any volume."""
    if not _within(point)["total_token_throughput"]:
        raise Unpriced("the reservation served nothing")
    return Capacity(
        hourly=hourly,
        tokens_per_hour=_a_second(_within(point), "total_token_throughput") * SECONDS_AN_HOUR,
        blocks=1 if fixed else None,
        least=1,
        always_on=True,
        block=str(deployment.header["endpoint"]["capacity"]),
    )


def _hour(price: Mapping[str, Any], currency: str, rates: Rates) -> Decimal:
    """With what is billed beside it in other currencies."""
    return sum((_converted(part["amount"], part["currency"], currency, rates) for part in (price, *price.get("beside", ()))), Decimal(0))


def _token_prices(prices: Mapping[str, Any], currency: str, rates: Rates, demand: Demand, *, needed: bool) -> TokenPrices | None:
    """What a token of the measured mix costs on average, so that it keeps its own mix beside others'. None where a price is unknown and no
    token that was measured was billed by it."""
    if missing := [side for side in ("input", "output") if prices[side] is None]:
        if needed:
            raise Unpriced(f"the price of a million {' and '.join(missing)} tokens is unknown")
        return None
    cached = prices["input"] if prices.get("cached") is None else prices["cached"]
    miss, hit, output = (_converted(amount, prices["currency"], currency, rates) for amount in (prices["input"], cached, prices["output"]))
    each = (1 - demand.output_share) * ((1 - demand.cache_hit) * miss + demand.cache_hit * hit) + demand.output_share * output
    return flat_prices(input=each, output=each)


def _converted(amount: object, of: str, to: str, rates: Rates) -> Decimal:
    if (found := rates.convert(Decimal(str(amount)), of, to)) is None:
        raise Unpriced(f"it is billed in {of}, the others in {to}: state a rate between them, such as --currency-rate {of}=7.1{to}")
    return found


def _how(deployment: Deployment) -> str:
    """The option that states the price that its kind needs."""
    stack = deployment.header["stack"]
    said = f"--price {stack}=0.2/0.4USD, a million tokens in / out" if deployment.kind == TOKEN else f"--price {stack}=216CNY, an hour"
    return f"state it with {said}"


def _a_second(point: Mapping[str, Any], throughput: str) -> Decimal:
    return Decimal(str(point[throughput])).quantize(FINE)


def _overflows(point: Mapping[str, Any]) -> bool:
    return "reservation" in point


def _within(point: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the bought capacity served itself."""
    within: Mapping[str, Any] = point["reservation"]["within"] if _overflows(point) else point
    return within
