"""The type `fourways:cas:SelfSignedCertificate`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from fourways.provider.kind import COMMON_OUTPUTS, STRING, Kind, Operations
from fourways.provider.names import SELF_SIGNED_CERTIFICATE_TYPE
from fourways.provider.session import Session
from fourways.provider.values import Plain

#: Days before its end from which every preview and refresh says so.
WARN_DAYS = 30


class SelfSignedCertificateKind(Kind):
    """A certificate whose key nobody has but the cloud."""

    token: ClassVar[str] = SELF_SIGNED_CERTIFICATE_TYPE
    description: ClassVar[str] = (
        "A certificate that signs itself, uploaded to Certificate Management Service; its key is kept nowhere else. Import id: REGION/ID."
    )
    example: ClassVar[str] = "ap-southeast-1/12345"
    inputs: ClassVar[str] = "fourways.provider.cas.certificate_inputs:SelfSignedCertificateInputs"
    outputs: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "certificateId": {**STRING, "description": "ID-REGION, what the certificates of an ALB listener name."},
        "certificate": {**STRING, "description": "The certificate itself (PEM), for clients to trust. Absent after an import."},
        "fingerprint": {**STRING, "description": "SHA-256 of the certificate, as 64 hex digits. Absent after an import."},
        "notAfter": {**STRING, "description": "When it ends, RFC 3339."},
        **COMMON_OUTPUTS,
    }
    absent: ClassVar[tuple[str, ...]] = ("certificate", "fingerprint")
    stable: ClassVar[tuple[str, ...]] = (
        "region",
        "name",
        "certificateId",
        "certificate",
        "fingerprint",
        "notAfter",
        "account",
        "target",
    )

    def due(self, state: Mapping[str, Plain], now: datetime) -> str | None:
        """Said of each preview and refresh in its last month."""
        try:
            end = datetime.fromisoformat(str(state.get("notAfter")))
        except ValueError:
            return None  # an old state, or one that an import has not filled
        days = int((end - now).total_seconds() // 86_400)
        if days >= WARN_DAYS:
            return None
        when = "has ended: no client accepts it" if days < 0 else f"ends in {days} day{'' if days == 1 else 's'}"
        return f"certificate {state.get('certificateId')} {when} ({state.get('notAfter')}). Change `rotation` to have a new one."

    def operations(self, session: Session, region: str) -> Operations:
        from fourways.provider.cas.certificate import SelfSignedCertificates
        from fourways.provider.cas.certificate_calls import CertificateCalls

        return SelfSignedCertificates(session, CertificateCalls(session, region))
