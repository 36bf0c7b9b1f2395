"""Model Units, and how many of which machine hold the units that a stack buys.

An EAS resource group is made of equal machines, and a replica runs on one machine. So a machine must have at least as many GPUs as a
replica needs, and its GPUs must divide what is bought. Of the machines that do, the smallest wins: losing it loses fewer replicas, the type
stays the same when more units are bought, and since sizes are powers of two a larger one would hold no more replicas.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from fourways.catalog.facts import CatalogError, Fact, load, rows
from fourways.catalog.instance_types import instance_type

MAX_MACHINES = 100
"""Machines in one call and group: EAS CreateResourceInstances takes 1-100 (SDK 7.0.0, EcsInstanceCount)."""


class Unit(Fact):
    """One Model Unit spec: the card, its memory in GiB, GPUs in a unit, and the machine types that carry it."""

    spec: str
    gpu: str
    gpu_memory_gib: int
    gpus_per_unit: int
    machines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MachineLayout:
    """What to buy: `machines` of `instance_type`, each with `gpus_per_machine` GPUs."""

    instance_type: str
    machines: int
    gpus_per_machine: int

    @property
    def gpus(self) -> int:
        """All GPUs bought."""
        return self.machines * self.gpus_per_machine

    def replicas_that_fit(self, gpus_per_replica: int) -> int:
        """How many replicas run at once: a replica does not span machines, so what is left over on each machine stays free."""
        return self.machines * (self.gpus_per_machine // gpus_per_replica)


@cache
def all_units() -> dict[str, Unit]:
    """Every spec whose make-up is known, by name."""
    return {row["spec"]: Unit.model_validate(row) for row in rows("units")}


def unit(spec: str) -> Unit:
    """The unit of this spec. Raises CatalogError naming the known ones."""
    try:
        return all_units()[spec]
    except KeyError:
        known = ", ".join(all_units())
        if spec in load("units")["unstated"]:
            raise CatalogError(
                f"no source says which GPUs {spec} is made of, so it cannot be laid out on machines; use one of: {known}"
            ) from None
        raise CatalogError(f"unit spec {spec!r} is not in the catalogue; known: {known}") from None


def studio_specs() -> list[str]:
    """Every spec that Model Studio sells, whether or not a source says what it is made of: there the platform lays it out."""
    return sorted([*all_units(), *load("units")["unstated"]])


def _layouts(of: Unit, units: int, gpus_per_replica: int) -> list[MachineLayout]:
    """Every way to make exactly `units` units of machines that can hold a replica."""
    gpus = units * of.gpus_per_unit
    kinds = [instance_type(name) for name in of.machines]
    return [
        MachineLayout(instance_type=kind.name, machines=gpus // kind.gpus, gpus_per_machine=kind.gpus)
        for kind in kinds
        if kind.gpus >= gpus_per_replica and gpus % kind.gpus == 0 and 0 < gpus // kind.gpus <= MAX_MACHINES
    ]


def legal_units(spec: str, gpus_per_replica: int, near: int) -> list[int]:
    """The nearest numbers of units, at most one below and one above `near`, that machines can hold for such replicas."""
    of = unit(spec)
    if not any(instance_type(name).gpus >= gpus_per_replica for name in of.machines):
        return []
    most = MAX_MACHINES * max(instance_type(name).gpus for name in of.machines) // of.gpus_per_unit
    below = next((n for n in range(min(near, most), 0, -1) if _layouts(of, n, gpus_per_replica)), None)
    above = next((n for n in range(max(near, 1), most + 1) if _layouts(of, n, gpus_per_replica)), None)
    return sorted({n for n in (below, above) if n is not None})


def machines_for(spec: str, units: int, gpus_per_replica: int) -> MachineLayout:
    """The machines that make up `units` units and can each hold a replica of `gpus_per_replica` GPUs.

    Raises CatalogError, with the nearest numbers that work, where no machine type fits.
    """
    of = unit(spec)
    if units < 1 or gpus_per_replica < 1:
        raise CatalogError(f"units and GPUs per replica start at 1, not {units} and {gpus_per_replica}")
    largest = max(instance_type(name).gpus for name in of.machines)
    if gpus_per_replica > largest:
        raise CatalogError(
            f"a replica of {gpus_per_replica} GPUs does not fit on one machine: the largest with {spec} has {largest} GPUs, "
            "and a replica does not span machines"
        )
    candidates = _layouts(of, units, gpus_per_replica)
    if not candidates:
        nearest = " or ".join(str(n) for n in legal_units(spec, gpus_per_replica, units))
        sizes = " or ".join(str(instance_type(name).gpus) for name in of.machines if instance_type(name).gpus >= gpus_per_replica)
        raise CatalogError(
            f"{units} x {spec} is {units * of.gpus_per_unit} GPUs, which equal machines of {sizes} GPUs "
            f"(those that hold a replica of {gpus_per_replica}) do not make; nearest that work: {nearest} units"
        )
    return min(candidates, key=lambda layout: layout.gpus_per_machine)
