"""The type `fourways:eas:Service`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from fourways.provider.kind import COMMON_OUTPUTS, INTEGER, STRING, Kind, Operations
from fourways.provider.names import SERVICE_TYPE
from fourways.provider.session import Session
from fourways.provider.values import UNKNOWN, Plain

if TYPE_CHECKING:
    from fourways.provider.change import Change
    from fourways.provider.eas.services.service import Services

_ENDPOINTS = (
    "internetEndpoint",
    "intranetEndpoint",
    "groupInternetEndpoint",
    "groupIntranetEndpoint",
    "groupAccessToken",
)


class ServiceKind(Kind):
    """A PAI-EAS service."""

    token: ClassVar[str] = SERVICE_TYPE
    description: ClassVar[str] = "A PAI-EAS service. Import id: REGION/NAME."
    example: ClassVar[str] = "ap-southeast-1/chat"
    inputs: ClassVar[str] = "fourways.provider.eas.services.service_inputs:ServiceInputs"
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
        "instanceTypes": {"type": "array", "items": STRING, "description": "The instance types that its replicas run on now."},
        "groupInternetEndpoint": {**STRING, "description": "Public URL of its service group; only of a service in one."},
        "groupIntranetEndpoint": {**STRING, "description": "URL of its service group inside a VPC; only of a service in one."},
        "groupAccessToken": {**STRING, "secret": True, "description": "The key of its service group; only of a service in one."},
        **COMMON_OUTPUTS,
    }
    volatile: ClassVar[tuple[str, ...]] = (
        "status",
        "currentVersion",
        "latestVersion",
        "runningInstance",
        "totalInstance",
        "instanceTypes",
    )
    absent: ClassVar[tuple[str, ...]] = ("groupInternetEndpoint", "groupIntranetEndpoint", "groupAccessToken")
    stable: ClassVar[tuple[str, ...]] = ("name", "region", "serviceId", "account", "target")

    def before(self, inputs: dict[str, Plain], state: Mapping[str, Plain]) -> dict[str, Plain]:
        """Declaring the key that the service has anyway changes nothing."""
        if inputs.get("token") is None and state.get("accessToken"):
            return {**inputs, "token": state["accessToken"]}
        return inputs

    def kept(self, state: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change) -> dict[str, Plain]:  # noqa: ARG002
        from fourways.provider.eas.services import outputs

        known: dict[str, Plain] = {} if inputs.get("token") is None else {"accessToken": inputs["token"]}
        if change.touches("config", "rollBackTo"):
            names = (*_ENDPOINTS, "accessToken") if change.touches("rollBackTo") else _ENDPOINTS
            known |= dict.fromkeys(names, UNKNOWN)
        if not outputs.group_of(inputs["config"]):
            known |= dict.fromkeys(self.absent)
        return known

    def remark(self, state: Mapping[str, Plain]) -> str | None:
        """A service that is to run and does not run in full: nothing of that is a difference, and no update mends it."""
        ready, total = state.get("runningInstance"), state.get("totalInstance")
        if state.get("status") in ("Stopped", "Stopping", "Failed", "Updating") or not isinstance(ready, int) or not isinstance(total, int):
            return None
        if ready >= total:
            return None
        spot = "spot_price_limit" in str(state.get("config", {}).get("cloud"))
        why = ": a spot machine may have been reclaimed; the cloud looks for another by itself" if spot else ""
        return f"service {state.get('name')} is {state.get('status')}, {ready} of {total} instances run{why}"

    async def foresee_create(self, session: Session, urn: str, inputs: Mapping[str, Plain]) -> None:
        from fourways.provider.eas.services import foresight

        await foresight.of_create(session, urn, inputs)

    async def foresee_update(
        self, session: Session, urn: str, state: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change
    ) -> None:
        from fourways.provider.eas.services import foresight

        await foresight.of_update(session, urn, state, inputs, change)

    def operations(self, session: Session, region: str) -> Operations:
        return _services(session, region)


def _services(session: Session, region: str) -> Services:
    # A preview gets by without all that calls the cloud, and so starts sooner.
    from fourways.provider.eas.api import Eas
    from fourways.provider.eas.services.service import Services
    from fourways.provider.eas.services.waiting import ServiceWaits

    eas = Eas(session, region)
    return Services(session, eas, ServiceWaits(session, eas))
