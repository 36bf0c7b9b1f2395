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


def memory_gib(machine: InstanceType) -> float:
    """GiB of one of the machine's GPUs as the driver shows it; as printed where the card is not catalogued."""
    known = all_gpus().get(machine.gpu)
    return known.memory_gib if known else float(machine.gpu_memory_gib)
