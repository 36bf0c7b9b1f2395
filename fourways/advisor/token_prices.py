"""The token API's prices over the hours of use of a workload, merged by time band."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from fourways.catalog.prices import token_price
from fourways.economics import TokenPrices
from stacks.workload import DAYS, Hours

MONDAY = date(2026, 11, 2)
"""Of a week without public holidays, in which the hours of a price's time band are found."""


@dataclass(frozen=True, kw_only=True)
class Prices:
    """Per million tokens, by band, each with the part of the hours of use that it holds in."""

    bands: tuple[TokenPrices, ...]
    currency: str
    assumed: bool


@cache
def token_prices(model: str, region: str, hours: Hours) -> Prices | str:
    """The prices; where one is missing, what is. Cached input without a price of its own costs what other input does."""
    shares = Counter[tuple[Decimal, Decimal, Decimal, str, str]]()
    assumed = False
    for moment in _moments(hours):
        miss, output = (token_price(model, side, region, at=moment) for side in ("input", "output"))
        if miss is None or output is None:
            return f"the price book has no token price of {model} in {region}"
        hit = token_price(model, "input", region, cache="hit", at=moment) or miss
        if len({miss.currency, output.currency, hit.currency}) > 1:
            return f"the price book has token prices of {model} in several currencies"
        assumed = assumed or miss.assumed or output.assumed or hit.assumed
        shares[(miss.amount, hit.amount, output.amount, miss.band or "", miss.currency)] += 1
    if len({key[4] for key in shares}) > 1:
        return f"the price book has token prices of {model} in several currencies"
    bands = [
        TokenPrices(miss=miss, hit=hit, output=output, share=Decimal(count) / shares.total(), band=band)
        for (miss, hit, output, band, _), count in shares.items()
    ]
    # The last share is what is left, so that they add up exactly.
    bands[-1] = replace(bands[-1], share=1 - sum((band.share for band in bands[:-1]), Decimal(0)))
    return Prices(bands=tuple(bands), currency=next(iter(shares))[4], assumed=assumed)


def _moments(hours: Hours) -> Iterator[datetime]:
    """The middle of each half hour of use in a week."""
    zone = ZoneInfo(hours.zone)
    for number, name in enumerate(DAYS):
        if name in hours.days:
            day = datetime.combine(MONDAY + timedelta(days=number), datetime.min.time(), tzinfo=zone)
            for half in range(hours.start * 2, hours.end * 2):
                yield (day + timedelta(minutes=half * 30 + 15)).astimezone(UTC)
