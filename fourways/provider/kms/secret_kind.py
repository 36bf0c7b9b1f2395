"""The type `fourways:kms:RandomSecret`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from fourways.provider.kind import COMMON_OUTPUTS, STRING, Kind, Operations
from fourways.provider.names import RANDOM_SECRET_TYPE
from fourways.provider.session import Session
from fourways.provider.values import UNKNOWN, Plain

if TYPE_CHECKING:
    from fourways.provider.change import Change


class RandomSecretKind(Kind):
    """A KMS secret whose value nobody chooses."""

    token: ClassVar[str] = RANDOM_SECRET_TYPE
    description: ClassVar[str] = "A generic KMS secret with a random value. Import id: REGION/NAME."
    example: ClassVar[str] = "ap-southeast-1/chat-key"
    inputs: ClassVar[str] = "fourways.provider.kms.secret_inputs:RandomSecretInputs"
    outputs: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "value": {**STRING, "secret": True, "description": "Letters and digits."},
        "versionId": {**STRING, "description": "The version of the secret that holds the value (ACSCurrent)."},
        "arn": {**STRING, "description": "acs:kms:REGION:ACCOUNT:secret/NAME, what a RAM policy names."},
        **COMMON_OUTPUTS,
    }
    stable: ClassVar[tuple[str, ...]] = ("region", "name", "arn", "account", "target")

    def kept(self, state: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change) -> dict[str, Plain]:  # noqa: ARG002
        return dict.fromkeys(("value", "versionId"), UNKNOWN) if change.touches("rotation", "length") else {}

    async def foresee_update(
        self,
        session: Session,
        urn: str,
        state: Mapping[str, Plain],  # noqa: ARG002
        inputs: Mapping[str, Plain],
        change: Change,
    ) -> None:
        if not change.replaces and change.touches("rotation", "length"):
            session.reporter.warning(
                urn, f"secret {inputs['name']} gets a new value: whoever read the one before has to read it again (it stays ACSPrevious)"
            )

    def operations(self, session: Session, region: str) -> Operations:
        from fourways.provider.kms.secret import RandomSecrets
        from fourways.provider.kms.secret_calls import SecretCalls

        return RandomSecrets(session, SecretCalls(session, region))
