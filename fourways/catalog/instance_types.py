"""Machine types: GPUs, GPU memory, vCPUs and memory of what PAI-EAS runs services on."""

from __future__ import annotations

from functools import cache

from fourways.catalog.facts import CatalogError, Fact, rows


class InstanceType(Fact):
    """One machine type. `gpu` is the card's name ("" for none), `gpu_memory_gib` is per GPU."""

    name: str
    gpu: str
    gpus: int
    gpu_memory_gib: int
    vcpus: int
    memory_gib: int


@cache
def _by_name() -> dict[str, InstanceType]:
    return {row["name"]: InstanceType.model_validate(row) for row in rows("instance_types")}


def all() -> tuple[InstanceType, ...]:
    """Every catalogued machine type."""
    return tuple(_by_name().values())


def instance_type(name: str) -> InstanceType:
    """The machine type of this name. Raises CatalogError naming the known ones."""
    try:
        return _by_name()[name]
    except KeyError:
        raise CatalogError(f"instance type {name!r} is not in the catalogue; known: {', '.join(_by_name())}") from None


def find(name: str) -> InstanceType | None:
    """The machine type of this name; None where the catalogue does not have it, which says nothing of the cloud."""
    return _by_name().get(name)
