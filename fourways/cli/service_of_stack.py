"""Which PAI-EAS service a stack has, from its state: what `fourways logs` and `fourways events` read about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fourways.cli.errors import USAGE, UserError
from fourways.provider.names import SERVICE_TYPE


@dataclass(frozen=True)
class ServiceRef:
    """A service by its region and name."""

    region: str
    name: str


def service_of(state: Mapping[str, Any], stack: str, name: str | None = None) -> ServiceRef:
    """The stack's service, or the one of this name. Raises UserError where there is none, or several and none is named."""
    found = [
        ServiceRef(str(outputs["region"]), str(outputs["name"]))
        for resource in (state.get("deployment") or {}).get("resources") or ()
        # One that is replaced stands there a second time until it is deleted.
        if resource.get("type") == SERVICE_TYPE and not resource.get("delete")
        if (outputs := resource.get("outputs") or {}).get("name") and outputs.get("region")
    ]
    names = ", ".join(service.name for service in found)
    if not found:
        raise UserError(f"stack {stack} has no PAI-EAS service in its state: it is not up, or it is of a kind that runs none")
    chosen = [service for service in found if name in (None, service.name)]
    if not chosen:
        raise UserError(f"stack {stack} has no service {name!r}; it has {names}", USAGE)
    if len(chosen) > 1:
        raise UserError(f"stack {stack} has several services ({names}): choose one with --service", USAGE)
    return chosen[0]
