"""The dated price book: list prices before discounts, each with its source; and what the cloud does not bill at all."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache as remembered
from typing import Literal, NamedTuple

from fourways.catalog.facts import CatalogError, Fact, load, rows
from fourways.catalog.price_book import CacheClass, ChargeType, Free, Staleness, Unit, age, check_rows
from fourways.catalog.time_bands import calendar

TOKENS = "tokens"
"""Kind of the prices of Alibaba Cloud's token API: items are `<model> <side>`."""
MAKER_TOKENS = "maker-tokens"
"""Kind of the prices of the model's maker on its own API, which is not Alibaba Cloud's. Its one region is `api.deepseek.com`."""
MAKER = "api.deepseek.com"
Side = Literal["input", "output"]
HOURS_A_UNIT = {"hour": 1, "day": 24, "month": 730}
"""Of the units that are times; a month as in price lists, 365 x 24 / 12."""


class Price(Fact):
    """The list price of one item. `amount` in `currency` per `unit`; `cache` and `band` tell prices of one item apart."""

    amount: Decimal
    currency: str
    unit: Unit
    cache: CacheClass = "miss"
    calendar: str | None = None
    band: str | None = None
    stale_after_days: int

    def is_stale(self, today: date) -> bool:
        """Whether it was read longer ago than the book trusts it."""
        return age(self.read_on, today) > self.stale_after_days


class Key(NamedTuple):
    """What a price is of. `band` is None for one that holds at all hours."""

    kind: str
    item: str
    region: str
    charge_type: ChargeType
    cache: CacheClass = "miss"
    band: str | None = None


@remembered
def book() -> dict[Key, Price]:
    """Every price. Raises CatalogError for a wrong row, and for a key listed twice: two prices for one thing."""
    prices: dict[Key, Price] = {}
    usual = staleness().days
    for row in check_rows(rows("prices")):
        fact = row.model_dump(include={"source", "read_on", "assumed", "why", "currency", "unit", "cache", "calendar", "band"})
        for region in row.regions:
            for item, amount in row.amounts.items():
                key = Key(row.kind, item, region, row.charge_type, row.cache, row.band)
                if key in prices:
                    raise CatalogError(f"prices.yaml prices {tuple(key)} twice")
                prices[key] = Price(amount=amount, stale_after_days=row.stale_after_days or usual, **fact)
    return prices


def price(kind: str, item: str, region: str, charge_type: str) -> Price | None:
    """The list price, or None where the book has none: then it is unknown, never zero. Of a price in bands the dearest."""
    return _dearest(_bands(kind, item, region, charge_type, "miss"))


def token_price(
    model: str, side: Side, region: str, *, cache: CacheClass = "miss", at: datetime | None = None, kind: str = TOKENS
) -> Price | None:
    """What a million tokens of one side cost; None where the book has no price, never one of another class or band.

    `cache` is for input: read from the cache of prefixes ("hit") or not. `at` is a moment with a time zone, whose band holds; without it,
    the dearest band, so that no estimate is too low. `kind=MAKER_TOKENS` with region MAKER asks for the maker's own API.
    """
    found = token_bands(model, side, region, cache=cache, kind=kind)
    if at is None or None in found:
        return _dearest(found)
    return next((one for band, one in found.items() if one.calendar and calendar(one.calendar).band_at(at) == band), None)


def token_bands(model: str, side: Side, region: str, *, cache: CacheClass = "miss", kind: str = TOKENS) -> dict[str | None, Price]:
    """The prices by band; one under None where it holds at all hours, nothing where there is none. `time_bands.calendar(...).share(band)`
    says how much of a week each holds."""
    return _bands(kind, f"{model} {side}", region, "PostPaid", cache if side == "input" else "miss")


def _bands(kind: str, item: str, region: str, charge_type: str, cache: CacheClass) -> dict[str | None, Price]:
    wanted = (kind, item, region, charge_type, cache)
    return {key[5]: one for key, one in book().items() if key[:5] == wanted}


def _dearest(bands: dict[str | None, Price]) -> Price | None:
    return max(bands.values(), key=lambda one: one.amount, default=None)


@remembered
def staleness() -> Staleness:
    """After how many days a price counts as old, where its row does not say otherwise."""
    return Staleness.model_validate(load("prices")["stale_after"])


@remembered
def _free() -> dict[str, Free]:
    return {row["kind"]: Free.model_validate(row) for row in load("prices")["free"]}


def free(kind: str) -> Free | None:
    """The fact that this kind of resource costs nothing by itself, or None."""
    return _free().get(kind)
