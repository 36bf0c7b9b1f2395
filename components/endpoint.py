"""What every deployment returns, whatever kind it is: all that clients, smoke tests and benchmarks need to know."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import pulumi

from fourways.cloud.ownership import format_time
from stacks.model import Settings


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One OpenAI-compatible endpoint. The stack's outputs carry the same names. What it costs is not here: `fourways cost` works it out."""

    #: Ends in /v1.
    base_url: pulumi.Output[str]
    #: Secret.
    api_key: pulumi.Output[str]
    #: The name that requests send as `model`; what Model Studio deploys, it names itself.
    model: pulumi.Input[str]
    kind: str
    region: str
    #: What was bought, in its own unit.
    capacity: str
    #: RFC 3339; None in production.
    expires_at: str | None

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def expiry(settings: Settings) -> str | None:
    """When the stack expires, as the endpoint says it."""
    return None if settings.expires_at is None else format_time(settings.expires_at)


def base_url(address: str, *, public: bool) -> str:
    """The OpenAI base URL of a service from the address that the API gave.

    The API gives http addresses; the shared gateway answers both on the same host (assumed), and a token must not cross the Internet in
    clear, so a public one becomes https. An empty address means that the service has none of this sort.
    """
    if not address:
        kind = "Internet" if public else "VPC"
        raise ValueError(f"the service has no {kind} endpoint")
    if public and address.startswith("http://"):
        address = "https://" + address.removeprefix("http://")
    return address.rstrip("/") + "/v1"
