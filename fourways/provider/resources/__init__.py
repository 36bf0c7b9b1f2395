"""The resource classes of the provider `fourways`, for programs and components: declared inputs, typed outputs, nothing else.

What the inputs mean, which of them replace and how they are checked is in `*_inputs.py` of `eas/`, `modelstudio/`, `kms/`, `cas/`,
`ess/` and `alb/`; the names here are those of the schema.
"""

from __future__ import annotations

from fourways.provider.resources.alb import AlbEndpoint
from fourways.provider.resources.cas import CasSelfSignedCertificate
from fourways.provider.resources.eas import EasResourceGroup, EasService
from fourways.provider.resources.eas_gateway import EasGateway
from fourways.provider.resources.eas_scalers import EasAutoscaler, EasCronScaler
from fourways.provider.resources.ess import EssRollout
from fourways.provider.resources.kms import KmsRandomSecret
from fourways.provider.resources.modelstudio import (
    ModelStudioApiKey,
    ModelStudioModelLimits,
    ModelStudioModelPermissions,
    ModelStudioWorkspace,
)
from fourways.provider.resources.modelstudio_deployments import ModelStudioModelUnitDeployment, ModelStudioReservation
from fourways.provider.resources.provider import Provider

__all__ = [
    "AlbEndpoint",
    "CasSelfSignedCertificate",
    "EasAutoscaler",
    "EasCronScaler",
    "EasGateway",
    "EasResourceGroup",
    "EasService",
    "EssRollout",
    "KmsRandomSecret",
    "ModelStudioApiKey",
    "ModelStudioModelLimits",
    "ModelStudioModelPermissions",
    "ModelStudioModelUnitDeployment",
    "ModelStudioReservation",
    "ModelStudioWorkspace",
    "Provider",
]
