"""Machine types and their stock: the catalogue, plus what a test seeds.

Seed `{"eas": {"instance_types": {NAME: {"gpus": 1, "vcpus": 8, "memory_gib": 32, "gpu": "A10", "gpu_memory_gib": 24}}}}` adds types;
`{"eas": {"stock": {NAME: "NoStock"}}}` (or "ClosedWithStock", or a whole number of machines) says what is left. A type that is not
named has endless stock. A fault of kind `no-stock` on CreateResource, or on CreateService for public machines, with the type as its
resource, does the same for one call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fourways.catalog import CatalogError
from fourways.catalog import instance_types as catalogue
from fourways.fakes.service import Scope


@dataclass(frozen=True)
class MachineType:
    """One machine type; memory in GiB, GPU memory in GiB a card."""

    name: str
    gpu: str
    gpus: int
    gpu_memory_gib: float
    vcpus: int
    memory_gib: float

    @property
    def memory_mb(self) -> int:
        return int(self.memory_gib * 1024)


def _seed(scope: Scope) -> dict[str, Any]:
    found: dict[str, Any] = scope.cloud.seed.get("eas", {})
    return found


def find(scope: Scope, name: str) -> MachineType | None:
    """The type of this name, or None when neither seed nor catalogue knows it."""
    seeded = _seed(scope).get("instance_types", {}).get(name)
    if seeded is not None:
        return MachineType(
            name,
            seeded.get("gpu", ""),
            int(seeded.get("gpus", 0)),
            float(seeded.get("gpu_memory_gib", 0)),
            int(seeded["vcpus"]),
            float(seeded["memory_gib"]),
        )
    try:
        known = catalogue.instance_type(name)
    except CatalogError:
        return None
    return MachineType(known.name, known.gpu, known.gpus, known.gpu_memory_gib, known.vcpus, known.memory_gib)


def every(scope: Scope) -> list[MachineType]:
    """All types, by name."""
    names = {known.name for known in catalogue.all()} | set(_seed(scope).get("instance_types", {}))
    return [found for name in sorted(names) if (found := find(scope, name)) is not None]


def stock(scope: Scope, name: str) -> tuple[str, int | None]:
    """StockStatus as DescribeMachineSpec words it, and how many machines there are (None: no limit), those in use included."""
    seeded = _seed(scope).get("stock", {}).get(name, "WithStock")
    if isinstance(seeded, int):
        return ("WithStock" if seeded > 0 else "NoStock"), seeded
    return str(seeded), None if seeded == "WithStock" else 0
