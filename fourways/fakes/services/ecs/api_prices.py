"""What things cost, on the wire: list prices and the spot market."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ecs import disks, instance_types, spot
from fourways.fakes.services.ecs.instance_checks import term
from fourways.fakes.services.ecs.zones import checked_zone, zones_of
from fourways.fakes.services.shared.billing import PriceOf, hourly_price, monthly_price
from fourways.fakes.wire.errors import CloudError, invalid
from fourways.fakes.wire.parameters import Parameters

_HOUR = 3600


def describe_price(call: Call) -> dict[str, Any]:
    """Instances and disks: pay-as-you-go by the hour, prepaid by the term; no discounts. Names: SDK 7.11, DescribePriceResponseBody."""
    given = call.parameters
    resource = given.choice("ResourceType", ("instance", "disk"), "instance")
    if given.get("PriceUnit") in ("", "Hour"):
        price_of, periods = hourly_price, Decimal(given.integer("Period", 1, 1))
    else:
        price_of, periods = monthly_price, term(Parameters({**given.flat, "PeriodUnit": given.get("PriceUnit")}))
    parts: dict[str, Decimal] = {}
    currency = "USD"
    if resource == "instance":
        type = instance_types.find(given.require("InstanceType"))
        amount, currency = price_of(call.scope, instance_types.KIND, type.name, type.stand_in())
        if given.choice("SpotStrategy", ("NoSpot", "SpotWithPriceLimit", "SpotAsPriceGo"), "NoSpot") != "NoSpot":
            amount, currency = spot.market_price(call.scope, type, given.get("ZoneId"))
        parts["instanceType"] = amount
        if given.optional("SystemDisk.Category"):
            level = given.get("SystemDisk.PerformanceLevel")
            parts["systemDisk"] = _disk(call, given.get("SystemDisk.Category"), given.integer("SystemDisk.Size", 40, 1), level, price_of)
    data = [
        _disk(call, row.get("Category", "cloud_efficiency"), int(row["Size"]), row.get("PerformanceLevel", ""), price_of)
        for row in given.records("DataDisk")
        if row.get("Size")
    ]
    if resource == "disk" and not data:
        raise invalid("DataDisk", "It must name a category and a size.")
    if data:
        parts["dataDisk"] = sum(data, Decimal(0))
    count = periods * given.integer("Amount", 1, 1, 1000)
    details = [{"Resource": name, **_prices(price * count), "SubRules": {"Rule": []}} for name, price in parts.items()]
    total = {**_prices(sum(parts.values(), Decimal(0)) * count), "Currency": currency, "DetailInfos": {"DetailInfo": details}}
    return {"PriceInfo": {"Price": total, "Rules": {"Rule": []}}}


def _prices(amount: Decimal) -> dict[str, float]:
    price = float(round(amount, 4))
    return {"OriginalPrice": price, "DiscountPrice": 0.0, "TradePrice": price}


def _disk(call: Call, category: str, size: int, level: str, price_of: PriceOf) -> Decimal:
    disks.check_category(category)
    return price_of(call.scope, disks.KIND, disks.price_item(category, level))[0] * size


def describe_spot_price_history(call: Call) -> dict[str, Any]:
    """One row a zone and full hour of the asked time, all at the price of now: the fake keeps no history. At most 30 days: help centre."""
    given = call.parameters
    given.choice("NetworkType", ("classic", "vpc"))
    type = instance_types.find(given.require("InstanceType"))
    zones = [checked_zone(call.scope.region, given.get("ZoneId"))] if given.optional("ZoneId") else zones_of(call.scope.region)
    now = call.scope.clock.now()
    start, end = _time(given, "StartTime", now - 3 * _HOUR), _time(given, "EndTime", now)
    if start > end or start < now - 31 * 24 * _HOUR:
        raise CloudError(400, "InvalidStartTime.ValueNotSupported", "The specified StartTime is not valid.")
    listed, currency = hourly_price(call.scope, instance_types.KIND, type.name, type.stand_in())
    hours = range(int(start // _HOUR), int(end // _HOUR) + 1)
    rows = [
        {
            "ZoneId": zone,
            "InstanceType": type.name,
            "IoOptimized": "optimized",
            "NetworkType": given.get("NetworkType"),
            "Timestamp": call.scope.clock.timestamp(hour * _HOUR),
            "SpotPrice": float(spot.market_price(call.scope, type, zone)[0]),
            "OriginPrice": float(listed),
        }
        for zone in zones
        for hour in hours
    ]
    first = given.integer("Offset", 0, 0)
    page = rows[first : first + 1000]
    return {"Currency": currency, "NextOffset": first + len(page), "SpotPrices": {"SpotPriceType": page}}


def _time(given: Parameters, name: str, otherwise: float) -> float:
    if not given.optional(name):
        return otherwise
    try:
        return datetime.fromisoformat(given.get(name)).replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise CloudError(400, f"Invalid{name}.Malformed", f"The specified {name} is not valid.") from None


ACTIONS: dict[str, Handler] = {
    "DescribePrice": describe_price,
    "DescribeSpotPriceHistory": describe_spot_price_history,
}
