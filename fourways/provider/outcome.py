"""What a finished operation or check hands back."""

from __future__ import annotations

from dataclasses import dataclass

from fourways.provider.values import Properties


@dataclass(frozen=True, kw_only=True)
class Done:
    """The Pulumi id of a resource and its outputs, with their secrets."""

    resource_id: str
    properties: Properties


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One failed check: the property's path as the engine writes it, and a message in one or two sentences."""

    property: str
    reason: str
