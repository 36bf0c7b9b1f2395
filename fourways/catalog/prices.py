"""The dated price book: list prices before discounts, each with its source; and what the cloud does not bill at all."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from fourways.catalog.facts import Fact, load, rows


class Price(Fact):
    """The list price of one item. `amount` in `currency` per `unit` (hour, or month for a prepaid month)."""

    amount: Decimal
    currency: str
    unit: str


class Free(Fact):
    """A kind of resource that is not billed by itself."""

    kind: str


Key = tuple[str, str, str, str]


@cache
def book() -> dict[Key, Price]:
    """Every price by (kind, item, region, charge type). A key listed twice is an error: two prices for one thing."""
    prices: dict[Key, Price] = {}
    for row in rows("prices"):
        fact = {name: row[name] for name in ("source", "read_on", "assumed", "why", "currency", "unit") if name in row}
        for region in row["regions"]:
            for item, amount in row["amounts"].items():
                key = (row["kind"], item, region, row["charge_type"])
                if key in prices:
                    raise ValueError(f"prices.yaml prices {key} twice")
                prices[key] = Price(amount=Decimal(amount), **fact)
    return prices


def price(kind: str, item: str, region: str, charge_type: str) -> Price | None:
    """The list price, or None where the book has none: then it is unknown, never zero."""
    return book().get((kind, item, region, charge_type))


@cache
def _free() -> dict[str, Free]:
    return {row["kind"]: Free.model_validate(row) for row in load("prices")["free"]}


def free(kind: str) -> Free | None:
    """The fact that this kind of resource costs nothing by itself, or None."""
    return _free().get(kind)
