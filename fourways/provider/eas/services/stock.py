"""Which public instance types are to be had, and the words for it.

On EAS a type without stock is no failure: the service waits for it. DescribeMachineSpec (alibabacloud-eas20210701 7.0.0) says WithStock,
ClosedWithStock or NoStock. ClosedWithStock counts as short: ECS, whose words they are, calls it a stock that is not replenished (help
centre, DescribeAvailableResource).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fourways.provider.eas.api import Answer, Eas

NO_STOCK = ("NoStock", "ClosedWithStock")
NOT_OFFERED = "not offered here"
#: The entry of cloud.computing.instances that means the resource group itself (help centre, 'Parameters of model services').
DEDICATED = "dedicated_resource"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One entry of a service JSON's list of public instance types; `limit` is the price in USD an hour that spot may cost."""

    type: str
    limit: float | None = None


@dataclass(frozen=True, kw_only=True)
class Stock:
    """The state of each type that was asked for."""

    states: Mapping[str, str]

    def short(self, types: Sequence[str]) -> list[str]:
        """Those of `types` that are not to be had now."""
        return [name for name in types if self.states.get(name, NOT_OFFERED) in (*NO_STOCK, NOT_OFFERED)]

    def had(self, types: Sequence[str]) -> list[str]:
        """Those of `types` that are to be had now."""
        short = self.short(types)
        return [name for name in types if name not in short]

    def listed(self, types: Sequence[str]) -> str:
        """`ecs.a (NoStock), ecs.b (not offered here)`."""
        return ", ".join(f"{name} ({self.states.get(name, NOT_OFFERED)})" for name in types)


async def look_up(eas: Eas, types: Sequence[str]) -> Stock:
    """Asks DescribeMachineSpec. Raises CloudError."""
    wanted = list(dict.fromkeys(types))
    rows = {str(row.get("InstanceType")): str(row.get("StockStatus")) for row in await eas.machine_specs(wanted)} if wanted else {}
    return Stock(states={name: rows.get(name, NOT_OFFERED) for name in wanted})


def offers(config: Mapping[str, Any]) -> list[Offer]:
    """The public instance types of a service JSON in their order: cloud.computing.instances, or instance_type."""
    cloud = config.get("cloud")
    computing = cloud.get("computing") if isinstance(cloud, Mapping) else None
    if not isinstance(computing, Mapping):
        return []
    listed = computing.get("instances")
    entries = [entry for entry in listed if isinstance(entry, Mapping)] if isinstance(listed, list) else []
    found = [
        Offer(type=entry["type"], limit=_number(entry.get("spot_price_limit")))
        for entry in entries
        if isinstance(entry.get("type"), str) and entry["type"] not in ("", DEDICATED)
    ]
    single = computing.get("instance_type")
    return found or ([Offer(type=single)] if isinstance(single, str) and single else [])


def types_of(config: Mapping[str, Any]) -> list[str]:
    """The public instance types of a service JSON, each once."""
    return list(dict.fromkeys(offer.type for offer in offers(config)))


def alternatives_text(stock: Stock, alternatives: Sequence[str]) -> str:
    """What to name instead: `; the model fits ecs.c, too, which has stock`. Empty without alternatives."""
    if not alternatives:
        return ""
    there = stock.had(alternatives)
    if not there:
        return f"; of the alternatives none has stock: {stock.listed(alternatives)}"
    one = "it" if len(there) == 1 else "one"
    return f"; the model fits {' and '.join(there)}, too, with stock now: name {one} in cloud.computing.instances"


def preview_text(stock: Stock, config: Mapping[str, Any], alternatives: Sequence[str], ending: str) -> str | None:
    """One line for types that are short before the deployment, None when all are to be had. `ending`: what becomes of a service that
    finds no place."""
    types = types_of(config)
    short = stock.short(types)
    if not short:
        return None
    there = stock.had(types)
    if there:
        return f"no stock now of {stock.listed(short)}: it would run on {there[0]}, which has"
    return f"no stock now of {stock.listed(short)}: {ending}{alternatives_text(stock, alternatives)}"


def placed_text(stock: Stock, config: Mapping[str, Any], instances: Sequence[Answer]) -> str | None:
    """One line when replicas run on another type than the first that was asked for (or not on spot, where that comes first), with why."""
    listed, others = offers(config), elsewhere(config, instances)
    if not others:
        return None
    first = (listed[0].type, listed[0].limit is not None)
    where = " and ".join(_named(name, spot) for name, spot in others)
    state = stock.states.get(first[0], NOT_OFFERED)
    if state in (*NO_STOCK, NOT_OFFERED):
        why = f"had no stock (now: {state})"
    else:
        why = (
            f"was not to be had at {listed[0].limit:g} USD/hour or less"
            if listed[0].limit is not None
            else "had no stock when they were placed"
        )
    share = "some replicas run" if first in _places(instances) else "its replicas run"
    return f"{share} on {where}: {_named(*first)}, which comes first, {why}"


def elsewhere(config: Mapping[str, Any], instances: Sequence[Answer]) -> list[tuple[str, bool]]:
    """The declared types (and whether it is spot) that replicas run on, without the one that comes first."""
    listed = offers(config)
    first = (listed[0].type, listed[0].limit is not None) if listed else None
    return sorted(place for place in _places(instances) if place != first and place[0] in types_of(config))


def instance_types(instances: Sequence[Answer]) -> list[str]:
    """What the replicas run on, each type once, in the order of ListServiceInstances. Those that are going do not count."""
    return list(
        dict.fromkeys(str(one["InstanceType"]) for one in instances if one.get("InstanceType") and one.get("Status") != "Terminating")
    )


def _places(instances: Sequence[Answer]) -> set[tuple[str, bool]]:
    """Type and whether it is spot, of all that have a place and keep it."""
    return {
        (str(one["InstanceType"]), bool(one.get("IsSpot")))
        for one in instances
        if one.get("InstanceType") and one.get("Status") != "Terminating"
    }


def _named(name: str, spot: bool) -> str:
    return f"{name} on spot" if spot else name


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
