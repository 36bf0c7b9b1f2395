"""The type `fourways:modelstudio:ModelUnitDeployment`."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from fourways.cloud.credentials import CredentialsError
from fourways.cloud.errors import CloudError
from fourways.provider.kind import COMMON_OUTPUTS, INTEGER, STRING, Kind, Operations
from fourways.provider.names import MODEL_UNIT_DEPLOYMENT_TYPE
from fourways.provider.session import Session
from fourways.provider.values import Plain, contains_unknown

if TYPE_CHECKING:
    from fourways.provider.change import Change


class ModelUnitKind(Kind):
    """Model Studio's model units."""

    token: ClassVar[str] = MODEL_UNIT_DEPLOYMENT_TYPE
    description: ClassVar[str] = (
        "A model on Model Studio's model units, billed by unit and hour while it runs. Import id: REGION/DEPLOYED_MODEL (with "
        "DASHSCOPE_API_KEY set)."
    )
    example: ClassVar[str] = "ap-southeast-1/deepseek-v4-flash-1a2b3c4d"
    inputs: ClassVar[str] = "fourways.provider.modelstudio.unit_inputs:ModelUnitInputs"
    outputs: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "deployedModel": {**STRING, "description": "What requests name as their model."},
        "status": {**STRING, "description": "As the cloud spells it: PENDING, RUNNING, ..."},
        "readyUnits": {**INTEGER, "description": "Units that serve, and are billed."},
        "baseUnits": {**INTEGER, "description": "The least number of units, of which all others are multiples."},
        **COMMON_OUTPUTS,
    }
    volatile: ClassVar[tuple[str, ...]] = ("status", "readyUnits")
    stable: ClassVar[tuple[str, ...]] = ("name", "region", "model", "deployedModel", "account", "target")

    async def foresee_create(self, session: Session, urn: str, inputs: Mapping[str, Plain]) -> None:  # noqa: ARG002
        """Refuses what the region does not offer, as far as it can be asked: a key that is still to be made cannot ask."""
        from fourways.provider.modelstudio.unit_deployment import ModelUnits

        if contains_unknown(dict(inputs)):
            return
        with suppress(CloudError, CredentialsError):  # a preview works without the cloud; the create asks again
            await session.guard()
            await ModelUnits(session, str(inputs["region"])).choose(inputs, patient=False)

    async def foresee_update(
        self,
        session: Session,
        urn: str,
        state: Mapping[str, Plain],  # noqa: ARG002
        inputs: Mapping[str, Plain],
        change: Change,
    ) -> None:
        if change.touches("units", "prefillUnits", "decodeUnits"):
            await self.foresee_create(session, urn, inputs)

    def operations(self, session: Session, region: str) -> Operations:
        from fourways.provider.modelstudio.unit_deployment import ModelUnits

        return ModelUnits(session, region)
