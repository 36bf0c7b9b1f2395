"""A month's cost of an offer as a function of its volume, exactly, for one shape of demand.

In fractions: costs climb in steps, and a rounded quotient would buy a block too many or too few at a step. Between steps, and between the
volumes at which a level of the load outgrows what is bought, it is a straight line.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from math import ceil

from fourways.costs.people import HOURS_A_MONTH
from fourways.economics.demand import Demand
from fourways.economics.offer import Capacity, Offer

ZERO = Fraction(0)
MILLION = 1_000_000
MOST_STEPS = 50_000


@dataclass(frozen=True)
class Blocks:
    """One capacity of an offer, for a shape of demand. `price` is a block's month; of this mix it carries `carries` tokens an hour, and
    one is bought for every `size` tokens a month: None where the mix has nothing of what it limits. `side` is used up first."""

    part: Capacity
    price: Fraction
    hours: Fraction
    carries: Fraction | None
    size: Fraction | None
    side: str

    @classmethod
    def of(cls, part: Capacity, demand: Demand) -> Blocks:
        """The arithmetic of one capacity."""
        output, always = Fraction(demand.output_share), part.always_on or part.hourly is None
        hours = Fraction(HOURS_A_MONTH) if always else min(Fraction(HOURS_A_MONTH), Fraction(demand.hours) + Fraction(part.extra_hours))
        counted = (1 - output) * (1 - Fraction(demand.cache_hit) * (1 - Fraction(part.cached_weight)))
        of_mix = (
            (part.limited_by, part.tokens_per_hour, Fraction(1)),
            ("input TPM", part.input_per_hour, counted),
            ("output TPM", part.output_per_hour, output),
        )
        through = [(Fraction(tokens) / share, side) for side, tokens, share in of_mix if tokens is not None and share]
        carries, side = min(through) if through else (None, "nothing")
        carries = None if carries is None else carries * Fraction(part.utilisation)
        per_peak = Fraction(demand.hours) / Fraction(demand.peak_to_mean)
        return cls(
            part=part,
            price=Fraction(part.monthly) if part.monthly is not None else Fraction(part.hourly or 0) * hours,
            hours=hours,
            carries=carries,
            size=None if carries is None else carries / Fraction(part.cover) * per_peak,
            side=side,
        )

    def count(self, volume: Fraction) -> int:
        """Whole blocks for a month of `volume` tokens."""
        if self.part.blocks is not None:
            return self.part.blocks
        wanted = 0 if self.size is None else ceil(volume / self.size)
        return max(self.part.least, wanted if self.part.most is None else min(wanted, self.part.most))

    def steps(self, up_to: Fraction) -> Iterator[Fraction]:
        """Volumes below `up_to` above which a block more is bought. Raises ValueError where there are too many."""
        if self.part.blocks is not None or self.size is None:
            return
        first, last = max(self.part.least, 1), ceil(up_to / self.size) - 1
        last = last if self.part.most is None else min(last, self.part.most - 1)
        if last - first > MOST_STEPS:
            raise ValueError(
                f"{self.part.block} is bought in {last - first} steps up to {to_decimal(up_to):,.0f} tokens a month: ask for less"
            )
        yield from (count * self.size for count in range(first, last + 1))


class Curve:
    """The cost of a month of `offer`, whatever the volume of `demand`: only its shape counts."""

    def __init__(self, offer: Offer, demand: Demand) -> None:
        self.offer = offer
        self.parts = [Blocks.of(part, demand) for part in offer.capacity]
        self.hours, self.peak = Fraction(demand.hours), Fraction(demand.peak_to_mean)
        self.fixed = sum((Fraction(part.monthly) for part in offer.fixed), ZERO)
        self.per_token = _million(offer, demand) / MILLION
        levels = [Fraction(level) for level in demand.levels] if offer.tokens and offer.capacity else []
        self._levels = levels
        self._falling = [-level for level in levels]
        self._sums = list(accumulate(levels, initial=ZERO))

    def counts(self, volume: Fraction) -> tuple[int, ...]:
        """Whole blocks of each capacity."""
        return tuple(part.count(volume) for part in self.parts)

    def carried(self, counts: tuple[int, ...]) -> Fraction | None:
        """Tokens an hour that these blocks are planned to carry; None where no capacity limits."""
        return min((count * part.carries for part, count in zip(self.parts, counts, strict=True) if part.carries is not None), default=None)

    def line(self, volume: Fraction, counts: tuple[int, ...]) -> tuple[Fraction, Fraction, Fraction]:
        """At `volume`, and around it while these blocks are bought and no further level overflows: the part of all tokens that is billed
        as tokens, the tokens that are not billed of that part, and the price of the blocks."""
        bought = sum((count * part.price for part, count in zip(self.parts, counts, strict=True)), ZERO)
        if not self.offer.tokens:
            return ZERO, ZERO, bought
        carried = self.carried(counts)
        if carried is None:
            return Fraction(0 if self.parts else 1), ZERO, bought
        over = bisect_left(self._falling, -carried * self.hours / volume) if volume else 0
        return self._sums[over] / len(self._levels), over * carried * self.hours / len(self._levels), bought

    def billed_tokens(self, volume: Fraction) -> Fraction:
        """Tokens of a month that are billed as tokens: all, or what is beyond the capacity at each level of the load."""
        share, kept, _ = self.line(volume, self.counts(volume))
        return share * volume - kept

    def straight(self, volume: Fraction) -> tuple[Fraction, Fraction]:
        """The cost around `volume` as intercept and slope."""
        share, kept, bought = self.line(volume, self.counts(volume))
        return bought + self.fixed - kept * self.per_token, share * self.per_token

    def at(self, volume: Fraction) -> Fraction:
        """What a month of `volume` tokens costs; whether it can be served at all is not looked at."""
        start, slope = self.straight(volume)
        return start + slope * volume

    def steps(self, up_to: Fraction) -> set[Fraction]:
        """Volumes below `up_to` above which a block more is bought."""
        return {step for part in self.parts for step in part.steps(up_to)}

    def overflows_begin(self, low: Fraction, high: Fraction) -> set[Fraction]:
        """Volumes between two neighbouring steps at which a level of the load outgrows what is bought there."""
        if not self._levels or not (carried := self.carried(self.counts((low + high) / 2))):
            return set()
        beyond = carried * self.hours
        if beyond >= high * self._levels[0]:
            return set()
        return {volume for level in self._levels if level and low < (volume := beyond / level) < high}

    def ceiling(self) -> Fraction | None:
        """The most tokens a month that can be served at this shape; None where nothing known limits it."""
        if self.offer.tokens:
            if self.offer.quota_tpm is None:
                return None
            # What is bought at any volume comes on top; what grows with the peak is left out, which errs on the safe side.
            kept = self.carried(tuple(part.part.least if part.part.blocks is None else part.part.blocks for part in self.parts))
            return (Fraction(self.offer.quota_tpm) * 60 + (kept or 0)) * self.hours / self.peak
        most = [(part.part.most if part.part.blocks is None else part.part.blocks, part.carries) for part in self.parts]
        limits = [count * carries for count, carries in most if count is not None and carries is not None]
        return min(limits) * self.hours / self.peak if limits else None


@lru_cache(maxsize=256)
def _curve(offer: Offer, shape: Demand) -> Curve:
    return Curve(offer, shape)


def curve(offer: Offer, demand: Demand) -> Curve:
    """The curve for this shape of demand."""
    return _curve(offer, demand.at(Decimal(0)))


def _million(offer: Offer, demand: Demand) -> Fraction:
    """What a million tokens of this mix cost where they are billed as tokens, over the time bands."""
    output, hit = Fraction(demand.output_share), Fraction(demand.cache_hit)
    prices = [
        (Fraction(band.share), (1 - hit) * Fraction(band.miss) + hit * Fraction(band.hit), Fraction(band.output)) for band in offer.tokens
    ]
    return sum((share * ((1 - output) * inputs + output * outputs) for share, inputs, outputs in prices), ZERO)


def to_decimal(value: Fraction, *, down: bool = False) -> Decimal:
    """28 digits; `down` never above the fraction."""
    quotient = Decimal(value.numerator) / Decimal(value.denominator)
    return quotient.next_minus() if down and Fraction(quotient) > value else quotient
