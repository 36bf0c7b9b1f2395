"""The Pulumi components, one a file, and `deploy`, which picks what a stack's kind needs. What a stack file may say is in `stacks`."""

from __future__ import annotations

from components.endpoint import Endpoint
from components.model_unit_deployment import deploy_model_unit
from stacks.model import Settings

__all__ = ["Endpoint", "deploy"]

KINDS = {"model-unit": deploy_model_unit}


def deploy(settings: Settings) -> Endpoint:
    """Declares everything that a stack's kind needs and returns its endpoint."""
    return KINDS[settings.serving.kind](settings)
