"""What happens to services without any call, as steps of the side door: POST /_fake/console/STEP with JSON, `region` and `account` as ever.

| step | JSON | what |
|---|---|---|
| reclaim-spot | {"service", "instance"?} | take back the spot machines of the service, or of one instance, after their protection |
| spot-price | {"instance_type", "price"} | the market price from now on, USD an hour with protection; bids below it lose their machines |
| node-down | {"machine"} or {"service", "instance"} | a group's machine, or the node of an instance on public resources, stops working |
| node-up | {"machine"} | a group's machine works again |

The first two answer {"reclaimed": {instance: the time at which it ends}}.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from fourways.fakes.service import Scope
from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.eas.placement import machine_types
from fourways.fakes.services.eas.records import Machine, Replica, Service

Given = Mapping[str, Any]


def reclaim_spot(scope: Scope, given: Given) -> dict[str, Any]:
    home = scope.backend(EasBackend)
    service = _service(home, given)
    chosen = [_replica(service, given)] if given.get("instance") else [replica for replica in service.replicas if replica.bid]
    if not chosen:
        raise ValueError(f"service {service.name} has no instance on spot")
    return _reclaimed(scope, {replica.name: home.interruptions.reclaim(service, replica) for replica in chosen})


def spot_price(scope: Scope, given: Given) -> dict[str, Any]:
    name, price = str(given.get("instance_type")), given.get("price")
    if machine_types.find(scope, name) is None:
        raise ValueError(f"there is no instance type {name}")
    if not isinstance(price, int | float) or isinstance(price, bool) or price <= 0:
        raise ValueError(f"price must be above 0 USD an hour, not {price!r}")
    return _reclaimed(scope, scope.backend(EasBackend).interruptions.set_price(name, Decimal(str(price))))


def node_down(scope: Scope, given: Given) -> dict[str, Any]:
    home = scope.backend(EasBackend)
    if given.get("machine"):
        home.interruptions.node_down(_machine(home, given))
        return {}
    service = _service(home, given)
    replica = _replica(service, given)
    if replica.place is None:
        raise ValueError(f"{replica.name} waits for a node and has none")
    if replica.machine is not None:
        raise ValueError(f"{replica.name} runs on machine {replica.machine}: name that")
    home.interruptions.lose_node(service, replica)
    return {}


def node_up(scope: Scope, given: Given) -> dict[str, Any]:
    home = scope.backend(EasBackend)
    machine = _machine(home, given)
    if machine.status != "NotReady":
        raise ValueError(f"machine {machine.id} is {machine.status}, not NotReady")
    home.interruptions.node_up(machine)
    return {}


STEPS = {"reclaim-spot": reclaim_spot, "spot-price": spot_price, "node-down": node_down, "node-up": node_up}


def _reclaimed(scope: Scope, at: dict[str, float]) -> dict[str, Any]:
    return {"reclaimed": {name: scope.clock.timestamp(moment) for name, moment in at.items()}}


def _service(home: EasBackend, given: Given) -> Service:
    found = home.services.get(str(given.get("service")))
    if found is None:
        raise ValueError(f"{home.scope.region} has no service {given.get('service')!r}")
    return found


def _replica(service: Service, given: Given) -> Replica:
    found = service.replica(str(given.get("instance")))
    if found is None:
        raise ValueError(f"service {service.name} has no instance {given.get('instance')!r}")
    return found


def _machine(home: EasBackend, given: Given) -> Machine:
    wanted = str(given.get("machine"))
    found = next((group.machines[wanted] for group in home.groups.values() if wanted in group.machines), None)
    if found is None:
        raise ValueError(f"{home.scope.region} has no machine {wanted!r}")
    return found
