"""What a finished operation hands back."""

from __future__ import annotations

from dataclasses import dataclass

from fourways.provider.values import Properties


@dataclass(frozen=True, kw_only=True)
class Done:
    """The Pulumi id of a resource and its outputs, with their secrets."""

    resource_id: str
    properties: Properties
