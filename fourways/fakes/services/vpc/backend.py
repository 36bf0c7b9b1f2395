"""The network of one account and region: its collections, and what they ask of each other and of other services."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any

from fourways.fakes.service import Backend, Scope
from fourways.fakes.services.ecs.zones import REGIONS, zones_of
from fourways.fakes.services.shared.requests import ClientTokens
from fourways.fakes.services.shared.resources import Collection, inventory_rows
from fourways.fakes.services.vpc.bandwidth_packages import BandwidthPackages
from fourways.fakes.services.vpc.eips import Eips
from fourways.fakes.services.vpc.ipv6_gateways import Ipv6Gateways
from fourways.fakes.services.vpc.nat_gateways import NatGateways
from fourways.fakes.services.vpc.nat_ips import NatIps
from fourways.fakes.services.vpc.route_tables import RouteTables
from fourways.fakes.services.vpc.snat import SnatEntries
from fourways.fakes.services.vpc.vpcs import Vpcs
from fourways.fakes.services.vpc.vswitches import VSwitch, VSwitches
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.ecs.backend import EcsBackend

# The provider's acceptance tests presume an account in which somebody made a network of this name, so each region here has one.
FURNISHED_NAME = "default-NODELETING"
FURNISHED_CIDR = "172.16.0.0/16"


class VpcBackend(Backend):
    """VPCs and all that is in them. Each region starts with a VPC and a vSwitch a zone, as in an account that is in use.

    They are in no inventory and take no quota. The default VPC is another: it comes when it is asked for.
    """

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.tokens = ClientTokens()
        self.vpcs = Vpcs(self)
        self.vswitches = VSwitches(self)
        self.route_tables = RouteTables(self)
        self.eips = Eips(self)
        self.bandwidth_packages = BandwidthPackages(self)
        self.ipv6_gateways = Ipv6Gateways(self)
        self.nat_gateways = NatGateways(self)
        self.nat_ips = NatIps(self)
        self.snat_entries = SnatEntries(self)
        if scope.region in REGIONS:
            self._furnish()

    def _furnish(self) -> None:
        vpc = self.vpcs.new(FURNISHED_CIDR)
        vpc.system, vpc.name = True, FURNISHED_NAME
        self.route_tables.create_system(vpc)
        self.vpcs.add(vpc)
        for zone in zones_of(self.scope.region):
            vswitch = self.vswitches.new(vpc.id, zone, self.vswitches.free_range(vpc))
            vswitch.system, vswitch.name = True, FURNISHED_NAME
            self.vswitches.add(vswitch)

    def taggable(self) -> dict[str, Collection[Any]]:
        return {
            "vpc": self.vpcs,
            "vswitch": self.vswitches,
            "routetable": self.route_tables,
            "eip": self.eips,
            "commonbandwidthpackage": self.bandwidth_packages,
            "ipv6gateway": self.ipv6_gateways,
            "natgateway": self.nat_gateways,
        }

    def inventory(self) -> list[dict[str, Any]]:
        collections: dict[str, Collection[Any]] = {
            "vpc": self.vpcs,
            "vswitch": self.vswitches,
            "route-table": self.route_tables,
            "eip": self.eips,
            "common-bandwidth-package": self.bandwidth_packages,
            "ipv6-gateway": self.ipv6_gateways,
            "nat-gateway": self.nat_gateways,
            "nat-ip": self.nat_ips,
            "snat-entry": self.snat_entries,
        }
        return inventory_rows(collections)

    def security_groups_of(self, vpc_id: str) -> list[str]:
        return [group.id for group in self._ecs().security_groups if group.vpc_id == vpc_id]

    def check_eip_target(self, instance_id: str, instance_type: str) -> None:
        """Raises 404 unless there is something of this type and id that an elastic IP address can be associated with."""
        if instance_type == "Nat":
            nat = self.nat_gateways[instance_id]
            if nat.status != "Available":
                raise CloudError(400, "IncorrectStatus.NatGateway", f"The status of the NAT gateway is {nat.status}.")
            return
        if instance_type in ("EcsInstance", "NetworkInterface"):
            self._ecs().check_eip_target(instance_id, instance_type)
            return
        raise CloudError(404, "InvalidInstanceId.NotFound", f"The specified {instance_type} {instance_id} does not exist.")

    def _ecs(self) -> EcsBackend:
        from fourways.fakes.services.ecs.backend import EcsBackend  # ECS needs VPCs as VPC needs what is in them

        return self.scope.backend(EcsBackend)

    def free_ip(self, vswitch: VSwitch) -> str:
        """A free address of the vSwitch, lowest first."""
        taken = self.taken_ips(vswitch.id)
        network = IPv4Network(vswitch.cidr)
        return next(str(address) for address in network.hosts() if str(address) not in taken)

    def taken_ips(self, vswitch_id: str) -> set[str]:
        """Addresses of the vSwitch that something has, in any service."""
        return set().union(*(backend.addresses(vswitch_id) for backend in self.scope.neighbours()))

    def addresses(self, vswitch_id: str) -> set[str]:
        nats = [nat for nat in self.nat_gateways if nat.vswitch_id == vswitch_id]
        return {nat.private_ip for nat in nats} | {ip.address for nat in nats for ip in self.nat_ips.of(nat.id)}
