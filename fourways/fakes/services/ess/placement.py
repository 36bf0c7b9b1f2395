"""Where a scale-out tries to start an instance, and as what: pure orders over types, vSwitches and prices, and the one call that starts it.

SDK 2022-02-22, CreateScalingGroup: the policies. That a group tries all types in a vSwitch before the next vSwitch is assumed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from fourways.fakes.service import Scope
from fourways.fakes.services.ecs import instance_types
from fourways.fakes.services.ess.launches import Blueprint
from fourways.fakes.services.ess.records import Member, ScalingGroup
from fourways.fakes.services.shared.billing import hourly_price
from fourways.fakes.wire.errors import CloudError

ECS_VERSION = "2014-05-26"


@dataclass(frozen=True)
class Place:
    """One try. `spot` is the spot strategy."""

    type: str
    vswitch: str
    spot: str


def balances(group: ScalingGroup) -> bool:
    policy = str(group.options["MultiAZPolicy"])
    return policy == "BALANCE" or (policy == "COMPOSABLE" and bool(group.options["AzBalance"]))


def cheapest_first(group: ScalingGroup) -> bool:
    policy = str(group.options["MultiAZPolicy"])
    return policy == "COST_OPTIMIZED" or (policy == "COMPOSABLE" and str(group.options["AllocationStrategy"]) == "lowestPrice")


def vswitches(group: ScalingGroup) -> list[str]:
    """In the order in which they are tried: as given, or the emptiest first."""
    used = Counter(member.vswitch for member in group.staying)
    order = group.vswitches or [""]
    return sorted(order, key=lambda id: used[id]) if balances(group) else order


def on_demand_wanted(group: ScalingGroup) -> bool:
    """Whether the next of a group that mixes has to be on-demand: first the base, then its percentage of what is above it."""
    staying = group.staying
    base, share = int(group.options["OnDemandBaseCapacity"]), int(group.options["OnDemandPercentageAboveBaseCapacity"])
    wanted = base + ceil(max(0, len(staying) + 1 - base) * share / 100)
    return sum(1 for member in staying if member.spot == "NoSpot") < wanted


def mixes(group: ScalingGroup) -> bool:
    return group.options["MultiAZPolicy"] in ("COST_OPTIMIZED", "COMPOSABLE")


def tries(group: ScalingGroup, blueprint: Blueprint, prices: dict[str, Decimal]) -> list[Place]:
    """Every place in its turn; `prices` per vCPU and hour by type."""
    types = sorted(blueprint.types, key=lambda type: prices[type]) if cheapest_first(group) else blueprint.types
    pairs = [(type, vswitch) for vswitch in vswitches(group) for type in types]
    preferred = [pair for pair in blueprint.priorities if pair in pairs]
    pairs = [*preferred, *(pair for pair in pairs if pair not in preferred)]
    spot = blueprint.spot
    if spot != "NoSpot" and mixes(group) and on_demand_wanted(group):
        spot = "NoSpot"
    found = [Place(type, vswitch, spot) for type, vswitch in pairs]
    if spot != "NoSpot" and mixes(group) and group.options["CompensateWithOnDemand"]:
        found += [Place(type, vswitch, "NoSpot") for type, vswitch in pairs]
    return found


def per_vcpu(scope: Scope, type: str) -> Decimal:
    found = instance_types.find(type)
    return hourly_price(scope, instance_types.KIND, type, found.stand_in())[0] / found.vcpus


def start(scope: Scope, group: ScalingGroup, blueprint: Blueprint) -> Member:
    """One instance in the first place that takes it. Raises the last refusal when none does."""
    prices = {type: per_vcpu(scope, type) for type in blueprint.types}
    refusal = CloudError(403, "OperationDenied.NoStock", "There is no place to try.")
    for place in tries(group, blueprint, prices):
        try:
            answer = scope.ask(ECS_VERSION, "RunInstances", **blueprint.parameters(place.type, place.vswitch, place.spot))
        except CloudError as refused:
            refusal = refused
            continue
        id = str(answer["InstanceIdSets"]["InstanceIdSet"][0])
        return Member(id, scope.clock.now(), blueprint.source, vswitch=place.vswitch, type=place.type, spot=place.spot)
    raise refusal
