"""What is asked for in a month, and how unevenly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from functools import cache
from itertools import pairwise

from fourways.costs.people import HOURS_A_MONTH

LEVELS = 24
"""Steps of the load curve: enough that what is beyond a reservation is off by less than a percent of all tokens."""


@dataclass(frozen=True, kw_only=True)
class Demand:
    """`tokens` a month, input and output together, in `hours` of the month.

    `output_share` of them is output; `cache_hit` of the input is found in a cache; the busiest minute has `peak_to_mean` times the tokens
    of the mean minute of the hours of use.
    """

    tokens: Decimal
    hours: Decimal = HOURS_A_MONTH
    output_share: Decimal = Decimal("0.5")
    cache_hit: Decimal = Decimal(0)
    peak_to_mean: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        if not (self.tokens >= 0 and 0 < self.hours <= HOURS_A_MONTH):
            raise ValueError(f"tokens are at least 0 and hours above 0 up to {HOURS_A_MONTH}; given: {self.tokens}, {self.hours}")
        if not (0 <= self.output_share <= 1 and 0 <= self.cache_hit <= 1 and self.peak_to_mean >= 1):
            raise ValueError("output_share and cache_hit are 0 to 1, peak_to_mean at least 1")

    def at(self, tokens: Decimal) -> Demand:
        """The same at another volume."""
        return replace(self, tokens=tokens)

    @property
    def levels(self) -> tuple[Decimal, ...]:
        """`load_levels` of this demand."""
        return load_levels(self.peak_to_mean)


@cache
def load_levels(peak_to_mean: Decimal) -> tuple[Decimal, ...]:
    """The load in equal parts of the hours of use, busiest first, as multiples of the mean; they average 1.

    Steps of the load duration curve r (1 - x)^(r - 1), the power that runs from the peak r down and has the mean 1: an assumption on what
    lies between the two, since only they are stated. It is flat for r = 1 and a straight line to zero for r = 2.
    """
    with localcontext() as context:
        context.prec = 40
        left = [(1 - Decimal(step) / LEVELS) ** peak_to_mean if step < LEVELS else Decimal(0) for step in range(LEVELS + 1)]
    levels = [((before - after) * LEVELS).quantize(Decimal("1e-12")) for before, after in pairwise(left)]
    # Rounding is put into the lowest step, so that the mean is 1 exactly.
    return (*levels[:-1], LEVELS - sum(levels[:-1], Decimal(0)))
