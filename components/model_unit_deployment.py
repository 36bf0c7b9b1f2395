"""A model on Model Units: network, machines and service put together, and one line that says what that means."""

from __future__ import annotations

import pulumi

from components.eas_service import EasService, EasServiceArgs
from components.endpoint import Endpoint, expiry
from components.model_unit import ModelUnit, ModelUnitArgs
from components.names import names
from components.network import Network, NetworkArgs
from components.service_container import start_seconds
from components.service_json import service_json
from components.service_networking import Surroundings
from components.service_placement import on_group
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


def summary(serving: ModelUnitServing, layout: MachineLayout) -> str:
    """What is billed, what stays free and what an update does, in one line."""
    replicas = serving.replicas
    used = replicas.count * replicas.gpus
    billed = (
        "a resource group of somebody else's" if serving.capacity.adopt else f"{capacity(serving, layout)}, {serving.capacity.charge_type}"
    )
    return f"billed: {billed}; {replicas.count} x {replicas.gpus} GPUs run, {layout.gpus - used} stay free; updates: {updates(serving)}"


def updates(serving: ModelUnitServing) -> str:
    """What an update does to the endpoint, and what becomes of one that fails."""
    in_place = "the endpoint is down meanwhile" if serving.replicas.count == 1 else "a replica less meanwhile"
    how = "by surge (a replica more meanwhile)" if serving.update == "surge" else f"in place ({in_place})"
    return f"{how}, {'rolled back' if serving.on_update_failure == 'rollback' else 'kept as they are'} when they fail"


def deploy_model_unit(settings: Settings, serving: ModelUnitServing) -> Endpoint:
    """Declares the network, the machines and the service of a stack of kind `model-unit` on EAS machines."""
    layout = serving.capacity.machines(serving.replicas.gpus)
    owned = tags(settings)
    provider = pulumi.ResourceOptions(providers=[resources.Provider("fourways", account=settings.account)])
    network = Network("network", NetworkArgs(settings=settings.vpc, names=names(settings), tags=owned, protect=settings.protect))
    machines = ModelUnit(
        "model-unit",
        ModelUnitArgs(region=settings.region, capacity=serving.capacity, layout=layout, tags=owned, protect=settings.protect),
        provider,
    )
    placement = on_group(machines.resource_id, layout.instance_type, serving.replicas.gpus)
    around = Surroundings(
        vpc_id=network.vpc_id,
        vswitch_ids=network.vswitch_ids,
        security_group_id=network.security_group_id,
    )
    service = EasService(
        "eas",
        EasServiceArgs(
            region=settings.region,
            service_name=settings.service_name,
            config=service_json(serving, settings.region, placement, around),
            labels=owned,
            public=serving.access.public,
            start_seconds=start_seconds(serving.model.size_gib or 0),
            workspace=serving.workspace,
            on_update_failure=serving.on_update_failure,
            protect=settings.protect,
            # The way out must be there before the engine starts and looks for it.
            after=[network] if settings.vpc.nat else [],
        ),
        provider,
    )
    pulumi.info(summary(serving, layout))
    return Endpoint(
        base_url=service.base_url,
        api_key=service.api_key,
        model=serving.model.id,
        kind=serving.kind,
        region=settings.region,
        capacity=capacity(serving, layout),
        expires_at=expiry(settings),
    )
