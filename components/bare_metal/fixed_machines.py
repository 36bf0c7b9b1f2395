"""Replicas of machines that are named one by one: those that span several machines, and those that are bought for a term.

No scaling group: the machines of a replica know each other by address, and what is bought for a term is not released. A changed setting
makes new machines beside the old ones; the way in moves over once they serve, and the old ones go.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
from pulumi_alicloud import ecs

from components.bare_metal.machine import DEVICE, Place, digest
from components.names import Names
from stacks.kinds.bare_metal import MachineReplicas
from stacks.kinds.ecs_capacity import EcsCapacity

RESERVED = 10
"""Addresses at the beginning of a vSwitch that are left alone: the cloud's own, and the load balancer's as a rule."""


@dataclass(frozen=True, kw_only=True)
class FixedMachinesArgs:
    """What the machines are, how many, and where."""

    names: Names
    tags: dict[str, str]
    capacity: EcsCapacity
    #: The user data of a machine in its place.
    user_data: Callable[[Place], str]
    role_name: pulumi.Input[str]
    security_group_id: pulumi.Input[str]
    #: vSwitch ids and ranges by zone, in the order of the settings.
    vswitches: Mapping[str, pulumi.Input[str]]
    cidrs: Mapping[str, str]
    replicas: MachineReplicas
    protect: bool = False


class FixedMachines(pulumi.ComponentResource):
    """The instances of every replica."""

    #: Ids of the machines that clients reach: the first of each replica.
    heads: pulumi.Output[Sequence[str]]

    def __init__(self, name: str, args: FixedMachinesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fourways:components:FixedMachines", name, None, opts)
        self._name, self._args = name, args
        zones = list(args.vswitches)
        # A replica stays in one zone: its machines wait for each other with every token.
        heads = [self._replica(number, zones[number % len(zones)]) for number in range(args.replicas.count)]
        self.heads = pulumi.Output.all(*heads).apply(list)
        self.register_outputs({"heads": self.heads})

    def _replica(self, number: int, zone: str) -> pulumi.Output[str]:
        args, nodes = self._args, self._args.replicas.machines
        address = head_address(args.cidrs[zone], number, self._configuration(nodes)) if nodes > 1 else None
        machines = [
            self._machine(
                f"{number}-{rank}", zone, args.user_data(Place(nodes=nodes, rank=rank, head_ip=address)), address if rank == 0 else None
            )
            for rank in range(nodes)
        ]
        return pulumi.Output.from_input(machines[0].id)

    def _configuration(self, nodes: int) -> str:
        """A digest of all that makes another machine where it changes."""
        like = self._args.user_data(Place(nodes=nodes, head_ip="0.0.0.0"))
        bought, disk = self._args.capacity, self._args.capacity.weights_disk
        kept = [disk.category, disk.size] if disk is not None else []
        return digest(json.dumps([like, bought.instance_types[0], bought.image, bought.system_disk.category, kept]))

    def _machine(self, which: str, zone: str, user_data: str, private_ip: str | None) -> ecs.Instance:
        args, bought = self._args, self._args.capacity
        prepaid = bought.charge_type == "PrePaid"
        return ecs.Instance(
            f"{self._name}-{which}",
            instance_name=args.names.of(f"machine-{which}"),
            instance_type=bought.instance_types[0],
            image_id=bought.image,
            instance_charge_type=bought.charge_type,
            period=bought.months if prepaid else None,
            period_unit="Month" if prepaid else None,
            # What a term has bought ends with it: nobody renews it unseen.
            renewal_status="NotRenewal" if prepaid else None,
            vswitch_id=args.vswitches[zone],
            private_ip=private_ip,
            security_groups=[args.security_group_id],
            internet_max_bandwidth_out=0,
            role_name=args.role_name,
            http_endpoint="enabled",
            http_tokens="required",
            system_disk_category=bought.system_disk.category,
            system_disk_size=bought.system_disk.size,
            system_disk_encrypted=True,
            data_disks=[
                ecs.InstanceDataDiskArgs(
                    category=disk.category,
                    size=disk.size,
                    performance_level=disk.performance_level,
                    encrypted=True,
                    delete_with_instance=True,
                    device=DEVICE,
                    name=args.names.of(f"weights-{which}"),
                )
                for disk in [bought.weights_disk]
                if disk is not None
            ],
            key_name=bought.key_pair,
            user_data=pulumi.Output.secret(user_data),
            # The cloud starts it again elsewhere when its host fails.
            maintenance_action="AutoRecover",
            tags=args.tags,
            volume_tags=args.tags,
            opts=self._kept(prepaid=prepaid),
        )

    def _kept(self, *, prepaid: bool) -> pulumi.ResourceOptions:
        """What becomes of a machine whose settings change.

        By the hour it is replaced: other user data is another machine, which in place would be read at the next boot, whenever that is. So
        it cannot be protected, which would forbid that. For a term it is never replaced: the term before it would go on being paid.
        """
        if prepaid:
            return pulumi.ResourceOptions(
                parent=self,
                protect=self._args.protect,
                additional_secret_outputs=["userData"],
                ignore_changes=["userData", "imageId", "privateIp"],
            )
        return pulumi.ResourceOptions(
            parent=self, additional_secret_outputs=["userData"], replace_on_changes=["userData", "imageId", "instanceType"]
        )


def head_address(cidr: str, replica: int, configuration: str) -> str:
    """The address of a replica's head in its vSwitch: another one for another configuration, so that old and new stand side by side."""
    network = IPv4Network(cidr)
    room = network.num_addresses - 2 * RESERVED
    if room < 2 * RESERVED:
        raise ValueError(f"{cidr} is too small for machines with addresses of their own: give fourways:network.cidr a prefix of 19 or less")
    place = (int(configuration, 16) + replica) % room
    return str(network.network_address + RESERVED + place)
