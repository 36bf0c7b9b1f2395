"""One way to serve, as money sees it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

ONE, ZERO = Decimal(1), Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """Throughput that is bought in whole blocks, each at `hourly` for the hours it is up, or at `monthly` for a term, whatever the hours.

    What a block carries at the latency that is wanted: `tokens_per_hour` of input and output together (a measured mix), or by side
    (`input_per_hour`, `output_per_hour`: a reservation); a side that is None is not limited. Of that, `utilisation` is planned with.
    """

    hourly: Decimal | None = None
    monthly: Decimal | None = None
    tokens_per_hour: Decimal | None = None
    input_per_hour: Decimal | None = None
    output_per_hour: Decimal | None = None
    utilisation: Decimal = ONE
    least: int = 1
    """Blocks that are bought in any case."""
    most: int | None = None
    """Blocks that can be had at most; None where nothing says so."""
    blocks: int | None = None
    """Blocks that are bought at any volume (a reservation of a stated size); None: as many as the peak takes."""
    cover: Decimal = ONE
    """Which part of the peak the blocks are bought for; below 1 only where tokens are billed for what is beyond."""
    cached_weight: Decimal = ONE
    """What an input token found in the cache counts, of a whole one."""
    always_on: bool = False
    """Billed through the month, also outside the hours of use."""
    extra_hours: Decimal = ZERO
    """Hours a month that are billed beside those of use: start and end of each day."""
    limited_by: str = "throughput"
    """What kept a block from carrying more: "throughput", or "latency" where the target was."""
    block: str = "block"
    """What a block is, for people: "4 x MU1", "10 kTPM of input"."""

    def __post_init__(self) -> None:
        if (self.hourly is None) == (self.monthly is None):
            raise ValueError("capacity is billed by the hour or for a term: give one of hourly and monthly")
        sides = (self.tokens_per_hour, self.input_per_hour, self.output_per_hour)
        if all(side is None for side in sides) or any(side is not None and side <= 0 for side in sides):
            raise ValueError(f"a block carries more than 0 tokens an hour, together or by side; given: {sides}")
        if not (0 < self.utilisation <= 1 and 0 < self.cover <= 1 and 0 <= self.cached_weight <= 1):
            raise ValueError("utilisation and cover are above 0 and at most 1, cached_weight 0 to 1")
        if self.least < 0 or (self.most is not None and self.most < max(self.least, 1)) or (self.blocks is not None and self.blocks < 0):
            raise ValueError(f"blocks: least {self.least}, most {self.most}, fixed {self.blocks}")


@dataclass(frozen=True, kw_only=True)
class TokenPrices:
    """Prices per million tokens in one time band, and the share of all tokens that falls into it. `hit` is input found in the cache."""

    miss: Decimal
    hit: Decimal
    output: Decimal
    share: Decimal = ONE
    band: str = ""


def flat_prices(*, input: Decimal, output: Decimal, hit: Decimal | None = None) -> TokenPrices:
    """One price at all times; cached input at the full price unless it has one."""
    return TokenPrices(miss=input, hit=input if hit is None else hit, output=output)


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """What a month costs whatever the volume: a team's time, being on call, what it does not do meanwhile."""

    name: str
    monthly: Decimal


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One way to serve. With `capacity` alone, capacity has to carry the peak; with `tokens` alone, each token is billed; with both,
    capacity carries what it can and the rest overflows to billed tokens (a throughput reservation)."""

    name: str
    kind: str
    currency: str
    capacity: tuple[Capacity, ...] = ()
    tokens: tuple[TokenPrices, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    quota_tpm: Decimal | None = None
    """The most tokens a minute that the provider bills as tokens; None where nothing says so."""
    assumed: bool = False
    """Some price or throughput in it is an assumption."""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.capacity and not self.tokens:
            raise ValueError(f"{self.name}: neither capacity nor tokens are billed")
        if self.tokens and sum(band.share for band in self.tokens) != 1:
            raise ValueError(f"{self.name}: the bands' shares of the tokens do not add up to 1")
        if not self.tokens and any(part.cover != 1 for part in self.capacity):
            raise ValueError(f"{self.name}: cover below 1 needs token prices for what is beyond")
