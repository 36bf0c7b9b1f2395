"""What is measured: an endpoint as a stack's outputs give it."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class TargetError(ValueError):
    """Outputs that are no endpoint."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """`ca` is the text of the certificates that the server's must be signed by, None for the system's roots. `fake`: numbers are made up.

    The key is left out of what is printed, and of `public`.
    """

    base_url: str
    api_key: str = field(repr=False)
    model: str
    kind: str = "unknown"
    region: str = "unknown"
    capacity: str = "unknown"
    expires_at: str | None = None
    ca: str | None = field(default=None, repr=False)
    fake: bool = False

    @classmethod
    def from_outputs(cls, outputs: Mapping[str, Any], *, ca: str | None = None, fake: bool = False) -> Target:
        """Raises TargetError where an output is missing."""
        missing = [name for name in ("base_url", "api_key", "model") if not outputs.get(name)]
        if missing:
            raise TargetError(f"the stack has no output {', '.join(missing)}: is it up? (`pulumi up`)")
        given = {name: str(outputs[name]) for name in ("base_url", "api_key", "model", "kind", "region", "capacity") if outputs.get(name)}
        return cls(**given, expires_at=outputs.get("expires_at"), ca=ca, fake=fake)

    @property
    def name(self) -> str:
        return "fake" if self.fake else "cloud"

    def public(self) -> dict[str, Any]:
        """The outputs that are no secret."""
        return {name: getattr(self, name) for name in ("base_url", "model", "kind", "region", "capacity", "expires_at")}

    def tls(self) -> ssl.SSLContext | bool:
        """What checks the server's certificate."""
        return ssl.create_default_context(cadata=self.ca) if self.ca else True
