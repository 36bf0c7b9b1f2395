"""The type `fourways:modelstudio:Reservation`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from fourways.provider.kind import COMMON_OUTPUTS, STRING, Kind, Operations
from fourways.provider.names import RESERVATION_TYPE
from fourways.provider.session import Session
from fourways.provider.values import UNKNOWN, Plain

if TYPE_CHECKING:
    from fourways.provider.change import Change


class ReservationKind(Kind):
    """Reserved throughput (PTU)."""

    token: ClassVar[str] = RESERVATION_TYPE
    description: ClassVar[str] = (
        "Throughput of a model, reserved in tokens a minute: billed by the hour until it is released, or for a whole prepaid term. "
        "Import id: REGION/DEPLOYED_MODEL (with DASHSCOPE_API_KEY set)."
    )
    example: ClassVar[str] = "ap-southeast-1/deepseek-v4-flash-ptu-1a2b3c4d"
    inputs: ClassVar[str] = "fourways.provider.modelstudio.reservation_inputs:ReservationInputs"
    outputs: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "deployedModel": {**STRING, "description": "What requests name as their model."},
        "status": {**STRING, "description": "As the cloud spells it: RUNNING, SUSPENDED, ..."},
        "instanceIds": {"type": "array", "items": STRING, "description": "Its capacity instances that are not released."},
        "expiresAt": {**STRING, "description": "When the first of its prepaid terms ends, RFC 3339."},
        **COMMON_OUTPUTS,
    }
    absent: ClassVar[tuple[str, ...]] = ("expiresAt",)
    volatile: ClassVar[tuple[str, ...]] = ("status",)
    stable: ClassVar[tuple[str, ...]] = ("name", "region", "model", "deployedModel", "account", "target")

    def kept(self, state: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change) -> dict[str, Plain]:  # noqa: ARG002
        return {"expiresAt": UNKNOWN if change.touches("termDays") else state.get("expiresAt")}

    async def foresee_create(self, session: Session, urn: str, inputs: Mapping[str, Plain]) -> None:
        from fourways.provider.modelstudio import reservation_words as words

        for line in words.judged(inputs, session.wall()):
            session.reporter.warning(urn, line)
        if foreseen := words.purchase(inputs, session.wall()):
            session.reporter.warning(urn, foreseen)

    async def foresee_update(
        self, session: Session, urn: str, state: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change
    ) -> None:
        from fourways.provider.modelstudio import reservation_words as words

        if change.replaces:
            return
        for line in words.judged(inputs, session.wall()):
            session.reporter.warning(urn, line)
        if change.touches("termDays") and inputs.get("termDays") is not None:
            session.reporter.warning(urn, words.renewal(inputs["termDays"], state.get("expiresAt")))

    def operations(self, session: Session, region: str) -> Operations:
        from fourways.provider.modelstudio.reservation import Reservations

        return Reservations(session, region)
