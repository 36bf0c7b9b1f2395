"""What ECS bills for: instances, those of a scaling group too, and their disks. Local disks are in the price of the instance type (help
centre, "Block storage devices", billing).

Instances of a scaling group are billed where their configuration is: the group says how many, and is read along (`scaling.py`).
"""

from collections.abc import Iterable
from decimal import Decimal

from fourways.costs.documents import known
from fourways.costs.items import Bid, Free, Inputs, Item, NotPlain, One, Parts, Unknown, is_prepaid, mapping, number, part, text
from fourways.costs.scaling import CONFIGURED, GROUP, REGION, SIZE

PL1 = "PL1"
"""Of a cloud_essd that names none (help centre, CreateDisk: PerformanceLevel)."""
BID_ONLY = "SpotWithPriceLimit"
AT_THE_MARKET = "SpotAsPriceGo"
"""Spot strategies; the market's price is at most that of an instance by the hour (help centre, "Spot instances")."""


def instance(inputs: Inputs) -> Parts:
    """`alicloud:ecs/instance:Instance`: the instance and its disks, from RunInstances on or for its term."""
    one = Decimal(1)
    return Parts(
        parts=(
            part("", _fixed, inputs),
            part("system disk", _disk, _system_disk(inputs), one, None, inputs),
            *_data_disks(inputs, one, None, inputs),
        )
    )


def disk(inputs: Inputs) -> One:
    """`alicloud:ecs/ecsDisk:EcsDisk`: by its size, from CreateDisk on, attached or not."""
    return _disk(inputs, Decimal(1), None, inputs)


def scaling_group(inputs: Inputs) -> One:
    """`alicloud:ess/scalingGroup:ScalingGroup`: free; its instances are billed, with the configuration that they are started from."""
    if inputs.get(CONFIGURED):
        return Free(kind="ess", note="its instances are billed: see its configuration")
    if number(inputs, "maxSize", Decimal(1)) == 0:
        return Free(kind="ess", note="it has no instances: its maximum is 0")
    return Unknown(why="its instances are billed, and no active configuration in this stack says what they are")


def scaling_configuration(inputs: Inputs) -> One | Parts:
    """`alicloud:ess/scalingConfiguration:ScalingConfiguration`: the instances that the group starts from it, and their disks."""
    active = inputs.get("active")
    if active is not None and not known(active):
        raise NotPlain("active is not known")
    if not active:
        return Free(kind="ess", note="not active: no instances are started from it")
    group = mapping(inputs, GROUP)
    if not group:
        raise NotPlain("its scaling group, which says how many instances there are, is not to be told among those of this stack")
    size, most = size_of(group)
    return Parts(
        parts=(
            part("", _scaled, inputs, group, size, most),
            part("system disks", _disk, _system_disk(inputs), size, most, {}),
            *_data_disks(inputs, size, most, {}),
        )
    )


def size_of(group: Inputs) -> tuple[Decimal, Decimal | None]:
    """How many instances a group has, and how many it may grow to (None: no more). Without a wanted number it starts with the smallest.
    Raises NotPlain."""
    least = number(group, "minSize", Decimal(0))
    size = number(group, SIZE, number(group, "desiredCapacity", least))
    most = number(group, "maxSize", size)
    return size, most if most > size else None


def _fixed(inputs: Inputs) -> One:
    type_ = text(inputs, "instanceType")
    prepaid = is_prepaid(inputs)
    strategy = inputs.get("spotStrategy")
    if strategy == BID_ONLY and not prepaid:
        limit = number(inputs, "spotPriceLimit", Decimal(0))
        return Bid(amount=limit, currency=bid_currency(inputs), billed=f"ECS spot instance {type_}")
    return Item(kind="ecs-instance", item=type_, billed=f"ECS instance {type_}", prepaid=prepaid, note=_at_most(strategy))


def _scaled(inputs: Inputs, group: Inputs, size: Decimal, most: Decimal | None) -> One:
    types = _types(inputs)
    first, strategy = types[0], inputs.get("spotStrategy")
    notes = [f"first of {len(types)} types that may be used"] if len(types) > 1 else []
    if most is not None:
        notes.append(f"{size:f} as it starts, {most:f} at most")
    if strategy == BID_ONLY:
        limit, currency = _limit(inputs, first), bid_currency(inputs)
        if not _falls_back(group):
            billed = f"ECS spot instance {first}"
            return Bid(amount=limit, currency=currency, billed=billed, quantity=size, most=most, note="; ".join(notes))
        notes.append(f"spot first, at {limit:f} {currency} an hour at most")
    elif said := _at_most(strategy):
        notes.append(said)
    return Item(kind="ecs-instance", item=first, billed=f"ECS instance {first}", quantity=size, most=most, note="; ".join(notes))


def _at_most(strategy: object) -> str:
    return "spot: the market's price is billed, which is never above this" if strategy == AT_THE_MARKET else ""


def _falls_back(group: Inputs) -> bool:
    """Whether some of a group's instances may be bought at the full price (CreateScalingGroup, MultiAZPolicy COST_OPTIMIZED)."""
    always = number(group, "onDemandBaseCapacity", Decimal(0)) + number(group, "onDemandPercentageAboveBaseCapacity", Decimal(0))
    return always > 0 or any(group.get(key) is True for key in ("compensateWithOnDemand", "capacityOptionsCompensateWithOnDemand"))


def _types(inputs: Inputs) -> list[str]:
    """The types that are tried, in order."""
    overrides = inputs.get("instanceTypeOverrides")
    listed = [entry.get("instanceType") for entry in overrides] if isinstance(overrides, list) else inputs.get("instanceTypes")
    if not listed:
        return [text(inputs, "instanceType")]
    if not isinstance(listed, list) or not known(listed) or not all(isinstance(one, str) and one for one in listed):
        raise NotPlain("instanceTypes is not known")
    return listed


def _limit(inputs: Inputs, type_: str) -> Decimal:
    limits = inputs.get("spotPriceLimits")
    for entry in limits if isinstance(limits, list) else []:
        if entry.get("instanceType") == type_:
            return number(entry, "priceLimit", Decimal(0))
    raise NotPlain(f"spotPriceLimits has none for {type_}")


def bid_currency(inputs: Inputs) -> str:
    """Of a spot price limit: the account's. Assumed: CNY where the region is in mainland China, USD elsewhere."""
    region = text(inputs, REGION)
    return "CNY" if region.startswith("cn-") and region != "cn-hongkong" else "USD"


def _system_disk(inputs: Inputs) -> Inputs:
    return {
        "category": inputs.get("systemDiskCategory"),
        "size": inputs.get("systemDiskSize"),
        "performanceLevel": inputs.get("systemDiskPerformanceLevel"),
    }


def _data_disks(inputs: Inputs, count: Decimal, most: Decimal | None, payer: Inputs) -> Iterable[tuple[str, One]]:
    listed = inputs.get("dataDisks")
    if listed is not None and not isinstance(listed, list):
        return [("data disks", Unknown(why="dataDisks is not known"))]
    return [part(f"data disk {place}", _disk, entry, count, most, payer) for place, entry in enumerate(listed or [], 1)]


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
