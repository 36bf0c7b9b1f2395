"""What the ledger's intervals are on a bill: a row an instance and day, or month. Pure, but for the table of products.

Facts: help centre, DescribeInstanceBill: a bill comes 24 hours after the use, what is said of an instance (its nickname among it) after 48.
Days are counted in UTC+8 (assumed: User Center's time). Tags come with the bill (assumed: only those that were enabled as cost tags do).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fourways.catalog.regions import all_regions
from fourways.fakes.ledger import Interval

HOUR, DAY = 3600.0, 86_400.0
LAG, NAMES_LAG = DAY, 2 * DAY
"""Seconds until a use is on the bill, and until an instance's name is."""
_CLOUD_TIME = 8 * HOUR
_TO = Decimal("0.000001")


@dataclass(frozen=True)
class Product:
    """What a bill calls a kind of the ledger."""

    product: str
    type: str
    name: str
    assumed: bool = False


@cache
def products() -> dict[str, Product]:
    """The file products.yaml: kind of the ledger -> product."""
    rows: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("products.yaml").read_text())
    return {kind: Product(**row) for kind, row in rows.items()}


@dataclass(frozen=True)
class Span:
    """Moments from `since` until `until`, in epoch seconds: the day or month that is billed, as far as it has come to the bill."""

    since: float
    until: float

    @classmethod
    def of_day(cls, date: datetime, now: float, lag: float) -> Span:
        """The day of the cloud's time that begins at this naive midnight."""
        since = date.replace(tzinfo=UTC).timestamp() - _CLOUD_TIME
        return cls(since, min(since + DAY, now - lag))

    @classmethod
    def of_month(cls, first: datetime, now: float, lag: float) -> Span:
        """The month that begins at this naive midnight."""
        following = (first + timedelta(days=32)).replace(day=1)
        since = first.replace(tzinfo=UTC).timestamp() - _CLOUD_TIME
        return cls(since, min(following.replace(tzinfo=UTC).timestamp() - _CLOUD_TIME, now - lag))


def amount(interval: Interval, span: Span) -> Decimal | None:
    """What of an interval falls into a span; None where nothing of it does. What is owed at once is owed when it is ordered, what is
    metered when it was last used (assumed: the ledger does not say when of a day)."""
    end = span.until if interval.closed is None else min(interval.closed, span.until)
    start = max(interval.opened, span.since)
    hours = Decimal(str(max(0.0, end - start))) / 3600
    ordered = interval.closed if interval.usage and interval.closed is not None else interval.opened
    owed = interval.committed if span.since <= ordered < span.until else Decimal(0)
    if not owed and (end <= start or interval.charge_type == "PrePaid"):
        return None
    return owed + (interval.hourly_price * hours).quantize(_TO)


def rows(
    intervals: Iterable[Interval], things: Mapping[tuple[str, str], Mapping[str, Any]], span: Span, now: float
) -> list[dict[str, Any]]:
    """A row each for what an instance costs in the span, by the instance and how it is paid. `things` are what exists, by region and id: of
    what is gone the fake's bill has neither name nor tags."""
    summed: dict[tuple[str, str, str, str, str], Decimal] = {}
    first: dict[tuple[str, str, str, str, str], float] = {}
    for interval in intervals:
        if (part := amount(interval, span)) is not None:
            key = (interval.region, interval.kind, interval.resource, interval.charge_type, interval.currency)
            summed[key] = summed.get(key, Decimal(0)) + part
            first[key] = min(first.get(key, interval.opened), interval.opened)
    return [
        _row(key, total, things.get((key[0], key[2]), {}), named=first[key] + NAMES_LAG <= now) for key, total in summed.items()
    ]  # fmt: skip


def _row(key: tuple[str, str, str, str, str], total: Decimal, thing: Mapping[str, Any], *, named: bool) -> dict[str, Any]:
    region, kind, resource, charge_type, currency = key
    product, known = products()[kind], {id_: one.name for id_, one in all_regions().items()}
    tags = "; ".join(f"key:{name} value:{text}" for name, text in sorted((thing.get("tags") or {}).items()))
    prepaid = charge_type == "PrePaid"
    return {
        "InstanceID": resource,
        "ProductCode": product.product,
        "ProductType": product.type,
        "ProductName": product.name,
        "ProductDetail": product.name,
        "PipCode": product.product,
        "CommodityCode": product.type,
        "SubscriptionType": "Subscription" if prepaid else "PayAsYouGo",
        "Item": "SubscriptionOrder" if prepaid else "PayAsYouGoBill",
        "Region": known.get(region, region),
        "Zone": "",
        "NickName": str(thing.get("name") or "") if named else "",
        "Tag": tags,
        "Currency": currency,
        "PretaxGrossAmount": float(total),
        "PretaxAmount": float(total),
        "AfterDiscountAmount": float(total),
        "InvoiceDiscount": 0.0,
        "OutstandingAmount": 0.0,
        "PaymentAmount": float(total),
    }
