"""The types `fourways:eas:Autoscaler` and `fourways:eas:CronScaler`."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from fourways.cloud.credentials import CredentialsError
from fourways.cloud.errors import CloudError
from fourways.provider.errors import ProviderError
from fourways.provider.kind import COMMON_OUTPUTS, Kind, Operations
from fourways.provider.names import AUTOSCALER_TYPE, CRON_SCALER_TYPE
from fourways.provider.session import Session
from fourways.provider.values import UNKNOWN, Plain, Properties

if TYPE_CHECKING:
    from fourways.provider.eas.scalers.scalers import Scalers


class ScalerKind(Kind):
    """What both have in common."""

    example: ClassVar[str] = "ap-southeast-1/chat"
    outputs: ClassVar[Mapping[str, Mapping[str, Any]]] = COMMON_OUTPUTS
    stable: ClassVar[tuple[str, ...]] = ("region", "serviceName", "account", "target")

    def alone(self, inputs: Mapping[str, Plain]) -> tuple[str, str] | None:
        """A service is scaled by one resource: two that name it are told at the check."""
        region, name = inputs.get("region"), inputs.get("serviceName")
        return ("serviceName", f"scaling of service {name} in {region}") if isinstance(region, str) and isinstance(name, str) else None

    async def foresee_create(self, session: Session, urn: str, inputs: Mapping[str, Plain]) -> None:  # noqa: ARG002
        """What the create would refuse, where service and cloud can be asked: a preview works without them."""
        if UNKNOWN in (inputs.get("serviceName"), inputs.get("region")):
            return
        text = None
        with suppress(ProviderError, CloudError, CredentialsError):
            await session.guard()
            text = await self.scalers(session, str(inputs["region"]), patient=False).refusal(Properties(plain=dict(inputs)))
        if text:
            raise ProviderError(text)

    def operations(self, session: Session, region: str) -> Operations:
        return self.scalers(session, region)

    def scalers(self, session: Session, region: str, *, patient: bool = True) -> Scalers:
        from fourways.provider.eas.api import Eas
        from fourways.provider.eas.scalers import scaler_forms
        from fourways.provider.eas.scalers.scalers import Scalers

        forms = {form.type: form for form in (scaler_forms.AUTOSCALER, scaler_forms.CRON_SCALER)}
        return Scalers(session, Eas(session, region, patient=patient), forms[self.token], self.model())


class AutoscalerKind(ScalerKind):
    """The horizontal autoscaler of a service."""

    token: ClassVar[str] = AUTOSCALER_TYPE
    description: ClassVar[str] = "The horizontal autoscaler of a PAI-EAS service, by its load. Import id: REGION/SERVICE."
    inputs: ClassVar[str] = "fourways.provider.eas.scalers.scaler_inputs:AutoscalerInputs"


class CronScalerKind(ScalerKind):
    """The scheduled scaling of a service."""

    token: ClassVar[str] = CRON_SCALER_TYPE
    description: ClassVar[str] = "The scheduled scaling of a PAI-EAS service, by the clock. Import id: REGION/SERVICE."
    inputs: ClassVar[str] = "fourways.provider.eas.scalers.scaler_inputs:CronScalerInputs"
