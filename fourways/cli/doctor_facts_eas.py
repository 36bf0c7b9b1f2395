"""What the doctor is told of a stack on PAI-EAS: its machines, model and engine, and what of it is billed."""

from __future__ import annotations

from typing import Any

from fourways.doctor import Planned
from stacks.fit_lines import fit_lines
from stacks.kinds.eas import EasServing
from stacks.kinds.eas_capacity import GroupCapacity, PublicCapacity, QuotaCapacity, VirtualCapacity, public_entries
from stacks.kinds.model_unit import Capacity, ModelUnitServing
from stacks.kinds.on_eas import OnEas
from stacks.model import Settings

Serving = ModelUnitServing | EasServing


def eas_facts(settings: Settings, serving: OnEas) -> dict[str, Any]:
    """Fields of `Facts`."""
    assert isinstance(serving, ModelUnitServing | EasServing)
    return {
        "service": settings.service_name,
        "zones": settings.vpc.zones,
        "nat": settings.vpc.nat,
        "monitoring": serving.monitoring is not None,
        "logs": serving.monitoring is not None and serving.monitoring.logs is not None,
        "model": serving.model.id,
        "weights": _weights(settings, serving),
        "fits": tuple(fit_lines(serving)),
        "engine": serving.engine.name,
        "version": serving.engine.version,
        "image": serving.engine.image,
        **_machines(serving),
        "planned": (*_planned_capacity(serving), *_planned_around(settings, serving)),
    }


def _machines(serving: Serving) -> dict[str, Any]:
    match serving.capacity:
        case Capacity() as units:
            layout = units.machines(serving.replicas.gpus)
            bought = f"{units.units} x {units.spec}"
            return {"bought": bought, "machine": layout.instance_type, "machines": layout.machines, "adopted": units.adopt}
        case GroupCapacity() as group:
            bought = f"{group.machines} x {group.instance_type}"
            own = {"bought": bought, "machine": group.instance_type, "machines": group.machines, "adopted": group.adopt}
            return {**own, "types": group.burst or ()}
        case PublicCapacity() as public:
            return {"types": public.instance_types}
        case QuotaCapacity() as quota:
            return {"lent": f"quota {quota.quota}"}
        case VirtualCapacity() as virtual:
            return {"lent": f"virtual resource group {virtual.id}"}


def _weights(settings: Settings, serving: Serving) -> str:
    model = serving.model
    if model.nas is not None:
        return f"NAS {model.nas.server}:{model.nas.path}"
    if model.cpfs is not None:
        return f"CPFS {model.cpfs.file_system}:{model.cpfs.path}"
    return model.folder(settings.region) or ""


def _planned_capacity(serving: Serving) -> list[Planned]:
    """The billed resources that hold the replicas, with the inputs that decide their price (components/)."""
    match serving.capacity:
        case Capacity() as units if units.adopt is None:
            layout = units.machines(serving.replicas.gpus)
            return [_group(layout.instance_type, layout.machines, units.charge_type)]
        case GroupCapacity() as group if group.adopt is None:
            return [_group(group.instance_type, group.machines, group.charge_type)]
        case PublicCapacity() as public:
            config = {
                "metadata": {"instance": serving.replicas.count},
                "cloud": {"computing": {"instances": public_entries(public.instance_types, public.spot)}},
            }
            return [Planned(type="fourways:eas:Service", name="service", inputs={"config": config, "running": serving.running})]
        case _:
            return []


def _group(instance_type: str, machines: int, charge_type: str) -> Planned:
    inputs = {"instanceType": instance_type, "instanceCount": machines, "chargeType": charge_type}
    return Planned(type="fourways:eas:ResourceGroup", name="machines", inputs=inputs)


def _planned_around(settings: Settings, serving: Serving) -> list[Planned]:
    """Gateway and way out."""
    found: list[Planned] = []
    gateway = serving.gateway
    if gateway is not None and gateway.adopt is None:
        inputs = {"instanceType": gateway.instance_type, "replicas": gateway.replicas, "chargeType": gateway.charge_type}
        found.append(Planned(type="fourways:eas:Gateway", name="gateway", inputs=inputs))
    if settings.vpc.nat:
        found.append(Planned(type="alicloud:vpc/natGateway:NatGateway", name="NAT gateway", inputs={"paymentType": "PayAsYouGo"}))
        found.append(Planned(type="alicloud:ecs/eipAddress:EipAddress", name="EIP", inputs={"paymentType": "PayAsYouGo"}))
    return found
