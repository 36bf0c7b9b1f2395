"""The type `fourways:eas:Service`."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from fourways.cloud.credentials import CredentialsError
from fourways.cloud.errors import CloudError
from fourways.provider.errors import ProviderError
from fourways.provider.kind import COMMON_OUTPUTS, INTEGER, STRING, Kind, Operations
from fourways.provider.names import SERVICE_TYPE
from fourways.provider.session import Session
from fourways.provider.values import UNKNOWN, Plain

if TYPE_CHECKING:
    from fourways.provider.change import Change
    from fourways.provider.eas.service import Services


class ServiceKind(Kind):
    """A PAI-EAS service."""

    token: ClassVar[str] = SERVICE_TYPE
    description: ClassVar[str] = "A PAI-EAS service. Import id: REGION/NAME."
    example: ClassVar[str] = "ap-southeast-1/chat"
    inputs: ClassVar[str] = "fourways.provider.eas.inputs:ServiceInputs"
    outputs: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "serviceId": {**STRING, "description": "The cloud's id of the service."},
        "status": {**STRING, "description": "As the cloud spells it: Running, Waiting, Failed..."},
        "internetEndpoint": {**STRING, "description": "Public URL; empty when the public endpoint is off."},
        "intranetEndpoint": {**STRING, "description": "URL inside a VPC."},
        "accessToken": {**STRING, "secret": True, "description": "The key that requests carry in the Authorization header."},
        "currentVersion": {**INTEGER, "description": "The version that serves."},
        "latestVersion": {**INTEGER, "description": "The newest version that was asked for."},
        "runningInstance": {**INTEGER, "description": "Instances that are ready."},
        "totalInstance": {**INTEGER, "description": "Instances that are wanted."},
        **COMMON_OUTPUTS,
    }
    volatile: ClassVar[tuple[str, ...]] = ("status", "currentVersion", "latestVersion", "runningInstance", "totalInstance")
    stable: ClassVar[tuple[str, ...]] = ("name", "region", "serviceId", "account", "target")

    def before(self, inputs: dict[str, Plain], state: Mapping[str, Plain]) -> dict[str, Plain]:
        """Declaring the key that the service has anyway changes nothing."""
        if inputs.get("token") is None and state.get("accessToken"):
            return {**inputs, "token": state["accessToken"]}
        return inputs

    def kept(self, state: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change) -> dict[str, Plain]:  # noqa: ARG002
        token = {} if inputs.get("token") is None else {"accessToken": inputs["token"]}
        return token | ({"internetEndpoint": UNKNOWN, "intranetEndpoint": UNKNOWN} if change.touches("config") else {})

    async def foresee_update(
        self, session: Session, urn: str, state: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change
    ) -> None:
        """A line when the new version takes the endpoint down, or would wait for a place in vain.

        Stock and free GPUs are looked up; where that fails, nothing is said of them: a preview works without the cloud.
        """
        from fourways.provider.eas import rollout, service_comparison

        if not service_comparison.makes_version(change.paths):
            return
        config = inputs["config"]
        text = rollout.outage(config)
        if text is None and rollout.needs_room(config):
            with suppress(ProviderError, CloudError, CredentialsError):
                await session.guard(state.get("target"), state.get("account"))
                shortage = await _services(session, str(inputs["region"])).waits.shortages.of_one_more(config)
                text = rollout.no_room(shortage) if shortage else None
        if text:
            session.reporter.warning(urn, text)

    def operations(self, session: Session, region: str) -> Operations:
        return _services(session, region)


def _services(session: Session, region: str) -> Services:
    # A preview gets by without all that calls the cloud, and so starts sooner.
    from fourways.provider.eas.api import Eas
    from fourways.provider.eas.service import Services
    from fourways.provider.eas.waiting import ServiceWaits

    eas = Eas(session, region)
    return Services(session, eas, ServiceWaits(session, eas))
