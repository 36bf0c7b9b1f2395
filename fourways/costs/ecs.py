"""What ECS bills for: instances, those of scaling groups too, and their disks. Local disks are in the price of the instance type (help
centre, "Block storage devices", billing)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from fourways.costs import scaling
from fourways.costs.documents import known
from fourways.costs.items import Bid, Free, Inputs, Item, NotPlain, One, Parts, Unknown, is_prepaid, mapping, number, part, text

PL1 = "PL1"
"""Of a cloud_essd that names none (help centre, CreateDisk: PerformanceLevel)."""
BID_ONLY = "SpotWithPriceLimit"
AT_THE_MARKET = "SpotAsPriceGo"
"""Spot strategies; the market's price is at most that of an instance by the hour (help centre, "Spot instances")."""


@dataclass(frozen=True, kw_only=True)
class Machines:
    """What the instances of a group are: the types that are tried in order, how they are bid for, and their disks."""

    types: tuple[str, ...]
    strategy: object
    #: Spot price limit by type, as given; None is that of all.
    limits: Mapping[str | None, object]
    system_disk: Inputs
    data_disks: object


def instance(inputs: Inputs) -> Parts:
    """`alicloud:ecs/instance:Instance`: the instance and its disks, from RunInstances on or for its term."""
    one = Decimal(1)
    disks = _data_disks(inputs.get("dataDisks"), one, None, inputs)
    return Parts(parts=(part("", _fixed, inputs), part("system disk", _disk, _system_disk(inputs), one, None, inputs), *disks))


def disk(inputs: Inputs) -> One:
    """`alicloud:ecs/ecsDisk:EcsDisk`: by its size, from CreateDisk on, attached or not."""
    return _disk(inputs, Decimal(1), None, inputs)


def scaling_group(inputs: Inputs) -> One | Parts:
    """`alicloud:ess/scalingGroup:ScalingGroup`: free by itself; its instances and their disks are billed, as long as it has some."""
    size, most = size_of(inputs)
    if size == 0 and most is None:
        return Free(kind="ess", note="it has no instances, and may have none")
    machines = _machines(inputs)
    if machines is None:
        return Unknown(
            why="its instances are billed, and neither a launch template nor an active configuration in this stack says what they are"
        )
    disk = part("system disks", _disk, machines.system_disk, size, most, {})
    return Parts(parts=(part("", _scaled, machines, inputs, size, most), disk, *_data_disks(machines.data_disks, size, most, {})))


def size_of(group: Inputs) -> tuple[Decimal, Decimal | None]:
    """How many instances a group has, and how many it may grow to (None: no more). Without a wanted number it starts with the smallest.
    Raises NotPlain."""
    least = number(group, "minSize", Decimal(0))
    size = number(group, scaling.SIZE, number(group, "desiredCapacity", least))
    most = number(group, "maxSize", size)
    return size, most if most > size else None


def bid_currency(inputs: Inputs) -> str:
    """Of a spot price limit: the account's. Assumed: CNY where the region is in mainland China, USD elsewhere."""
    region = text(inputs, scaling.REGION)
    return "CNY" if region.startswith("cn-") and region != "cn-hongkong" else "USD"


def _machines(group: Inputs) -> Machines | None:
    if shape := mapping(group, scaling.BY_TEMPLATE):
        overrides = group.get("launchTemplateOverrides")
        entries = [entry for entry in overrides if isinstance(entry, Mapping)] if isinstance(overrides, list) else []
        return Machines(
            types=_types([entry.get("instanceType") for entry in entries], shape),
            strategy=shape.get("spotStrategy"),
            limits={
                None: shape.get("spotPriceLimit"),
                **{entry.get("instanceType"): limit for entry in entries if (limit := entry.get("spotPriceLimit")) is not None},
            },
            system_disk=mapping(shape, "systemDisk"),
            data_disks=shape.get("dataDisks"),
        )
    if shape := mapping(group, scaling.BY_CONFIGURATION):
        overrides, limits = shape.get("instanceTypeOverrides"), shape.get("spotPriceLimits")
        listed = [entry.get("instanceType") for entry in overrides] if isinstance(overrides, list) else shape.get("instanceTypes")
        return Machines(
            types=_types(listed, shape),
            strategy=shape.get("spotStrategy"),
            limits={entry.get("instanceType"): entry.get("priceLimit") for entry in limits} if isinstance(limits, list) else {},
            system_disk=_system_disk(shape),
            data_disks=shape.get("dataDisks"),
        )
    return None


def _types(listed: object, shape: Inputs) -> tuple[str, ...]:
    if not listed:
        return (text(shape, "instanceType"),)
    if not isinstance(listed, list) or not all(isinstance(one, str) and one and known(one) for one in listed):
        raise NotPlain("the instance types are not known")
    return tuple(listed)


def _fixed(inputs: Inputs) -> One:
    type_, prepaid, strategy = text(inputs, "instanceType"), is_prepaid(inputs), inputs.get("spotStrategy")
    if strategy == BID_ONLY and not prepaid:
        return Bid(amount=_limit(inputs, "spotPriceLimit"), currency=bid_currency(inputs), billed=f"ECS spot instance {type_}")
    return Item(kind="ecs-instance", item=type_, billed=f"ECS instance {type_}", prepaid=prepaid, note=_at_most(strategy))


def _scaled(machines: Machines, group: Inputs, size: Decimal, most: Decimal | None) -> One:
    first, others = machines.types[0], len(machines.types) - 1
    notes = [f"first of {others + 1} types that may be used"] if others else []
    if most is not None:
        notes.append(f"{size:f} to begin with, {most:f} at most")
    if machines.strategy == BID_ONLY:
        limit = _limit({first: machines.limits.get(first, machines.limits.get(None))}, first)
        currency = bid_currency(group)
        if not _falls_back(group):
            billed = f"ECS spot instance {first}"
            return Bid(amount=limit, currency=currency, billed=billed, quantity=size, most=most, note="; ".join(notes))
        notes.append(f"spot first, at {limit:f} {currency} an hour at most")
    elif said := _at_most(machines.strategy):
        notes.append(said)
    return Item(kind="ecs-instance", item=first, billed=f"ECS instance {first}", quantity=size, most=most, note="; ".join(notes))


def _limit(given: Inputs, key: str) -> Decimal:
    if (limit := number(given, key, Decimal(0))) == 0:
        raise NotPlain(f"the spot price limit ({key}) is not known")
    return limit


def _at_most(strategy: object) -> str:
    return "spot: the market's price is billed, which is never above this" if strategy == AT_THE_MARKET else ""


def _falls_back(group: Inputs) -> bool:
    """Whether some of a group's instances may be bought at the full price (CreateScalingGroup:
    CompensateWithOnDemand, OnDemandBaseCapacity, OnDemandPercentageAboveBaseCapacity)."""
    always = number(group, "onDemandBaseCapacity", Decimal(0)) + number(group, "onDemandPercentageAboveBaseCapacity", Decimal(0))
    return always > 0 or any(group.get(key) is True for key in ("compensateWithOnDemand", "capacityOptionsCompensateWithOnDemand"))


def _system_disk(inputs: Inputs) -> Inputs:
    """Of an instance or a scaling configuration, in the words of a data disk."""
    names = {"category": "systemDiskCategory", "size": "systemDiskSize", "performanceLevel": "systemDiskPerformanceLevel"}
    return {name: inputs.get(key) for name, key in names.items()}


def _data_disks(listed: object, count: Decimal, most: Decimal | None, payer: Inputs) -> tuple[tuple[str, One], ...]:
    if listed is not None and not isinstance(listed, list):
        return (("data disks", Unknown(why="dataDisks is not known")),)
    return tuple(part(f"data disk {place}", _disk, entry, count, most, payer) for place, entry in enumerate(listed or [], 1))


def _disk(entry: Inputs, count: Decimal, most: Decimal | None, payer: Inputs) -> One:
    """A disk of each of `count` instances; it is paid for as its instance is."""
    category, size = text(entry, "category"), number(entry, "size", Decimal(0))
    if size == 0:
        raise NotPlain("its size is not known")
    level = entry.get("performanceLevel") or (PL1 if category == "cloud_essd" else "")
    if not known(level):
        raise NotPlain("its performance level is not known")
    item = f"{category} {level}".strip()
    return Item(
        kind="ecs-disk",
        item=item,
        billed=f"GiB of a disk {item}",
        quantity=size * count,
        most=None if most is None else size * most,
        prepaid=is_prepaid(payer),
        note=f"{count:f} x {size:f} GiB",
    )
