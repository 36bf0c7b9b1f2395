"""What the doctor is told of a bare-metal stack: its instances, image, model and engine, and what of it is billed."""

from __future__ import annotations

from math import ceil
from typing import Any

from fourways.costs.documents import UNKNOWN
from fourways.doctor import Planned
from stacks.fit_lines import fit_lines
from stacks.kinds.bare_metal import SELF_SIGNED, BareMetalServing
from stacks.kinds.ecs_capacity import EcsCapacity
from stacks.model import Settings


def instance_facts(settings: Settings, serving: BareMetalServing) -> dict[str, Any]:
    """Fields of `Facts`."""
    bought, machines = serving.capacity, serving.replicas.count * serving.replicas.machines
    return {
        "at": "instances",
        "zones": settings.vpc.zones,
        "nat": settings.vpc.nat,
        "monitoring": serving.monitoring is not None,
        "logs": serving.monitoring is not None and serving.monitoring.logs is not None,
        "model": serving.model.id,
        "weights": serving.model.weights,
        "fits": tuple(fit_lines(serving)),
        "engine": serving.engine.name,
        "version": serving.engine.version,
        "image": serving.engine.image,
        "bought": f"{machines} x {bought.instance_types[0]}",
        "machines": machines,
        "types": bought.instance_types,
        "machine_image": bought.image,
        "charge_type": bought.charge_type,
        "spot": bought.spot is not None,
        "self_signed": serving.access.certificate == SELF_SIGNED,
        "grouped": not serving.fixed,
        "planned": tuple(_planned(settings, serving, machines)),
    }


def _planned(settings: Settings, serving: BareMetalServing, machines: int) -> list[Planned]:
    """The billed resources, with the inputs that decide their price (components/)."""
    found = _fixed(serving, machines) if serving.fixed else _grouped(serving)
    public = "Internet" if serving.access.public else "Intranet"
    balancer = {"loadBalancerEdition": "Standard", "addressType": public}
    found.append(Planned(type="alicloud:alb/loadBalancer:LoadBalancer", name="load balancer", inputs=balancer))
    found.append(Planned(type="fourways:kms:RandomSecret", name="API key", inputs={}))
    if settings.vpc.nat:
        found.append(Planned(type="alicloud:vpc/natGateway:NatGateway", name="NAT gateway", inputs={"paymentType": "PayAsYouGo"}))
        found.append(Planned(type="alicloud:ecs/eipAddress:EipAddress", name="EIP", inputs={"paymentType": "PayAsYouGo"}))
    return found


def _grouped(serving: BareMetalServing) -> list[Planned]:
    bought, scaling, spot = serving.capacity, serving.scaling, serving.capacity.spot
    limit = spot.price_limit if spot else None
    group = {
        "minSize": scaling.min if scaling else serving.replicas.count,
        # While a change is rolled out there are more; what scales never passes its own most.
        "maxSize": scaling.max if scaling else ceil(serving.replicas.count * serving.update.max_healthy_percent / 100),
        "desiredCapacity": serving.replicas.count,
        "launchTemplateId": UNKNOWN,
        "launchTemplateOverrides": [{"instanceType": type_, "spotPriceLimit": limit} for type_ in bought.instance_types],
        "compensateWithOnDemand": spot.fallback if spot else None,
    }
    template = {
        "instanceType": bought.instance_types[0],
        "spotStrategy": "SpotWithPriceLimit" if spot else "NoSpot",
        "spotPriceLimit": limit,
        "systemDisk": {"category": bought.system_disk.category, "size": bought.system_disk.size},
        "dataDisks": _weights_disks(bought),
    }
    return [
        Planned(type="alicloud:ess/scalingGroup:ScalingGroup", name="machines", inputs=group),
        Planned(type="alicloud:ecs/ecsLaunchTemplate:EcsLaunchTemplate", name="template", inputs=template),
    ]


def _fixed(serving: BareMetalServing, machines: int) -> list[Planned]:
    bought = serving.capacity
    inputs = {
        "instanceType": bought.instance_types[0],
        "instanceChargeType": bought.charge_type,
        "systemDiskCategory": bought.system_disk.category,
        "systemDiskSize": bought.system_disk.size,
        "dataDisks": _weights_disks(bought),
    }
    return [Planned(type="alicloud:ecs/instance:Instance", name=f"machine {number}", inputs=inputs) for number in range(1, machines + 1)]


def _weights_disks(bought: EcsCapacity) -> list[dict[str, Any]]:
    disk = bought.weights_disk
    return [{"category": disk.category, "size": disk.size, "performanceLevel": disk.performance_level}] if disk else []
