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
from fourways.costs.model import HOURS_A_DAY, HOURS_A_MONTH, Row

TYPES = Path(__file__).with_name("types.yaml")
PREPAID = {"prepaid", "subscription", "prepay"}
KTPM = Decimal(1000)
"""Tokens a minute that one item of a reservation is (help centre, throughput reservation billing)."""


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
class Bundle:
    """Several items of one kind that are bought as one: each with how many of it."""

    kind: str
    parts: tuple[tuple[str, Decimal], ...]
    billed: str
    prepaid: bool = False


@dataclass(frozen=True, kw_only=True)
class Metered:
    """No cost of its own: what is done with it is billed, per unit of the items. `billed` says what that is."""

    kind: str
    items: tuple[str, ...]
    billed: str


@dataclass(frozen=True, kw_only=True)
class Free:
    """Not billed by itself; `kind` is the price book's entry that says so."""

    kind: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """Billed, perhaps, but it cannot be said how much; `why` says what is missing."""

    why: str


Billed = Item | Bundle | Metered | Free | Unknown
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


def reservation(inputs: Inputs) -> Billed:
    """`fourways:modelstudio:Reservation`: its tokens a minute, in thousands, from its creation or for its term."""
    model, tier = text(inputs, "model"), text(inputs, "tier")
    sides = {side: number(inputs, f"{side}Tpm", Decimal(0)) for side in ("input", "output")}
    return Bundle(
        kind="reservation",
        parts=tuple((f"{model} {tier} {side}", tpm / KTPM) for side, tpm in sides.items()),
        billed=f"reservation of {model}, {tier} tier, {sides['input']:f} in / {sides['output']:f} out TPM",
        prepaid=is_prepaid(inputs),
    )


def model_units(inputs: Inputs) -> Billed:
    """`fourways:modelstudio:ModelUnitDeployment`: its units, from running on; by the API only by the hour."""
    spec, units = text(inputs, "spec"), number(inputs, "units", Decimal(1))
    return Item(kind="model-unit", item=spec, billed=f"Model Studio model unit {spec}", quantity=units, note="billed while the model runs")


def api_key(inputs: Inputs) -> Billed:
    """`fourways:modelstudio:ApiKey`: whatever is called with it."""
    models = inputs.get("models")
    if not isinstance(models, list) or not models or not known(models):
        return Metered(kind="tokens", items=(), billed="tokens of any model that is called with it")
    items = tuple(f"{model} {side}" for model in models for side in ("input", "output"))
    return Metered(kind="tokens", items=items, billed=f"tokens of {', '.join(map(str, models))} that are called with it")


BY_TYPE: dict[str, Callable[[Inputs], Billed]] = {
    "fourways:eas:ResourceGroup": resource_group,
    "fourways:eas:Service": service,
    "fourways:modelstudio:Reservation": reservation,
    "fourways:modelstudio:ModelUnitDeployment": model_units,
    "fourways:modelstudio:ApiKey": api_key,
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
        if entry := table["metered"].get(type_):
            return Metered(kind=entry["kind"], items=tuple(entry["items"]), billed=entry["billed"])
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
    if isinstance(billed, Metered):
        return _metered(resource, billed, region)
    charge = "PrePaid" if billed.prepaid else "PostPaid"
    parts = billed.parts if isinstance(billed, Bundle) else ((billed.item, Decimal(1)),)
    found = [(prices.price(billed.kind, item, region, charge), quantity) for item, quantity in parts]
    known_ones = [(price, quantity) for price, quantity in found if price is not None]
    if len(known_ones) < len(found):
        return _row(resource, Unknown(why=f"{billed.billed}: the price book has no {charge} price in {region}"))
    price = known_ones[0][0]
    if any((one.currency, one.unit) != (price.currency, price.unit) for one, _ in known_ones):
        return _row(resource, Unknown(why=f"{billed.billed}: the price book has its parts in several currencies or units"))
    amount = sum((one.amount * quantity for one, quantity in known_ones), Decimal(0))
    quantity, note = (billed.quantity, billed.note) if isinstance(billed, Item) else (Decimal(1), "")
    hourly, monthly = _hour_and_month(amount * quantity, price.unit)
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
        currency=price.currency,
        committed=billed.prepaid,
        assumed=any(one.assumed for one, _ in known_ones),
        source=price.source,
        read_on=price.read_on,
        note="; ".join(part for part in (note, price.why) if part),
    )


def _metered(resource: ResourceState, billed: Metered, region: str) -> Row:
    """At which price, as far as the price book has one: the row is in no sum either way."""
    found = {item: prices.price(billed.kind, item, region, "PostPaid") for item in billed.items}
    said = [f"{item} {price.amount:f} {price.currency} per {price.unit}" for item, price in found.items() if price is not None]
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
        note=(first.why or "") if first else "",
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
    if unit == "day":
        return amount / HOURS_A_DAY, amount / HOURS_A_DAY * HOURS_A_MONTH
    raise ValueError(f"the price book has the unit {unit!r}, which is neither hour, day nor month")


def _row(resource: ResourceState, unknown: Unknown) -> Row:
    return Row(urn=resource.urn, type=resource.type, name=resource.name, status="unknown", billed="unknown", note=unknown.why)


def _mapping(value: Inputs, key: str) -> Inputs:
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}


@cache
def _types() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(TYPES.read_text(encoding="utf-8"))
    return content
