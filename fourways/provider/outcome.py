"""What operations hand on: what a finished one leaves in the state, and what an update has asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fourways.provider.values import Properties


@dataclass(frozen=True, kw_only=True)
class Done:
    """The Pulumi id of a resource and its outputs, with their secrets."""

    resource_id: str
    properties: Properties


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What an update of a service asked for. `before`: DescribeService's answer before it; `after`: the version that the new one exceeds,
    None when it makes none; `newest`: the highest version that can be its own."""

    before: dict[str, Any]
    after: int | None = None
    newest: int = 0
