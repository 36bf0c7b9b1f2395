"""What a month of an offer costs at a demand, how much of its capacity is used, and what limits it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from fourways.economics.curve import MILLION, curve, to_decimal
from fourways.economics.demand import Demand
from fourways.economics.offer import Offer


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
    its, volume = curve(offer, demand), Fraction(demand.tokens)
    counts = its.counts(volume)
    _, _, bought = its.line(volume, counts)
    billed = its.billed_tokens(volume)
    return Cost(
        currency=offer.currency,
        blocks=counts,
        capacity=to_decimal(bought),
        billed_tokens=to_decimal(billed),
        tokens=to_decimal(billed * its.per_token),
        fixed=to_decimal(its.fixed),
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
    its, volume = curve(offer, demand), Fraction(demand.tokens)
    could = [
        count * part.carries / Fraction(part.part.utilisation) * part.hours
        for part, count in zip(its.parts, its.counts(volume), strict=True)
        if part.carries is not None
    ]
    if not could or not min(could):
        return None
    return to_decimal((volume - its.billed_tokens(volume)) / min(could))


def limit(offer: Offer, demand: Demand) -> str:
    """What would have to grow first: "input TPM", "output TPM", "throughput", "latency" (a block would carry more with a looser target),
    or "quota" where tokens are billed as tokens; "nothing" where no limit is known."""
    its, volume = curve(offer, demand), Fraction(demand.tokens)
    carried = [
        (count * part.carries, part.side) for part, count in zip(its.parts, its.counts(volume), strict=True) if part.carries is not None
    ]
    if offer.tokens and (not carried or its.billed_tokens(volume)):
        return "quota" if offer.quota_tpm is not None else "nothing"
    return min(carried)[1] if carried else "nothing"


def ceiling(offer: Offer, demand: Demand) -> Decimal | None:
    """The most tokens a month that it can serve at this shape of demand; None where nothing known limits it."""
    most = curve(offer, demand).ceiling()
    return None if most is None else to_decimal(most, down=True)
