"""The type `fourways:alb:Endpoint`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from fourways.provider.kind import COMMON_OUTPUTS, INTEGER, STRING, Kind, Operations
from fourways.provider.names import ENDPOINT_TYPE
from fourways.provider.session import Session
from fourways.provider.values import UNKNOWN, Plain

if TYPE_CHECKING:
    from fourways.provider.change import Change


class EndpointKind(Kind):
    """The address of an ALB listener whose servers are healthy."""

    token: ClassVar[str] = ENDPOINT_TYPE
    description: ClassVar[str] = (
        "The address of an ALB listener, once enough servers behind it are healthy; with `servers` it puts them there, and takes others "
        "out. Import id: REGION/alb-.../PORT"
    )
    example: ClassVar[str] = "ap-southeast-1/alb-abc/443"
    inputs: ClassVar[str] = "fourways.provider.alb.endpoint_inputs:EndpointInputs"
    outputs: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "address": {**STRING, "description": "Where clients reach the listener: http(s)://HOST[:PORT], without a slash at its end."},
        "dnsName": {**STRING, "description": "The load balancer's host name."},
        "healthyServers": {**INTEGER, "description": "How many servers were healthy when it was looked at last."},
        **COMMON_OUTPUTS,
    }
    volatile: ClassVar[tuple[str, ...]] = ("healthyServers",)
    stable: ClassVar[tuple[str, ...]] = ("region", "loadBalancerId", "listenerPort", "dnsName", "account", "target")

    def kept(self, state: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change) -> dict[str, Plain]:  # noqa: ARG002
        return {"address": UNKNOWN} if change.touches("protocol") else {}

    def remark(self, state: Mapping[str, Plain]) -> str | None:
        """Fewer healthy servers than were waited for: nothing of that is a difference, and no update mends it."""
        found, wanted = state.get("healthyServers"), state.get("healthy")
        if not isinstance(found, int) or not isinstance(wanted, int) or found >= wanted:
            return None
        return f"{found} of the {wanted} servers that were waited for are healthy behind {state.get('address')}"

    def operations(self, session: Session, region: str) -> Operations:
        from fourways.provider.alb.balancer_calls import BalancerCalls
        from fourways.provider.alb.endpoint import Endpoints

        return Endpoints(session, BalancerCalls(session, region))
