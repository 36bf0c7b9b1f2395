"""The capacity of a model-unit stack: dedicated EAS machines that make up the Model Units (`machines.py`)."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.eas.machines import Machines, MachinesArgs
from components.log_place import LogPlace
from fourways.catalog.units import MachineLayout
from stacks.kinds.model_unit import Capacity


@dataclass(frozen=True, kw_only=True)
class ModelUnitArgs:
    """What is bought and where."""

    region: str
    capacity: Capacity
    layout: MachineLayout
    tags: dict[str, str]
    log: LogPlace | None = None
    protect: bool = False


class ModelUnit(Machines):
    """Dedicated machines that make up `units` Model Units."""

    def __init__(self, name: str, args: ModelUnitArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(
            name,
            MachinesArgs(
                region=args.region,
                instance_type=args.layout.instance_type,
                machines=args.layout.machines,
                charge_type=args.capacity.charge_type,
                system_disk_size=args.capacity.system_disk_size,
                adopt=args.capacity.adopt,
                tags=args.tags,
                log=args.log,
                protect=args.protect,
            ),
            opts,
            # A type of its own, since it is in the URN of what existing stacks have bought: with another they would buy it again.
            type_name="ModelUnit",
        )
