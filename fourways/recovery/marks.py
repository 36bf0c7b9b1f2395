"""`fourways-creating` on things that the state has: a create was cut off before its end. The label is the only memory of that, so it comes
off last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fourways.cleanup.cloud import Cloud
from fourways.cleanup.found import Found
from fourways.cleanup.kinds import eas_gateway, eas_resource_group, eas_service, model_studio_api_key
from fourways.cleanup.states import TYPES
from fourways.cloud import ownership
from fourways.recovery import states
from fourways.recovery.states import Export
from fourways.recovery.verdicts import is_ours, pulumi_id

UNFINISHED = "its create was cut off: it may not be ready yet"
_KINDS = {TYPES[module.KIND.name]: module for module in (eas_service, eas_gateway, eas_resource_group, model_studio_api_key)}


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A recorded thing whose create was cut off."""

    urn: str
    found: Found
    off: Callable[[Cloud, Found, list[str]], None]

    def take_off(self, cloud: Cloud) -> None:
        """Removes the label. Raises CloudError."""
        self.off(cloud, self.found, [ownership.CREATING])


def find(cloud: Cloud, export: Export, region: str) -> list[Mark]:
    """The state's own EAS things and API keys that still carry the label. Raises CloudError."""
    marks = []
    for entry in states.resources(export):
        module = _KINDS.get(str(entry.get("type")))
        if module is None or entry.get("external") or entry.get("delete") or not entry.get("id"):
            continue
        wanted = states.wanted(export, entry, region)
        for found in module.look_up(cloud, wanted):
            if pulumi_id(found) == entry["id"] and ownership.CREATING in found.tags and is_ours(wanted, found):
                marks.append(Mark(urn=wanted.urn, found=found, off=module.take_off))
    return marks


def unfinished(export: Export, urns: Sequence[str]) -> dict[str, Any]:
    """The state in which the engine must go on with these: a resource with `initErrors` is updated by the next `up` though nothing differs
    (pulumi/pkg 3.259.0, step_generator.go), and the provider's update waits until it is ready."""
    entries: list[Mapping[str, Any]] = [
        {**entry, "initErrors": [UNFINISHED]} if entry["urn"] in urns and not entry.get("delete") else entry
        for entry in states.resources(export)
    ]
    return states.with_parts(export, entries, states.operations(export))
