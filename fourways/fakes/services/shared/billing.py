"""What things cost: the price a test has seeded, else the catalogue's for the region, else its price in Beijing, else the stand-in of
prices.yaml.

Seed `{"prices": {"nat-gateway": "0.1"}}` prices a kind, `{"prices": {"ecs.g7.large": "0.2"}}` one item of it.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml

from fourways.catalog import prices
from fourways.fakes.service import Scope

ELSEWHERE = "cn-beijing"  # whose list prices stand in for those of regions that the catalogue has none of

PriceOf = Callable[..., tuple[Decimal, str]]
"""`hourly_price` or `monthly_price`."""


@cache
def stand_ins() -> dict[str, dict[str, str]]:
    """The file prices.yaml: kind -> item -> USD an hour. What the catalogue prices anywhere is not in it."""
    return dict(yaml.safe_load(Path(__file__).with_name("prices.yaml").read_text()))


def hourly_price(scope: Scope, kind: str, item: str, stand_in: Decimal | None = None) -> tuple[Decimal, str]:
    """The pay-as-you-go price an hour and its currency."""
    seeded = scope.cloud.seed.get("prices", {})
    known = prices.price(kind, item, scope.region, "PostPaid") or prices.price(kind, item, ELSEWHERE, "PostPaid")
    if known is not None:
        amount, currency = known.amount / prices.HOURS_A_UNIT[known.unit], known.currency
    else:
        amount, currency = _stand_in(kind, item) if stand_in is None else stand_in, "USD"
    for name in (item, kind):
        if name in seeded:
            return Decimal(str(seeded[name])), currency
    return amount, currency


def monthly_price(scope: Scope, kind: str, item: str, stand_in: Decimal | None = None) -> tuple[Decimal, str]:
    """The price of a prepaid month and its currency: the catalogue's, else assumed to be 730 hours. A seeded price is an hour's."""
    hourly, currency = hourly_price(scope, kind, item, stand_in)
    known = prices.price(kind, item, scope.region, "PrePaid") or prices.price(kind, item, ELSEWHERE, "PrePaid")
    if known is None or {item, kind} & set(scope.cloud.seed.get("prices", {})):
        return hourly * prices.HOURS_A_UNIT["month"], currency
    return known.amount / prices.HOURS_A_UNIT[known.unit] * prices.HOURS_A_UNIT["month"], known.currency


def _stand_in(kind: str, item: str) -> Decimal:
    return Decimal(stand_ins()[kind][item])


def open_bill(
    scope: Scope,
    kind: str,
    id: str,
    charge_type: str,
    months: Decimal | int = 0,
    *,
    item: str = "instance",
    stand_in: Decimal | None = None,
    count: Decimal | int = 1,
) -> None:
    """Bill `count` times `item` as `id` from now on. A prepaid term is owed at once."""
    if charge_type == "PrePaid":
        monthly, currency = monthly_price(scope, kind, item, stand_in)
        scope.bill(kind, id, Decimal(0), currency, charge_type, committed=monthly * count * months)
    else:
        hourly, currency = hourly_price(scope, kind, item, stand_in)
        scope.bill(kind, id, hourly * count, currency, charge_type)
