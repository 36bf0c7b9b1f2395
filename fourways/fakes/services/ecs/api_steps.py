"""What happens to instances without any call, as steps of the side door: POST /_fake/console/STEP with JSON, `region` and `account`.

| step | JSON | what |
|---|---|---|
| instance-down | {"instanceId"} | the machine under it fails: Stopped at once, its connections cut, billed on |
| engine-down | {"instanceId"} | the engine hangs: connections are accepted and nobody answers |
| engine-up | {"instanceId"} | it answers again |
| engine-load | {"instanceId", "requests"} | its load shows so many requests more, which slow nothing down; 0 takes them back |
| zone-down | {"zone"} | every instance of the zone fails, and nothing is in stock there |
| zone-up | {"zone"} | there is stock again; what failed stays Stopped until somebody starts it |
| spot-reclaim | {"instanceId"} | take the spot instance back: Recycling after its protection, released 5 minutes later |
| spot-market-price | {"instanceType", "zone", "price"} | the market price from now on, an hour; bids below it lose their instances |

A zone is down for the account of the call. Answers: {"instances": [ids of what failed]}, {"released": {id: when}}.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from fourways.fakes.service import ConsoleStep, Scope
from fourways.fakes.services.ecs import instance_types
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.instances import LIVING, Instance
from fourways.fakes.services.ecs.machines.machine import Machine
from fourways.fakes.services.ecs.zones import checked_zone

Given = Mapping[str, Any]


def instance_down(scope: Scope, given: Given) -> dict[str, Any]:
    instance = _instance(scope, given)
    if instance.status not in LIVING:
        raise ValueError(f"{instance.id} is {instance.status} already")
    scope.backend(EcsBackend).instances.die(instance)
    return {"instances": [instance.id]}


def engine_down(scope: Scope, given: Given) -> dict[str, Any]:
    _machine(scope, given).hung = True
    return {}


def engine_up(scope: Scope, given: Given) -> dict[str, Any]:
    _machine(scope, given).hung = False
    return {}


def engine_load(scope: Scope, given: Given) -> dict[str, Any]:
    machine, requests = _machine(scope, given), given.get("requests")
    if not isinstance(requests, int) or isinstance(requests, bool) or requests < 0:
        raise ValueError(f"requests must be a whole number, not {requests!r}")
    machine.pretended = requests
    return {}


def zone_down(scope: Scope, given: Given) -> dict[str, Any]:
    backend, zone = scope.backend(EcsBackend), checked_zone(scope.region, str(given.get("zone")))
    backend.zones_down.add(zone)
    doomed = [instance for instance in backend.instances.made_by_users() if instance.zone == zone and instance.status in LIVING]
    for instance in doomed:
        backend.instances.die(instance)
    return {"instances": [instance.id for instance in doomed]}


def zone_up(scope: Scope, given: Given) -> dict[str, Any]:
    backend, zone = scope.backend(EcsBackend), checked_zone(scope.region, str(given.get("zone")))
    if zone not in backend.zones_down:
        raise ValueError(f"{zone} is not down")
    backend.zones_down.remove(zone)
    return {}


def spot_reclaim(scope: Scope, given: Given) -> dict[str, Any]:
    instance = _instance(scope, given)
    return _released(scope, {instance.id: scope.backend(EcsBackend).interruptions.reclaim(instance)})


def spot_market_price(scope: Scope, given: Given) -> dict[str, Any]:
    type, zone = instance_types.find(str(given.get("instanceType"))), checked_zone(scope.region, str(given.get("zone")))
    price = given.get("price")
    if not isinstance(price, int | float) or isinstance(price, bool) or price <= 0:
        raise ValueError(f"price must be above 0 an hour, not {price!r}")
    return _released(scope, scope.backend(EcsBackend).interruptions.set_price(type.name, zone, Decimal(str(price))))


STEPS: dict[str, ConsoleStep] = {
    "instance-down": instance_down,
    "engine-down": engine_down,
    "engine-up": engine_up,
    "engine-load": engine_load,
    "zone-down": zone_down,
    "zone-up": zone_up,
    "spot-reclaim": spot_reclaim,
    "spot-market-price": spot_market_price,
}


def _released(scope: Scope, at: dict[str, float]) -> dict[str, Any]:
    return {"released": {id: scope.clock.timestamp(moment) for id, moment in at.items()}}


def _instance(scope: Scope, given: Given) -> Instance:
    found = scope.backend(EcsBackend).instances.known(str(given.get("instanceId")))
    if found is None:
        raise ValueError(f"{scope.region} has no instance {given.get('instanceId')!r}")
    return found


def _machine(scope: Scope, given: Given) -> Machine:
    instance = _instance(scope, given)
    found = scope.backend(EcsBackend).machines.find(instance.id)
    if found is None or found.stage != "ready":
        raise ValueError(f"no engine runs on {instance.id}")
    return found
