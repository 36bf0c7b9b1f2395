"""A model on Model Units that Model Studio runs: key and units put together, and one line that says what that means."""

from __future__ import annotations

import pulumi

from components.endpoint import Endpoint, expiry
from components.model_studio.studio_units import StudioUnits, StudioUnitsArgs
from components.model_studio.token_api import way_in
from components.model_studio.token_deployment import opens
from fourways.provider import resources
from stacks.kinds.studio_unit import StudioCapacity, StudioUnitServing
from stacks.model import Settings


def capacity(bought: StudioCapacity) -> str:
    """What is bought, in its own unit: `8 x MU1 (Model Studio)`."""
    return f"{bought.units} x {bought.spec} (Model Studio)"


def summary(serving: StudioUnitServing) -> str:
    """What is billed from when, in one line."""
    return f"billed: {capacity(serving.capacity)}, by the hour while the model runs; {opens(serving.key, serving.model.id)}"


def deploy_studio_units(settings: Settings, serving: StudioUnitServing) -> Endpoint:
    """Declares the workspace, the key and the deployment of a stack of kind `model-unit` whose source is Model Studio."""
    provider = pulumi.ResourceOptions(providers=[resources.Provider("fourways", account=settings.account)])
    access = way_in(settings, serving, provider, deploys=True)
    units = StudioUnits(
        "model-unit",
        StudioUnitsArgs(
            region=settings.region,
            name=settings.service_name,
            model=serving.model.id,
            capacity=serving.capacity,
            limits=serving.limits,
            api_key=access.api_key,
            host=access.host,
            workspace_id=access.workspace_id,
            protect=settings.protect,
            after=access.rights,
        ),
        provider,
    )
    pulumi.info(summary(serving))
    return Endpoint(
        base_url=access.base_url,
        api_key=access.api_key,
        model=units.model,
        kind=serving.kind,
        region=settings.region,
        capacity=capacity(serving.capacity),
        expires_at=expiry(settings),
    )
