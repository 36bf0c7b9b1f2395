"""Certificates of one account and region. They cost nothing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from fourways.fakes.service import Backend, Scope
from fourways.fakes.services.cas.pem import Facts
from fourways.fakes.services.shared.requests import ClientTokens
from fourways.fakes.services.shared.resources import Collection, Resource, inventory_rows
from fourways.fakes.wire.errors import CloudError

FIRST_ID = 10_000_000


@dataclass(kw_only=True)
class Certificate(Resource):
    """`text` is the PEM as it was uploaded. The private key is shown again, as the cloud shows it, but is never written to disk: a fake
    that was restarted has forgotten it."""

    text: str
    facts: Facts
    key: str = field(default="", repr=False)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "key": ""}


class CasBackend(Backend):
    """`identifier` is what other products know a certificate by: `<id>-<region>`."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.tokens = ClientTokens()
        self.certificates: Collection[Certificate] = Collection(scope, "cas", "certificate", "NotFound")

    def new(self, name: str, text: str, key: str, facts: Facts) -> Certificate:
        """Checked, not yet kept. The code: help centre, UploadUserCertificate."""
        if any(other.name == name for other in self.certificates):
            raise CloudError(400, "NameRepeat", f"The certificate name {name} exists already.")
        id = str(FIRST_ID + secrets.randbelow(80_000_000))
        return Certificate(id=id, created=self.scope.clock.now(), name=name, text=text, key=key, facts=facts)

    def identifier(self, certificate: Certificate) -> str:
        return f"{certificate.id}-{self.scope.region}"

    def delete(self, id: str) -> None:
        """Refused while a listener has it, in whatever region: the code is assumed."""
        identifier = self.identifier(self.certificates[id])
        mine = (backend for backend in self.scope.cloud.backends(Backend) if backend.scope.account == self.scope.account)
        users = [user for backend in mine for user in backend.dependents(identifier)]
        if users:
            raise CloudError(400, "CertificateInUse", f"The certificate {id} is deployed: {', '.join(users)}.")
        self.certificates.remove(id)

    def inventory(self) -> list[dict[str, Any]]:
        return inventory_rows({"cas-certificate": self.certificates})


def is_known(scope: Scope, identifier: str) -> bool:
    """Whether the account has a certificate of this identifier, in whatever region."""
    homes = (home for home in scope.cloud.backends(CasBackend) if home.scope.account == scope.account)
    return any(home.identifier(certificate) == identifier for home in homes for certificate in home.certificates)
