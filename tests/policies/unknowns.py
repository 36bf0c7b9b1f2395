"""Properties as the pack's rules get them: behind pulumi_policy's proxy, which raises when an unknown value is touched."""

from collections.abc import Mapping
from typing import Any

from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy

from policies.model import Resource

UNKNOWN = UNKNOWN_STRING_VALUE
SECRET_SIG = "1b47061264138c4ac30d75fd1eb44270"  # marks a secret on the wire (sdk go/common/resource: SecretSig)


def resource(
    type_: str, properties: Mapping[str, Any], project: str = "fourways", provider: Mapping[str, Any] | None = None, **more: Any
) -> Resource:
    """A resource of the stack `dev` of a project."""
    return Resource(
        type=type_,
        name="it",
        urn=f"urn:pulumi:dev::{project}::{type_}::it",
        properties=unknown_checking_proxy(dict(properties)),
        provider=unknown_checking_proxy(dict(provider)) if provider is not None else None,
        **more,
    )
