"""What is billed for one resource: from its type and inputs to items of the price book. Types whose price depends on their inputs have a
function (`eas.py`, `ecs.py`, `alb.py`, `model_studio.py`); the others are data (`types.yaml`)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fourways.catalog import prices
from fourways.catalog.prices import Price
from fourways.costs import alb, eas, ecs, ends, model_studio
from fourways.costs.documents import ResourceState
from fourways.costs.items import Bid, Billed, Bundle, Free, Inputs, Item, Metered, NotPlain, One, Parts, Unknown, is_prepaid
from fourways.costs.model import HOURS_A_DAY, Row
from fourways.costs.people import HOURS_A_MONTH
from fourways.costs.scaling import REGION, inputs_of

TYPES = Path(__file__).with_name("types.yaml")

Find = Callable[[str, str, str, str], Price | None]
"""Looks a price up by kind, item, region and charge type: `prices.price`, or one that knows live prices too."""

BY_TYPE: dict[str, Callable[[Inputs], Billed]] = {
    "fourways:eas:ResourceGroup": eas.resource_group,
    "fourways:eas:Gateway": eas.gateway,
    "fourways:eas:Service": eas.service,
    "fourways:modelstudio:Reservation": model_studio.reservation,
    "fourways:modelstudio:ModelUnitDeployment": model_studio.model_units,
    "fourways:modelstudio:ApiKey": model_studio.api_key,
    "alicloud:pai/service:Service": eas.pai_service,
    "alicloud:ecs/instance:Instance": ecs.instance,
    "alicloud:ecs/ecsDisk:EcsDisk": ecs.disk,
    "alicloud:ess/scalingGroup:ScalingGroup": ecs.scaling_group,
    "alicloud:alb/loadBalancer:LoadBalancer": alb.load_balancer,
}


def what_is_billed(type_: str, inputs: Inputs) -> Billed:
    """The item for a resource of any type."""
    table = _types()
    if kind := table["free"].get(type_):
        return Free(kind=kind)
    try:
        if entry := table["hourly"].get(type_):
            return Item(kind=entry["kind"], item="instance", billed=entry["billed"], prepaid=is_prepaid(inputs))
        if entry := table["metered"].get(type_):
            return Metered(kind=entry["kind"], items=tuple(entry["items"]), billed=entry["billed"])
        if function := BY_TYPE.get(type_):
            return function(inputs)
    except NotPlain as missing:
        return Unknown(why=str(missing))
    return Unknown(why="this type is not in the price book")


def price_rows(resource: ResourceState, region: str | None, around: Mapping[str, Any], find: Find) -> list[Row]:
    """The rows of one resource in a region (None: not known) at the prices that `find` knows. Its inputs decide, outputs where the server
    filled in what was left out, and what `around` says of other resources (`scaling.py`)."""
    billed = what_is_billed(resource.type, {**inputs_of(resource), **around, REGION: region})
    if not isinstance(billed, Parts):
        return [_price(resource, billed, region, find)]
    rows = [(part, _price(resource, one, region, find)) for part, one in billed.parts]
    return [replace(row, part=part, name=f"{row.name}: {part}") if part else row for part, row in rows]


def _price(resource: ResourceState, billed: One, region: str | None, find: Find) -> Row:
    if isinstance(billed, Free):
        fact = prices.free(billed.kind)
        if fact is None:
            return _row(resource, Unknown(why=f"the price book has no entry that {billed.kind} is free"))
        return Row(
            urn=resource.urn,
            type=resource.type,
            name=resource.name,
            status="free",
            billed=billed.kind,
            assumed=fact.assumed,
            source=fact.source,
            read_on=fact.read_on,
            note=billed.note or fact.why or "",
        )
    if isinstance(billed, Unknown):
        return _row(resource, billed)
    if isinstance(billed, Bid):
        return _bid(resource, billed)
    if region is None:
        return _row(resource, Unknown(why=f"{billed.billed}: its region is not known"))
    if isinstance(billed, Metered):
        return _metered(resource, billed, region, find)
    charge = "PrePaid" if billed.prepaid else "PostPaid"
    parts = billed.parts if isinstance(billed, Bundle) else ((billed.item, Decimal(1)),)
    found = [(find(billed.kind, item, region, charge), quantity) for item, quantity in parts]
    known_ones = [(price, quantity) for price, quantity in found if price is not None]
    if len(known_ones) < len(found):
        return _row(resource, Unknown(why=f"{billed.billed}: the price book has no {charge} price in {region}"))
    price = known_ones[0][0]
    if any((one.currency, one.unit) != (price.currency, price.unit) for one, _ in known_ones):
        return _row(resource, Unknown(why=f"{billed.billed}: the price book has its parts in several currencies or units"))
    amount = sum((one.amount * quantity for one, quantity in known_ones), Decimal(0))
    quantity, note = (billed.quantity, billed.note) if isinstance(billed, Item) else (Decimal(1), "")
    hourly, monthly = _hour_and_month(amount * quantity, price.unit)
    most_hourly, most_monthly = _at_most(amount, billed.most if isinstance(billed, Item) else None, price.unit)
    return Row(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        status="priced",
        billed=billed.billed,
        quantity=quantity,
        unit_price=amount,
        unit=price.unit,
        hourly=hourly,
        monthly=monthly,
        most_hourly=most_hourly,
        most_monthly=most_monthly,
        currency=price.currency,
        committed=billed.prepaid,
        until=ends.until(inputs_of(resource)) if billed.prepaid else "",
        kept=resource.retain_on_delete,
        stale_after_days=min(one.stale_after_days for one, _ in known_ones),
        assumed=any(one.assumed for one, _ in known_ones),
        source=price.source,
        read_on=min(one.read_on for one, _ in known_ones),
        note="; ".join(part for part in (note, price.why) if part),
    )


def _bid(resource: ResourceState, billed: Bid) -> Row:
    """As if the market stood at the bid: the most that it can cost."""
    hourly, monthly = _hour_and_month(billed.amount * billed.quantity, "hour")
    most_hourly, most_monthly = _at_most(billed.amount, billed.most, "hour")
    return Row(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        status="priced",
        billed=billed.billed,
        quantity=billed.quantity,
        unit_price=billed.amount,
        unit="hour",
        hourly=hourly,
        monthly=monthly,
        most_hourly=most_hourly,
        most_monthly=most_monthly,
        currency=billed.currency,
        kept=resource.retain_on_delete,
        source="the bid in the stack",
        note="; ".join(part for part in (billed.note, "the bid: the market's price is billed, which is never above it") if part),
    )


def _metered(resource: ResourceState, billed: Metered, region: str, find: Find) -> Row:
    """At which price, as far as the price book has one: the row is in no sum either way."""
    found = {item: find(billed.kind, item, region, "PostPaid") for item in billed.items}
    said = [
        f"{item} {price.amount:f} {price.currency} per {price.unit}{_from_cache(billed.kind, item, region)}"
        for item, price in found.items()
        if price is not None
    ]
    unknown = [item for item, price in found.items() if price is None]
    first = next((price for price in found.values() if price is not None), None)
    return Row(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        status="metered",
        billed=f"{billed.billed}: {', '.join([*said, *(f'{item} at an unknown price' for item in unknown)]) or 'at an unknown price'}",
        assumed=any(price.assumed for price in found.values() if price is not None),
        source=first.source if first else "",
        read_on=first.read_on if first else None,
        stale_after_days=first.stale_after_days if first else None,
        note=(first.why or "") if first else "",
    )


def _from_cache(kind: str, item: str, region: str) -> str:
    """What input costs that is read from the cache, where the book says it."""
    model, _, side = item.rpartition(" ")
    hit = prices.token_price(model, "input", region, cache="hit") if kind == prices.TOKENS and side == "input" else None
    return f" ({hit.amount:f} {hit.currency} from the cache)" if hit else ""


def _hour_and_month(amount: Decimal, unit: str) -> tuple[Decimal, Decimal]:
    if unit == "hour":
        return amount, amount * HOURS_A_MONTH
    if unit == "month":
        return amount / HOURS_A_MONTH, amount
    if unit == "day":
        return amount / HOURS_A_DAY, amount / HOURS_A_DAY * HOURS_A_MONTH
    raise ValueError(f"the price book has the unit {unit!r}, which is neither hour, day nor month")


def _at_most(amount: Decimal, most: Decimal | None, unit: str) -> tuple[Decimal, Decimal] | tuple[None, None]:
    return (None, None) if most is None else _hour_and_month(amount * most, unit)


def _row(resource: ResourceState, unknown: Unknown) -> Row:
    return Row(urn=resource.urn, type=resource.type, name=resource.name, status="unknown", billed="unknown", note=unknown.why)


@cache
def _types() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(TYPES.read_text(encoding="utf-8"))
    return content
