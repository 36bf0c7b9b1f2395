"""Instance types, their stock, and what an instance of one costs.

Seed `{"ecs": {"stock": {"ecs.gn8v.4xlarge": 2}}}` limits how many can run in the region, `{"ecs.gn8v.4xlarge": {"ap-southeast-1a": 2}}` in
a zone; 0 is sold out. A fault of kind `no-stock` on RunInstances with the type as its resource does the same for one call.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fourways.catalog import instance_types as catalogue
from fourways.fakes.service import Scope
from fourways.fakes.services.shared.billing import stand_ins
from fourways.fakes.wire.errors import CloudError

KIND = "ecs-instance"


@dataclass(frozen=True)
class InstanceType:
    """One type that can be bought; memory in GiB."""

    name: str
    family: str
    vcpus: int
    memory_gib: float
    generation: str = ""
    gpu: str = ""
    gpus: int = 0

    @property
    def gpu_spec(self) -> str:
        """GPUSpec of the API, `NVIDIA A10`; that the memory is not in it is assumed."""
        return f"NVIDIA {self.gpu.partition('-')[0]}" if self.gpu else ""

    def stand_in(self) -> Decimal:
        """What an hour is assumed to cost where no price was read, in USD."""
        price = {unit: Decimal(amount) for unit, amount in stand_ins()[KIND].items()}
        return price["vcpu"] * self.vcpus + price["memory-gib"] * Decimal(str(self.memory_gib)) + price["gpu"] * self.gpus


@cache
def offers() -> dict[str, Any]:
    """The file offers.yaml."""
    return dict(yaml.safe_load(Path(__file__).with_name("offers.yaml").read_text()))


def _family(name: str) -> str:
    """ecs.gn8v of ecs.gn8v-8x.48xlarge."""
    return name.rpartition(".")[0].partition("-")[0]


@cache
def known() -> dict[str, InstanceType]:
    """Every type by name: those of offers.yaml and the catalogue's."""
    offered = [InstanceType(**row) for row in offers()["instance_types"]]
    catalogued = [
        InstanceType(row.name, _family(row.name), row.vcpus, row.memory_gib, gpu=row.gpu, gpus=row.gpus)
        for row in catalogue.all()
        if row.name.startswith("ecs.")
    ]
    return {found.name: found for found in catalogued + offered} | {found.name: found for found in offered}


def find(name: str) -> InstanceType:
    """The type of this name; raises 400 where there is none (help centre, RunInstances, error codes)."""
    if name not in known():
        raise CloudError(
            400,
            "InvalidInstanceType.ValueNotSupported",
            f"The specified InstanceType {name} does not exist or beyond the permitted range.",
        )
    return known()[name]


def stock(scope: Scope, name: str, zone: str) -> tuple[int | None, bool]:
    """How many can run (None: no limit), and whether that is of the zone alone and not of the region."""
    seeded = scope.cloud.seed.get("ecs", {}).get("stock", {}).get(name)
    if isinstance(seeded, dict):
        return seeded.get(zone), True
    return seeded, False
