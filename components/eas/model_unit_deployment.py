"""A model on Model Units: the machines that make them up, and on them what every stack on PAI-EAS has."""

from __future__ import annotations

import pulumi

from components.eas.deployment import Ground, deploy_on_eas, watch
from components.eas.model_unit import ModelUnit, ModelUnitArgs
from components.eas.service_placement import on_group
from components.endpoint import Endpoint
from components.tags import tags
from fourways.catalog.instance_types import instance_type
from fourways.catalog.units import MachineLayout
from fourways.provider import resources
from stacks.kinds.model_unit import ModelUnitServing
from stacks.model import Settings


def capacity(serving: ModelUnitServing, layout: MachineLayout) -> str:
    """What is bought, in its own unit: `4 x MU1 (1 x ml.gu8tef.4.23xlarge, 4 x H20-141G)`."""
    card = instance_type(layout.instance_type).gpu
    return f"{serving.capacity.units} x {serving.capacity.spec} ({layout.machines} x {layout.instance_type}, {layout.gpus} x {card})"


def billed(serving: ModelUnitServing, layout: MachineLayout) -> str:
    """What the units cost money for."""
    if serving.capacity.adopt:
        return "a resource group of somebody else's"
    return f"{capacity(serving, layout)}, {serving.capacity.charge_type}"


def deploy_model_unit(settings: Settings, serving: ModelUnitServing) -> Endpoint:
    """Declares what watches, the machines, and what runs on them, of a stack of kind `model-unit` on EAS machines."""
    layout = serving.capacity.machines(serving.replicas.gpus)
    provider = pulumi.ResourceOptions(providers=[resources.Provider("fourways", account=settings.account)])
    machines = ModelUnit(
        "model-unit",
        ModelUnitArgs(
            region=settings.region,
            capacity=serving.capacity,
            layout=layout,
            tags=tags(settings),
            log=watch(settings, serving, adopted=serving.capacity.adopt),
            protect=settings.protect,
        ),
        provider,
    )
    ground = Ground(
        placement=on_group(machines.resource_id, layout.instance_type, serving.replicas.gpus),
        capacity=capacity(serving, layout),
        billed=billed(serving, layout),
        gpus=layout.gpus,
    )
    return deploy_on_eas(settings, serving, ground, provider)
