"""The capacity of a model-unit stack: a resource group of dedicated EAS machines that make up the Model Units.

Billed from its creation until it is deleted, whether anything runs on it or not. With `capacity.adopt` nothing is bought: the group that
exists is read and used, carries no tag of ours (a clean-up by tags must not see it), and stays, with its bill, when the stack is destroyed.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from fourways.catalog.units import MachineLayout
from fourways.provider import resources
from stacks.kinds.model_unit import Capacity


@dataclass(frozen=True, kw_only=True)
class ModelUnitArgs:
    """What is bought and where."""

    region: str
    capacity: Capacity
    layout: MachineLayout
    tags: dict[str, str]
    protect: bool = False


class ModelUnit(pulumi.ComponentResource):
    """Dedicated machines that make up `units` Model Units."""

    #: `eas-r-...`, what a service's `metadata.resource` names.
    resource_id: pulumi.Output[str]

    def __init__(self, name: str, args: ModelUnitArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fourways:components:ModelUnit", name, None, opts)
        adopted = args.capacity.adopt
        group = resources.EasResourceGroup(
            f"{name}-machines",
            region=args.region,
            instance_type=args.layout.instance_type,
            instance_count=args.layout.machines,
            charge_type=args.capacity.charge_type,
            system_disk_size=args.capacity.system_disk_size,
            # Never by itself: a renewal is a purchase.
            auto_renewal=False,
            labels=None if adopted else args.tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.protect and not adopted,
                # An id makes it a read: the engine fetches the group and never creates, changes or deletes it.
                id=f"{args.region}/{adopted}" if adopted else None,
            ),
        )
        self.resource_id = group.resource_id
        self.register_outputs({"resource_id": self.resource_id})
