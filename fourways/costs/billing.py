"""What is billed for one resource: from its type and inputs to an item of the price book. One small function for each type whose price
depends on its inputs; the others are data (`types.yaml`)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fourways.catalog import prices
from fourways.costs.documents import ResourceState, known
from fourways.costs.model import HOURS_A_MONTH, Row

TYPES = Path(__file__).with_name("types.yaml")
PREPAID = {"prepaid", "subscription", "prepay"}


@dataclass(frozen=True, kw_only=True)
class Item:
    """What to look up in the price book, and how many."""

    kind: str
    item: str
    billed: str
    quantity: Decimal = Decimal(1)
    prepaid: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Free:
    """Not billed by itself; `kind` is the price book's entry that says so."""

    kind: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """Billed, perhaps, but it cannot be said how much; `why` says what is missing."""

    why: str


Billed = Item | Free | Unknown
Inputs = Mapping[str, Any]


class NotPlain(Exception):
    """An input that the price depends on is missing, not known yet, or of another form. The text names it."""


def resource_group(inputs: Inputs) -> Billed:
    """`fourways:eas:ResourceGroup`: its machines, from their creation (reference/eas.md, billing)."""
    machine, count = text(inputs, "instanceType"), number(inputs, "instanceCount", Decimal(1))
    return Item(
        kind="eas-dedicated-machine", item=machine, billed=f"EAS dedicated machine {machine}", quantity=count, prepaid=is_prepaid(inputs)
    )


def service(inputs: Inputs) -> Billed:
    """`fourways:eas:Service`: by its service JSON."""
    config = inputs.get("config")
    if not isinstance(config, Mapping):
        raise NotPlain("config is not known")
    return service_json(config)


def pai_service(inputs: Inputs) -> Billed:
    """`alicloud:pai/service:Service`: the same JSON in one string."""
    try:
        config = json.loads(text(inputs, "serviceConfig"))
    except json.JSONDecodeError as error:
        raise NotPlain(f"serviceConfig is not JSON ({error})") from error
    return service_json(config if isinstance(config, Mapping) else {})


def service_json(config: Inputs) -> Billed:
    """A service on a resource group costs nothing more than the group; on public resources it is billed by instance from Running on. Its
    price is that of the first type of the list, which the service tries in order."""
    metadata = _mapping(config, "metadata")
    if metadata.get("resource"):
        return Free(kind="eas-service-dedicated", note="runs on the machines of its resource group, which are billed")
    if metadata.get("quota_id"):
        return Unknown(why="runs on a Lingjun quota, which is bought apart from this stack")
    computing = _mapping(_mapping(config, "cloud"), "computing")
    listed = computing.get("instances")
    candidates = [one["type"] for one in listed if isinstance(one, Mapping) and one.get("type")] if isinstance(listed, list) else []
    candidates = candidates or ([computing["instance_type"]] if computing.get("instance_type") else [])
    if not candidates or not known(candidates):
        raise NotPlain("neither metadata.resource nor cloud.computing.instances says what it runs on")
    machines = number(metadata, "instance", Decimal(1)) * number(_mapping(config, "unit"), "size", Decimal(1))
    return Item(
        kind="eas-public-instance",
        item=str(candidates[0]),
        billed=f"EAS public instance {candidates[0]}",
        quantity=machines,
        note=f"first of {len(candidates)} types that may be used" if len(candidates) > 1 else "",
    )


BY_TYPE: dict[str, Callable[[Inputs], Billed]] = {
    "fourways:eas:ResourceGroup": resource_group,
    "fourways:eas:Service": service,
    "alicloud:pai/service:Service": pai_service,
}


def what_is_billed(type_: str, inputs: Inputs) -> Billed:
    """The item for a resource of any type."""
    table = _types()
    if kind := table["free"].get(type_):
        return Free(kind=kind)
    try:
        if entry := table["hourly"].get(type_):
            return Item(kind=entry["kind"], item="instance", billed=entry["billed"], prepaid=is_prepaid(inputs))
        if function := BY_TYPE.get(type_):
            return function(inputs)
    except NotPlain as missing:
        return Unknown(why=str(missing))
    return Unknown(why="this type is not in the price book")


def price_row(resource: ResourceState, region: str | None) -> Row:
    """The row of one resource in a region (None: not known). Inputs decide, and outputs where the server filled in what was left out."""
    inputs = {**(resource.outputs or {}), **(resource.inputs or {})}
    billed = what_is_billed(resource.type, inputs)
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
    if region is None:
        return _row(resource, Unknown(why=f"{billed.billed}: its region is not known"))
    charge = "PrePaid" if billed.prepaid else "PostPaid"
    price = prices.price(billed.kind, billed.item, region, charge)
    if price is None:
        return _row(resource, Unknown(why=f"{billed.billed}: the price book has no {charge} price in {region}"))
    hourly, monthly = _hour_and_month(price.amount * billed.quantity, price.unit)
    return Row(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        status="priced",
        billed=billed.billed,
        quantity=billed.quantity,
        unit_price=price.amount,
        unit=price.unit,
        hourly=hourly,
        monthly=monthly,
        currency=price.currency,
        committed=billed.prepaid,
        assumed=price.assumed,
        source=price.source,
        read_on=price.read_on,
        note="; ".join(part for part in (billed.note, price.why) if part),
    )


def text(inputs: Inputs, key: str) -> str:
    """A plain string input; raises NotPlain."""
    value = inputs.get(key)
    if not isinstance(value, str) or not value or not known(value):
        raise NotPlain(f"{key} is not known")
    return value


def number(inputs: Inputs, key: str, default: Decimal) -> Decimal:
    """A plain number input, or the default where it is left out; raises NotPlain. JSON carries integers as floats: 2.0 is 2."""
    value = inputs.get(key)
    if value is None:
        return default
    try:
        if isinstance(value, bool) or not known(value):
            raise NotPlain(f"{key} is not known")
        return Decimal(str(value)).normalize() + 0
    except InvalidOperation as error:
        raise NotPlain(f"{key} is {value!r}, not a number") from error


def is_prepaid(inputs: Inputs) -> bool:
    """Whether a term is bought; alicloud spells it in four ways. Raises NotPlain where it is not known."""
    for key in ("chargeType", "instanceChargeType", "paymentType", "payType"):
        value = inputs.get(key)
        if value is not None and not known(value):
            raise NotPlain(f"{key} is not known")
        if str(value).lower() in PREPAID:
            return True
    return False


def _hour_and_month(amount: Decimal, unit: str) -> tuple[Decimal, Decimal]:
    if unit == "hour":
        return amount, amount * HOURS_A_MONTH
    if unit == "month":
        return amount / HOURS_A_MONTH, amount
    raise ValueError(f"the price book has the unit {unit!r}, which is neither hour nor month")


def _row(resource: ResourceState, unknown: Unknown) -> Row:
    return Row(urn=resource.urn, type=resource.type, name=resource.name, status="unknown", billed="unknown", note=unknown.why)


def _mapping(value: Inputs, key: str) -> Inputs:
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}


@cache
def _types() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(TYPES.read_text(encoding="utf-8"))
    return content
