"""GPU cards: how much memory an engine finds on one."""

from __future__ import annotations

from functools import cache

from fourways.catalog.facts import CatalogError, Fact, rows
from fourways.catalog.instance_types import InstanceType


class Gpu(Fact):
    """One card. `printed_gb` is the vendor's figure, `memory_gib` what the driver shows, in GiB."""

    card: str
    printed_gb: int
    memory_gib: float


@cache
def all_gpus() -> dict[str, Gpu]:
    """Every catalogued card by name."""
    return {row["card"]: Gpu.model_validate(row) for row in rows("gpus")}


def gpu(card: str) -> Gpu:
    """The card of this name. Raises CatalogError naming the known ones."""
    try:
        return all_gpus()[card]
    except KeyError:
        raise CatalogError(f"GPU {card!r} is not in the catalogue; known: {', '.join(all_gpus())}") from None


def of(machine: InstanceType) -> Gpu:
    """The card of a machine; where it is not catalogued, one with the memory that the machine's row prints."""
    known = all_gpus().get(machine.gpu)
    if known is not None:
        return known
    printed = machine.gpu_memory_gib
    return Gpu(card=machine.gpu, printed_gb=printed, memory_gib=printed, source=machine.source, read_on=machine.read_on)
