"""The Pulumi components, one a file, and `deploy`, which picks what a stack's kind needs. What a stack file may say is in `stacks`.

Here is what all kinds share; `eas`, `model_studio` and `bare_metal` hold what each way of serving is declared as.
"""

from __future__ import annotations

from components.endpoint import Endpoint
from stacks.kinds.bare_metal import BareMetalServing
from stacks.kinds.eas import EasServing
from stacks.kinds.model_unit import ModelUnitServing
from stacks.kinds.ptu import PtuServing
from stacks.kinds.studio_unit import StudioUnitServing
from stacks.kinds.token import TokenServing
from stacks.model import Settings

__all__ = ["Endpoint", "deploy"]


def deploy(settings: Settings) -> Endpoint:
    """Declares everything that a stack's kind needs and returns its endpoint."""
    # Imported where they are needed: a preview pays for no other kind.
    match settings.deployment:
        case ModelUnitServing() as serving:
            from components.eas.model_unit_deployment import deploy_model_unit

            return deploy_model_unit(settings, serving)
        case EasServing() as serving:
            from components.eas.payg_deployment import deploy_eas

            return deploy_eas(settings, serving)
        case StudioUnitServing() as serving:
            from components.model_studio.studio_unit_deployment import deploy_studio_units

            return deploy_studio_units(settings, serving)
        case PtuServing() as serving:
            from components.model_studio.reservation_deployment import deploy_ptu

            return deploy_ptu(settings, serving)
        case TokenServing() as serving:
            from components.model_studio.token_deployment import deploy_token

            return deploy_token(settings, serving)
        case BareMetalServing() as serving:
            from components.bare_metal.deployment import deploy_bare_metal

            return deploy_bare_metal(settings, serving)
        case other:
            raise TypeError(f"no component declares the kind {other.kind}")
