"""What a month of an offer costs at a demand, how much of its capacity is used, and what limits it.

Inside, all is computed in fractions: costs are step functions, and a rounded quotient would buy a block too many or too few at a step.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from fourways.costs.people import HOURS_A_MONTH
from fourways.economics.demand import Demand
from fourways.economics.offer import Capacity, Offer

MILLION = 1_000_000


class CannotServe(ValueError):
    """The offer has not the capacity for this demand. The text names what limits it and how much it can serve."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """A month in the offer's currency: `blocks` bought of each capacity, their price, the tokens that are billed as tokens, and the fixed
    costs. `used` is the part of the capacity that is used, None where none is bought."""

    currency: str
    blocks: tuple[int, ...]
    capacity: Decimal
    billed_tokens: Decimal
    tokens: Decimal
    fixed: Decimal
    used: Decimal | None
    limit: str

    @property
    def monthly(self) -> Decimal:
        """All of it."""
        return self.capacity + self.tokens + self.fixed


def cost(offer: Offer, demand: Demand) -> Cost:
    """A month of it, in parts. Raises CannotServe."""
    if (most := ceiling(offer, demand)) is not None and demand.tokens > most:
        raise CannotServe(f"{offer.name} serves at most {most:,.0f} tokens a month at this peak ({limit(offer, demand)} limits it)")
    volume = Fraction(demand.tokens)
    bought = blocks(offer, demand, volume)
    billed = billed_tokens(offer, demand, volume, bought)
    return Cost(
        currency=offer.currency,
        blocks=bought,
        capacity=to_decimal(_capacity_price(offer, demand, bought)),
        billed_tokens=to_decimal(billed),
        tokens=to_decimal(billed * token_price(offer, demand) / MILLION),
        fixed=sum((part.monthly for part in offer.fixed), Decimal(0)),
        used=use_of_capacity(offer, demand),
        limit=limit(offer, demand),
    )


def monthly_cost(offer: Offer, demand: Demand) -> Decimal:
    """What a month costs, in the offer's currency. Raises CannotServe."""
    return cost(offer, demand).monthly


def cost_per_million(offer: Offer, demand: Demand) -> Decimal:
    """What a million tokens cost, input and output together, all costs in it. Raises CannotServe, and ValueError for no tokens."""
    if not demand.tokens:
        raise ValueError("no tokens, so nothing a million of them costs")
    return monthly_cost(offer, demand) / (demand.tokens / MILLION)


def use_of_capacity(offer: Offer, demand: Demand) -> Decimal | None:
    """Tokens that bought capacity serves, of those it could serve in the hours it is billed; None where no capacity is bought."""
    volume = Fraction(demand.tokens)
    bought = blocks(offer, demand, volume)
    carried = carries(offer, demand, bought, planned=False)
    if not carried:
        return None
    served = volume - (billed_tokens(offer, demand, volume, bought) if offer.tokens else 0)
    hours = max(billed_hours(part, demand) for part in offer.capacity)
    return to_decimal(served / (carried * hours))


def limit(offer: Offer, demand: Demand) -> str:
    """What would have to grow first: "input TPM", "output TPM", "throughput", "latency" (a block would carry more with a looser target),
    or "quota" where tokens are billed as tokens; "nothing" where no limit is known."""
    volume = Fraction(demand.tokens)
    bought = blocks(offer, demand, volume)
    carried = [
        (count * tokens * Fraction(part.utilisation), side if side != "throughput" else part.limited_by)
        for part, count in zip(offer.capacity, bought, strict=True)
        for side, tokens in sides(part, demand)
    ]
    if offer.tokens and (not carried or billed_tokens(offer, demand, volume, bought)):
        return "quota" if offer.quota_tpm is not None else "nothing"
    return min(carried)[1] if carried else "nothing"


def ceiling(offer: Offer, demand: Demand) -> Decimal | None:
    """The most tokens a month that it can serve at this shape of demand; None where nothing known limits it."""
    per_peak = Fraction(demand.hours) / Fraction(demand.peak_to_mean)
    if offer.tokens:
        if offer.quota_tpm is None:
            return None
        # What is bought at any volume comes on top; what grows with the peak is left out, which errs on the safe side.
        kept = carries(offer, demand, tuple(part.blocks or part.least for part in offer.capacity)) or Fraction(0)
        return to_decimal((Fraction(offer.quota_tpm) * 60 + kept) * per_peak, down=True)
    counts = [part.most if part.blocks is None else part.blocks for part in offer.capacity]
    limits = [
        count * tokens * Fraction(part.utilisation)
        for part, count in zip(offer.capacity, counts, strict=True)
        if count is not None
        for _, tokens in sides(part, demand)
    ]
    return to_decimal(min(limits) * per_peak, down=True) if limits else None


def sides(part: Capacity, demand: Demand) -> list[tuple[str, Fraction]]:
    """Per side that a block limits: how many tokens an hour of this demand's mix it lets through. A side that the demand has none of
    does not limit."""
    output = Fraction(demand.output_share)
    input_counted = (1 - output) * (1 - Fraction(demand.cache_hit) * (1 - Fraction(part.cached_weight)))
    of_mix = (
        ("throughput", part.tokens_per_hour, Fraction(1)),
        ("input TPM", part.input_per_hour, input_counted),
        ("output TPM", part.output_per_hour, output),
    )
    return [(side, Fraction(tokens) / share) for side, tokens, share in of_mix if tokens is not None and share]


def blocks(offer: Offer, demand: Demand, volume: Fraction) -> tuple[int, ...]:
    """Whole blocks of each capacity that a month of `volume` tokens takes: the peak decides."""
    peak = volume * Fraction(demand.peak_to_mean) / Fraction(demand.hours)
    return tuple(_blocks(part, demand, peak) for part in offer.capacity)


def _blocks(part: Capacity, demand: Demand, peak: Fraction) -> int:
    if part.blocks is not None:
        return part.blocks
    planned = Fraction(part.utilisation) / Fraction(part.cover)
    wanted = max((ceil(peak / (tokens * planned)) for _, tokens in sides(part, demand)), default=0)
    return max(part.least, wanted if part.most is None else min(wanted, part.most))


def carries(offer: Offer, demand: Demand, bought: tuple[int, ...], *, planned: bool = True) -> Fraction | None:
    """Tokens an hour of this mix that the bought blocks carry, as planned or at full use; None where nothing limits (or no capacity is)."""
    carried = [
        count * tokens * (Fraction(part.utilisation) if planned else 1)
        for part, count in zip(offer.capacity, bought, strict=True)
        for _, tokens in sides(part, demand)
    ]
    return min(carried) if carried else None


def billed_tokens(offer: Offer, demand: Demand, volume: Fraction, bought: tuple[int, ...]) -> Fraction:
    """Tokens a month that are billed as tokens: all, or those beyond what the capacity carries at each level of the load."""
    if not offer.tokens:
        return Fraction(0)
    carried = carries(offer, demand, bought)
    if carried is None:
        return volume if not offer.capacity else Fraction(0)
    part_of_hours = Fraction(demand.hours) / len(demand.levels)
    mean = volume / Fraction(demand.hours)
    return sum((max(mean * Fraction(level) - carried, Fraction(0)) * part_of_hours for level in demand.levels), Fraction(0))


def token_price(offer: Offer, demand: Demand) -> Fraction:
    """What a million tokens of this mix cost where they are billed as tokens, over the time bands."""
    output, hit = Fraction(demand.output_share), Fraction(demand.cache_hit)
    return sum(
        (
            Fraction(band.share)
            * ((1 - output) * ((1 - hit) * Fraction(band.miss) + hit * Fraction(band.hit)) + output * Fraction(band.output))
            for band in offer.tokens
        ),
        Fraction(0),
    )


def billed_hours(part: Capacity, demand: Demand) -> Fraction:
    """Hours of a month that a block is paid for: all of a term, else those of use and what is beside them."""
    if part.always_on or part.hourly is None:
        return Fraction(HOURS_A_MONTH)
    return min(Fraction(HOURS_A_MONTH), Fraction(demand.hours) + Fraction(part.extra_hours))


def exact_cost(offer: Offer, demand: Demand, volume: Fraction) -> Fraction:
    """The month's cost at `volume` tokens, exactly; whether it can be served at all is not looked at."""
    bought = blocks(offer, demand, volume)
    fixed = sum((Fraction(part.monthly) for part in offer.fixed), Fraction(0))
    tokens = billed_tokens(offer, demand, volume, bought) * token_price(offer, demand) / MILLION
    return _capacity_price(offer, demand, bought) + tokens + fixed


def _capacity_price(offer: Offer, demand: Demand, bought: tuple[int, ...]) -> Fraction:
    return sum(
        (
            count * (Fraction(part.monthly) if part.monthly is not None else Fraction(part.hourly or 0) * billed_hours(part, demand))
            for part, count in zip(offer.capacity, bought, strict=True)
        ),
        Fraction(0),
    )


def to_decimal(value: Fraction, *, down: bool = False) -> Decimal:
    """28 digits; `down` never above the fraction."""
    quotient = Decimal(value.numerator) / Decimal(value.denominator)
    return quotient.next_minus() if down and Fraction(quotient) > value else quotient
