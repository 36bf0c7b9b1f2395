"""Kind `model-unit` on dedicated EAS machines: the model on Model Units that a resource group is made of, served by PAI-EAS."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from fourways.catalog.units import MachineLayout, all_units, machines_for
from stacks.checks import capacity as capacities
from stacks.kinds.bought import Bought
from stacks.kinds.kind import Check
from stacks.kinds.on_eas import OnEas


class Capacity(Bought):
    """What is bought. Units are turned into machines by the catalogue."""

    more: ClassVar[str] = "capacity.units"

    source: Literal["eas-resource-group", "eas-quota"] = Field(
        description="eas-resource-group (dedicated EAS machines) or model-studio (run by Model Studio)"
    )
    units: int = Field(ge=1, le=800, description="whole units, 1-800")
    spec: str = Field(description=f"one of {', '.join(all_units())}")
    charge_type: Literal["PostPaid", "PrePaid"] = Field(default="PostPaid", description="PostPaid (by the hour) or PrePaid (a term)")
    adopt: str | None = Field(
        default=None,
        pattern=r"^eas-r-[a-z0-9]+$",
        description="the id of a resource group that exists (eas-r-...), to run on instead of buying one",
    )
    system_disk_size: int = Field(default=200, ge=200, le=2000, description="GiB of system disk a machine, 200-2000")

    def machines(self, gpus_per_replica: int) -> MachineLayout:
        """The machines that make up the units. Raises CatalogError where none hold such replicas."""
        return machines_for(self.spec, self.units, gpus_per_replica)

    def machine_types(self, gpus_per_replica: int) -> tuple[str, ...]:
        """The one type that the units are made of. Raises CatalogError as `machines` does."""
        return (self.machines(gpus_per_replica).instance_type,)

    def room(self, gpus_per_replica: int) -> int | None:
        """Replicas that run at once. Raises CatalogError as `machines` does."""
        return self.machines(gpus_per_replica).replicas_that_fit(gpus_per_replica)


class ModelUnitServing(OnEas):
    """The model on Model Units bought as dedicated EAS machines, served by PAI-EAS."""

    checks: ClassVar[tuple[Check, ...]] = (
        capacities.source_is_available,
        capacities.units_make_machines,
        *OnEas.on_eas,
        capacities.benchmark_is_not_prepaid,
    )

    kind: Literal["model-unit"]
    capacity: Capacity = Field(description="a mapping with source, units and spec")
