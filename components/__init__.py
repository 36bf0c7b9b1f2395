"""The Pulumi components, one a file, and `deploy`, which picks what a stack's kind needs. What a stack file may say is in `stacks`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from components.endpoint import Endpoint
from components.model_unit_deployment import deploy_model_unit
from components.reservation_deployment import deploy_ptu
from components.studio_unit_deployment import deploy_studio_units
from components.token_deployment import deploy_token
from stacks.kinds import Kind
from stacks.kinds.model_unit import ModelUnitServing
from stacks.kinds.ptu import PtuServing
from stacks.kinds.studio_unit import StudioUnitServing
from stacks.kinds.token import TokenServing
from stacks.model import Settings

__all__ = ["Endpoint", "deploy"]

KINDS: dict[type[Kind], Callable[[Settings, Any], Endpoint]] = {
    TokenServing: deploy_token,
    PtuServing: deploy_ptu,
    ModelUnitServing: deploy_model_unit,
    StudioUnitServing: deploy_studio_units,
}


def deploy(settings: Settings) -> Endpoint:
    """Declares everything that a stack's kind needs and returns its endpoint."""
    serving = settings.deployment
    return KINDS[type(serving)](settings, serving)
