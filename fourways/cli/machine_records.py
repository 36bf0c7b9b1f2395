"""`fourways logs` and `fourways events` of a bare-metal stack: what its machines said while they booted, and what its scaling group did.

The machines are those that carry the stack's tags now: a scaling group makes others than the state knows.
"""

from __future__ import annotations

from fourways.cleanup import RealCloud
from fourways.cleanup.kinds import scaling_group
from fourways.cli.errors import USAGE, UserError
from fourways.cli.project import project_name
from fourways.cloud import machine_records
from fourways.cloud.eas_records import Event
from fourways.metrics.machines import machines


def instances(stack: str, region: str, chosen: str | None) -> list[str]:
    """Ids of the stack's machines, or the chosen one. Raises UserError where there is none."""
    found = sorted(machine.id for machine in machines(project_name(), stack, region))
    if not found:
        raise UserError(f"stack {stack} has no machines in {region}: it is not up")
    if chosen is not None and chosen not in found:
        raise UserError(f"stack {stack} has no machine {chosen!r}; it has {', '.join(found)}", USAGE)
    return [chosen] if chosen is not None else found


def lines(stack: str, region: str, *, instance: str | None, keyword: str | None) -> dict[str, list[str]]:
    """What each machine has said, by its id; of several, each line after its machine's. Raises UserError, CloudError."""
    ids = instances(stack, region, instance)
    return {
        id_: [
            line if len(ids) == 1 else f"{id_}  {line}"
            for line in machine_records.console(region, id_)
            if keyword is None or keyword in line
        ]
        for id_ in ids
    }


def events(stack: str, region: str, *, instance: str | None, warnings: bool, since: str | None) -> list[Event]:
    """The activities of the stack's scaling groups, oldest first. Raises UserError, CloudError."""
    groups = [group.id for group in scaling_group.find(RealCloud(), region, project_name()) if group.owner.stack == stack]
    if not groups:
        raise UserError(f"stack {stack} has no scaling group in {region}: it is not up, or its machines are fixed")
    return [
        event
        for group in groups
        for event in machine_records.activities(region, group)
        if (not warnings or event.type == "Warning")
        and (instance is None or instance in event.message)
        and (since is None or event.time >= since)
    ]
