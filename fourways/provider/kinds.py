"""The resource types of this provider."""

from __future__ import annotations

from fourways.provider.alb.endpoint_kind import EndpointKind
from fourways.provider.cas.certificate_kind import SelfSignedCertificateKind
from fourways.provider.eas.gateways.gateway_kind import GatewayKind
from fourways.provider.eas.groups.group_kind import ResourceGroupKind
from fourways.provider.eas.scalers.scaler_kinds import AutoscalerKind, CronScalerKind
from fourways.provider.eas.services.service_kind import ServiceKind
from fourways.provider.errors import ProviderError
from fourways.provider.ess.rollout_kind import RolloutKind
from fourways.provider.kind import Kind
from fourways.provider.kms.secret_kind import RandomSecretKind
from fourways.provider.modelstudio.key_kinds import ApiKeyKind, ModelLimitsKind, ModelPermissionsKind, WorkspaceKind
from fourways.provider.modelstudio.reservation_kind import ReservationKind
from fourways.provider.modelstudio.unit_kind import ModelUnitKind

KINDS: dict[str, Kind] = {
    kind.token: kind
    for kind in (
        ServiceKind(),
        ResourceGroupKind(),
        GatewayKind(),
        AutoscalerKind(),
        CronScalerKind(),
        WorkspaceKind(),
        ApiKeyKind(),
        ModelLimitsKind(),
        ModelPermissionsKind(),
        ReservationKind(),
        ModelUnitKind(),
        RandomSecretKind(),
        SelfSignedCertificateKind(),
        RolloutKind(),
        EndpointKind(),
    )
}


def kind_of(urn: str) -> Kind:
    """The kind of a URN, whose type part names the parents first (`parent$own`; the SDK's `type` keeps them all). Raises ProviderError."""
    token = urn.split("::")[2].rsplit("$", 1)[-1]
    if token not in KINDS:
        raise ProviderError(f"no resource type {token}. Allowed: {', '.join(sorted(KINDS))}.")
    return KINDS[token]
