"""What a stack on PAI-EAS means, in words: what is bought, what an update does, what is to be known before money is spent. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from fourways.catalog.instance_types import find
from stacks.kinds.eas import EasServing
from stacks.kinds.eas_access import Gateway
from stacks.kinds.eas_capacity import GroupCapacity, PublicCapacity, QuotaCapacity, VirtualCapacity
from stacks.kinds.model_unit import ModelUnitServing
from stacks.kinds.on_eas import OnEas

Line = tuple[Literal["info", "warn"], str]


def count(serving: OnEas) -> str:
    """How many replicas there are: `2`, or `1-4` where a scaler decides."""
    low, high = least(serving), most(serving)
    return str(high) if low == high else f"{low}-{high}"


def least(serving: OnEas) -> int:
    """The fewest replicas that a running service has."""
    return _bounds(serving)[0]


def most(serving: OnEas) -> int:
    """The most replicas that it has."""
    return _bounds(serving)[1]


def _bounds(serving: OnEas) -> tuple[int, int]:
    if serving.autoscaler is not None:
        return serving.autoscaler.min, serving.autoscaler.max
    if serving.schedule is not None:
        wanted = [job.replicas for job in serving.schedule.jobs]
        return min(wanted), max(wanted)
    return serving.replicas.count, serving.replicas.count


def capacity(bought: GroupCapacity | PublicCapacity | QuotaCapacity | VirtualCapacity, serving: OnEas) -> str:
    """What is bought, in its own unit: `2 x ml.gu8tef.8.46xlarge (public, first of 3 types)`."""
    match bought:
        case PublicCapacity(instance_types=types, spot=spot):
            price = "" if spot is None else f", spot up to {spot.price_limit:g} USD an hour"
            order = "" if len(types) == 1 else f", first of {len(types)} types"
            return f"{count(serving)} x {types[0]} (public{price}{order})"
        case GroupCapacity():
            burst = f", bursting to {bought.burst[0]}" if bought.burst else ""
            return f"{bought.machines} x {bought.instance_type} ({_cards(bought.instance_type, bought.machines)}{burst})"
        case QuotaCapacity():
            return f"quota {bought.quota}{f' ({bought.quota_type})' if bought.quota_type else ''}"
        case VirtualCapacity():
            return f"virtual resource group {bought.id}"


def _cards(instance_type: str, machines: int) -> str:
    known = find(instance_type)
    return f"{machines * known.gpus} x {known.gpu}" if known else "GPUs not catalogued"


def billed(bought: GroupCapacity | PublicCapacity | QuotaCapacity | VirtualCapacity, serving: OnEas) -> str:
    """What the capacity costs money for, and when."""
    text = capacity(bought, serving)
    match bought:
        case PublicCapacity():
            return f"{text}, by the hour while they run"
        case GroupCapacity():
            group = f"a resource group of somebody else's ({text})" if bought.adopt else f"{text}, {bought.charge_type}"
            return f"{group}; public machines by the hour while they run" if bought.burst else group
        case _:
            return f"nothing by this stack: {text} is there already"


def runs(serving: OnEas, gpus: int | None) -> str:
    """What runs on it, and what stays free of `gpus` where that is known."""
    if not serving.running:
        return "nothing runs: the service is stopped"
    size = serving.replicas.gpus
    text = f"{count(serving)} x {size} GPU{'s' if size > 1 else ''} run"
    return text if gpus is None else f"{text}, {max(0, gpus - serving.replicas.count * size)} stay free"


def updates(serving: OnEas) -> str:
    """What an update does to the endpoint, and what becomes of one that fails."""
    in_place = "the endpoint is down meanwhile" if serving.replicas.count == 1 else "a replica less meanwhile"
    how = "by surge (a replica more meanwhile)" if serving.update == "surge" else f"in place ({in_place})"
    return f"{how}, {'rolled back' if serving.on_update_failure == 'rollback' else 'kept as they are'} when they fail"


def gateway(asked: Gateway | None) -> str | None:
    """What a private gateway of the stack's own is billed for."""
    if asked is None or asked.adopt is not None:
        return None
    return f"a private gateway of {asked.replicas or 1} x {asked.instance_type}, {asked.charge_type}"


def summary(serving: OnEas, bought: str, gpus: int | None) -> str:
    """What is billed, what stays free and what an update does, in one line."""
    more = gateway(serving.gateway)
    return f"billed: {bought}{f' and {more}' if more else ''}; {runs(serving, gpus)}; updates: {updates(serving)}"


def lines(serving: EasServing | ModelUnitServing, environment: str) -> Iterator[Line]:
    """What else is to be known: of spot machines, of shortages, of what is assumed, of what a setting holds back."""
    bought = serving.capacity
    if isinstance(bought, PublicCapacity):
        yield from _of_public(bought, serving, environment)
    unknown = [name for name in dict.fromkeys(bought.machine_types(serving.replicas.gpus)) if find(name) is None]
    if unknown:
        yield (
            "warn",
            f"{', '.join(unknown)}: not in the catalogue, so it is assumed to hold a replica of {serving.replicas.gpus} GPUs "
            "(fourways/catalog/instance_types.yaml)",
        )
    if serving.model.nas is not None:
        yield (
            "warn",
            f"the weights are mounted from {serving.model.nas.server}: replicas start only where that mount target can be reached from the "
            "stack's vSwitches (the same VPC, or one that is connected)",
        )
    if serving.roll_back_to is not None:
        yield (
            "warn",
            f"version {serving.roll_back_to} serves (rollBackTo); changes of the service are refused until rollBackTo is taken out",
        )
    if not serving.running and (serving.autoscaler or serving.schedule):
        yield "info", "while the service is stopped its scaler is taken out: it could start replicas"
    if serving.group is not None and not serving.group.live:
        yield "info", f"the service takes no traffic of the group {serving.group.name}: base_url is its own address"


def _of_public(bought: PublicCapacity, serving: OnEas, environment: str) -> Iterator[Line]:
    spot = bought.spot
    if spot is not None:
        kept = "not before its first hour is over" if spot.protection else "at any time"
        said = (
            f"spot: a machine is taken back when its market price passes {spot.price_limit:g} USD an hour or the cloud needs it, {kept}; "
            f"its replica starts again on another{', at the full price where there is no other' if spot.fallback else ''}, "
            "and answers nothing meanwhile"
        )
        yield "warn" if environment == "production" else "info", said
    if bought.patience_seconds is not None:
        minutes = bought.patience_seconds // 60
        yield (
            "info",
            f"without stock of {' or '.join(bought.instance_types)} for {minutes} minutes the service is deleted, and the run fails",
        )
    else:
        yield (
            "info",
            f"without stock of {' or '.join(bought.instance_types)} the service waits, unbilled, until there is some (onShortage: release "
            "gives up)",
        )
    wide = [known for name in bought.instance_types if (known := find(name)) is not None and known.gpus > serving.replicas.gpus]
    if wide:
        yield (
            "warn",
            f"a public machine holds one replica and is billed whole: of the GPUs of {', '.join(one.name for one in wide)} a replica uses "
            f"{serving.replicas.gpus} (replicas.gpus)",
        )
