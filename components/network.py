"""The network of a stack: a VPC, a vSwitch in each zone, a security group, and on request a way out to the Internet.

Does not open a port: the security group has no ingress rule at all. Callers of a service on PAI-EAS come through its gateway; what machines
of the stack's own let in is `machine_doors.py`'s.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_alicloud import ecs, vpc

from components.cidrs import vswitch_cidrs
from components.names import Names
from stacks.model import NetworkSettings


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """What the network is made from."""

    settings: NetworkSettings
    names: Names
    tags: dict[str, str]
    #: Who comes in and how, for those who read the security group.
    inbound: str = "No ingress: requests come through the EAS gateway"
    #: The address of a NAT gateway costs by the hour: it refuses to be destroyed where the stack is protected.
    protect: bool = False


class Network(pulumi.ComponentResource):
    """VPC, vSwitches, security group; NAT gateway, address and SNAT entries where `nat` is set."""

    vpc_id: pulumi.Output[str]
    #: Ids in the order of the settings' zones, with commas: the form that EAS takes.
    vswitch_ids: pulumi.Output[str]
    #: Id of the vSwitch of each zone.
    vswitches: dict[str, pulumi.Output[str]]
    #: The security group's id, once the way out is there as well, where one is asked for.
    ready: pulumi.Output[str]
    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fourways:components:Network", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        network = vpc.Network(f"{name}-vpc", vpc_name=args.names.of("vpc"), cidr_block=args.settings.cidr, tags=args.tags, opts=child)
        switches = {
            zone: vpc.Switch(
                f"{name}-vswitch-{zone}",
                vswitch_name=args.names.of(f"vswitch-{zone}"),
                vpc_id=network.id,
                zone_id=zone,
                cidr_block=cidr,
                tags=args.tags,
                opts=child,
            )
            for zone, cidr in vswitch_cidrs(args.settings.cidr, args.settings.zones).items()
        }
        group = ecs.SecurityGroup(
            f"{name}-security-group",
            security_group_name=args.names.of("security-group"),
            description=args.inbound,
            vpc_id=network.id,
            tags=args.tags,
            opts=child,
        )
        way_out = self._way_out(name, args, network, switches) if args.settings.nat else []
        self.vpc_id = network.id
        self.vswitches = {zone: switch.id for zone, switch in switches.items()}
        self.vswitch_ids = pulumi.Output.all(*[switch.id for switch in switches.values()]).apply(",".join)
        self.security_group_id = group.id
        self.ready = pulumi.Output.all(group.id, *way_out).apply(lambda ids: str(ids[0]))
        self.register_outputs({"vpc_id": self.vpc_id, "vswitch_ids": self.vswitch_ids, "security_group_id": self.security_group_id})

    def _way_out(self, name: str, args: NetworkArgs, network: vpc.Network, switches: dict[str, vpc.Switch]) -> list[pulumi.Output[str]]:
        """NAT gateway in the first zone given, one address, one SNAT entry a vSwitch, whose ids are given."""
        child = pulumi.ResourceOptions(parent=self)
        billed = pulumi.ResourceOptions(parent=self, protect=args.protect)
        gateway = vpc.NatGateway(
            f"{name}-nat",
            nat_gateway_name=args.names.of("nat"),
            vpc_id=network.id,
            # The first zone as listed, not the first by letter: a zone added at the end must not move the gateway.
            vswitch_id=switches[args.settings.zones[0]].id,
            nat_type="Enhanced",
            payment_type="PayAsYouGo",
            tags=args.tags,
            opts=billed,
        )
        address = ecs.EipAddress(
            f"{name}-eip",
            address_name=args.names.of("eip"),
            payment_type="PayAsYouGo",
            internet_charge_type="PayByTraffic",
            tags=args.tags,
            opts=billed,
        )
        bound = ecs.EipAssociation(
            f"{name}-eip-association", allocation_id=address.id, instance_id=gateway.id, instance_type="Nat", opts=child
        )
        return [
            vpc.SnatEntry(
                f"{name}-snat-{zone}",
                snat_entry_name=args.names.of(f"snat-{zone}"),
                snat_table_id=gateway.snat_table_ids,
                snat_ip=address.ip_address,
                source_vswitch_id=switch.id,
                # An entry may only name an address that the gateway has.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[bound]),
            ).id
            for zone, switch in switches.items()
        ]
