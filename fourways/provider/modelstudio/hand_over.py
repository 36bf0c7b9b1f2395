"""A key's value, handed over to a KMS secret that exists: applications read it there, and never from a stack's outputs.

A new version of the secret (PutSecretValue, Kms 2016-01-20), named after a digest of the value: the same one put twice is put once. The
version before it becomes ACSPrevious, which an overlap still accepts. The secret itself is the program's (`alicloud.kms.Secret`): nothing
here makes or deletes one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from fourways.cloud import answers, clients
from fourways.provider import retries
from fourways.provider.errors import ProviderError
from fourways.provider.modelstudio.key_state import Keys
from fourways.provider.session import Session
from fourways.provider.values import Plain

KMS = ("kms", "2016-01-20")
#: Of the 64 characters that a version id may have.
_VERSION_DIGITS = 32


def version_of(keys: Keys, inputs: Mapping[str, Plain]) -> str | None:
    """`SECRET/VERSION` of the hand-over that the inputs ask for; None where they ask for none, or nobody knows the value."""
    secret = inputs.get("kmsSecret")
    if not isinstance(secret, Mapping) or keys.value is None:
        return None
    return f"{secret['name']}/{hashlib.sha256(keys.value.encode()).hexdigest()[:_VERSION_DIGITS]}"


async def put(session: Session, region: str, version: str, value: str) -> None:
    """Puts the value as this `SECRET/VERSION`. Raises CloudError; ProviderError where there is no such secret."""
    name, _, version_id = version.rpartition("/")
    body = {"SecretName": name, "VersionId": version_id, "SecretData": value, "SecretDataType": "text"}

    def blocking() -> answers.Row:
        # In the body: a value in the query would be in the log of every proxy.
        status, answer = clients.send(*KMS, "PutSecretValue", region, body=body, target=session.target)
        return answers.body_of("PutSecretValue", {"statusCode": status, "body": answer})

    if await retries.again(session, lambda: session.call(blocking)) is None:
        raise ProviderError(f"there is no KMS secret {name} in {region}: make it first (alicloud.kms.Secret), then run `pulumi up` again")
