"""What operations and checks hand on: what a finished one leaves in the state, what an update has asked for, what is wrong."""

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


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One failed check: the property's path as the engine writes it, and a message in one or two sentences."""

    property: str
    reason: str
