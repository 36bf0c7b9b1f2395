"""Dedicated machines of PAI-EAS: a resource group, bought or adopted.

Billed from its creation until it is deleted, whether anything runs on it or not. With `adopt` nothing is bought: the group that exists is
read and used, carries no tag of ours (a clean-up by tags must not see it), and stays, with its bill, when the stack is destroyed.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.log_place import LogPlace
from fourways.provider import resources


@dataclass(frozen=True, kw_only=True)
class MachinesArgs:
    """What is bought and where."""

    region: str
    instance_type: str
    machines: int
    charge_type: str
    system_disk_size: int
    #: `eas-r-...` of a group that exists, to use instead of buying one.
    adopt: str | None
    tags: dict[str, str]
    #: Where the logs of all services on them go; never said of an adopted group.
    log: LogPlace | None = None
    protect: bool = False


class Machines(pulumi.ComponentResource):
    """A resource group of equal machines."""

    #: `eas-r-...`, what a service's `metadata.resource` names.
    resource_id: pulumi.Output[str]

    def __init__(self, name: str, args: MachinesArgs, opts: pulumi.ResourceOptions | None = None, *, type_name: str = "Machines") -> None:
        super().__init__(f"fourways:components:{type_name}", name, None, opts)
        group = resources.EasResourceGroup(
            f"{name}-machines",
            region=args.region,
            instance_type=args.instance_type,
            instance_count=args.machines,
            charge_type=args.charge_type,
            system_disk_size=args.system_disk_size,
            # Never by itself: a renewal is a purchase.
            auto_renewal=False,
            labels=None if args.adopt else args.tags,
            log=None if args.adopt or args.log is None else {"project": args.log.project, "logStore": args.log.store},
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.protect and not args.adopt,
                # An id makes it a read: the engine fetches the group and never creates, changes or deletes it.
                id=f"{args.region}/{args.adopt}" if args.adopt else None,
            ),
        )
        self.resource_id = group.resource_id
        self.register_outputs({"resource_id": self.resource_id})
