"""What things cost: the price a test has seeded, else the catalogue's for the region, else its price in Beijing, else the stand-in of
prices.yaml.

Seed `{"prices": {"nat-gateway": "0.1"}}` prices a kind, `{"prices": {"ecs.g7.large": "0.2"}}` one item of it.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml

from fourways.catalog import prices
from fourways.fakes.service import Scope

HOURS_OF_A_MONTH = 730  # as in our estimates
HOURS = {"hour": 1, "day": 24, "month": HOURS_OF_A_MONTH}
ELSEWHERE = "cn-beijing"  # whose list prices stand in for those of regions that the catalogue has none of


@cache
def stand_ins() -> dict[str, dict[str, str]]:
    """The file prices.yaml: kind -> item -> USD an hour. What the catalogue prices anywhere is not in it."""
    return dict(yaml.safe_load(Path(__file__).with_name("prices.yaml").read_text()))


def hourly_price(scope: Scope, kind: str, item: str, stand_in: Decimal | None = None) -> tuple[Decimal, str]:
    """The pay-as-you-go price an hour and its currency."""
    seeded = scope.cloud.seed.get("prices", {})
    known = prices.price(kind, item, scope.region, "PostPaid") or prices.price(kind, item, ELSEWHERE, "PostPaid")
    if known is not None:
        amount, currency = known.amount / HOURS[known.unit], known.currency
    else:
        amount, currency = _stand_in(kind, item) if stand_in is None else stand_in, "USD"
    for name in (item, kind):
        if name in seeded:
            return Decimal(str(seeded[name])), currency
    return amount, currency


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
    """Bill `count` times `item` as `id` from now on. A prepaid term is owed at once: assumed to be `months` at the hourly price."""
    hourly, currency = hourly_price(scope, kind, item, stand_in)
    if charge_type == "PrePaid":
        scope.bill(kind, id, Decimal(0), currency, charge_type, committed=hourly * count * HOURS_OF_A_MONTH * months)
    else:
        scope.bill(kind, id, hourly * count, currency, charge_type)
