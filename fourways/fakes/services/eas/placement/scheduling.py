"""Which machine takes a replica: pure functions over what machines have and what is used on them.

A replica does not span machines. Each machine keeps one CPU core for the system (help centre, 'EAS FAQ': schedulable resources are the
total minus the reserved core).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fourways.fakes.services.eas.records import Machine, Need

RESERVED_CPUS = 1


@dataclass(frozen=True)
class Free:
    """What is left on one machine; memory in MB."""

    machine: str
    gpus: int
    cpus: float
    memory_mb: float

    def holds(self, need: Need) -> bool:
        return need.gpus <= self.gpus and need.cpus <= self.cpus and need.memory_mb <= self.memory_mb


def free(machines: Iterable[Machine], used: Iterable[tuple[str, Need]]) -> list[Free]:
    """What is left on each machine that is Ready, given (machine id, need) of all replicas that hold something."""
    held: dict[str, list[Need]] = {}
    for machine_id, need in used:
        held.setdefault(machine_id, []).append(need)
    return [
        Free(
            machine.id,
            machine.gpus - sum(need.gpus for need in held.get(machine.id, ())),
            machine.cpus - RESERVED_CPUS - sum(need.cpus for need in held.get(machine.id, ())),
            machine.memory_mb - sum(need.memory_mb for need in held.get(machine.id, ())),
        )
        for machine in machines
        if machine.status == "Ready"
    ]


def place(need: Need, room: Sequence[Free]) -> str | None:
    """The id of the machine to use, or None. The fullest that still fits, so that large replicas find whole machines."""
    fits = [machine for machine in room if machine.holds(need)]
    return min(fits, key=lambda machine: (machine.gpus, machine.cpus, machine.machine)).machine if fits else None


def why_not(need: Need, room: Sequence[Free]) -> str:
    """The scheduler's words for a replica that fits nowhere, as Kubernetes puts them (EAS shows its events)."""
    causes = []
    for name, lacking in (
        ("nvidia.com/gpu", sum(machine.gpus < need.gpus for machine in room)),
        ("cpu", sum(machine.cpus < need.cpus for machine in room)),
        ("memory", sum(machine.memory_mb < need.memory_mb for machine in room)),
    ):
        if lacking:
            causes.append(f"{lacking} Insufficient {name}")
    return f"0/{len(room)} nodes are available: {', '.join(causes) or 'no nodes in the resource group are ready'}."
