"""The type `fourways:eas:Gateway`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from fourways.provider.kind import COMMON_OUTPUTS, STRING, Kind, Operations
from fourways.provider.names import GATEWAY_TYPE
from fourways.provider.session import Session
from fourways.provider.values import UNKNOWN, Plain

if TYPE_CHECKING:
    from fourways.provider.change import Change


class GatewayKind(Kind):
    """A private gateway of PAI-EAS."""

    token: ClassVar[str] = GATEWAY_TYPE
    description: ClassVar[str] = "A private PAI-EAS gateway: nodes billed from its creation until it is deleted. Import id: REGION/gw-..."
    example: ClassVar[str] = "ap-southeast-1/gw-abc"
    inputs: ClassVar[str] = "fourways.provider.eas.gateways.gateway_inputs:GatewayInputs"
    outputs: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "gatewayId": {**STRING, "description": "gw-..., what networking.gateway of a service names."},
        "status": {**STRING, "description": "As the cloud spells it: Running, Waiting, ..."},
        "internetDomain": {**STRING, "description": "Its host on the Internet; empty without that access."},
        "intranetDomain": {**STRING, "description": "Its host in linked VPCs; empty without that access."},
        **COMMON_OUTPUTS,
    }
    volatile: ClassVar[tuple[str, ...]] = ("status",)
    stable: ClassVar[tuple[str, ...]] = ("region", "chargeType", "gatewayId", "account", "target")

    def kept(self, state: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change) -> dict[str, Plain]:  # noqa: ARG002
        moved = (("internetDomain", "enableInternet"), ("intranetDomain", "enableIntranet"))
        return {output: UNKNOWN for output, cause in moved if change.touches(cause)}

    async def foresee_create(self, session: Session, urn: str, inputs: Mapping[str, Plain]) -> None:
        from fourways.provider.eas.gateways import gateway_words as words

        for line in words.purchase(inputs):
            session.reporter.warning(urn, line)

    async def foresee_update(
        self, session: Session, urn: str, state: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change
    ) -> None:
        from fourways.provider.eas.gateways import gateway_words as words

        if change.replaces:
            return
        for line in words.change_of(state, inputs, change):
            session.reporter.warning(urn, line)

    def operations(self, session: Session, region: str) -> Operations:
        from fourways.provider.eas.gateways.gateway import Gateways
        from fourways.provider.eas.gateways.gateway_calls import GatewayCalls

        return Gateways(session, GatewayCalls(session, region))
