"""What every deployment returns, whatever kind it is: all that clients, smoke tests and benchmarks need to know."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

import pulumi

from fourways.cloud.ownership import format_time
from stacks.model import Settings

GATEWAYS = ".pai-eas.aliyuncs.com"
LOOPBACK = "127.0.0.1"
"""Where the fake is."""


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


def base_url(address: str | None, *, public: bool) -> str:
    """The OpenAI base URL of a service from the address that the API gave. Raises ValueError for one that cannot be used.

    The API gives http addresses. The gateways of PAI-EAS answer both on the same host (assumed), and so does the fake; a token must not
    cross the Internet in clear, so a public address there becomes https, and one on any other host is refused.
    """
    kind = "Internet" if public else "VPC"
    if not address:
        raise ValueError(f"the service has no {kind} endpoint")
    parts = urlsplit(address)
    if public and parts.scheme != "https":
        host = parts.hostname or ""
        if parts.scheme != "http" or not (host.endswith(GATEWAYS) or host == LOOPBACK):
            raise ValueError(
                f"the service's Internet endpoint {parts.scheme}://{host} is not https, and only hosts that end in {GATEWAYS} are known to "
                "answer https as well: put a certificate on the gateway's domain, or set access.public: false"
            )
        address = parts._replace(scheme="https").geturl()
    return address.rstrip("/") + "/v1"
