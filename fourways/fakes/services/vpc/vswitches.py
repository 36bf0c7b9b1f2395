"""vSwitches and the rules they obey."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from fourways.fakes.services.ecs.zones import checked_zone
from fourways.fakes.services.shared.resources import Collection, Resource, dependency, new_id
from fourways.fakes.services.vpc import cidrs
from fourways.fakes.wire.errors import CloudError, missing

if TYPE_CHECKING:
    from fourways.fakes.services.vpc.backend import VpcBackend
    from fourways.fakes.services.vpc.vpcs import Vpc

QUOTA = 150  # vSwitches of a VPC; help centre, CreateVSwitch
CREATE_SECONDS = 1.0  # made up
DELETE_SECONDS = 0.5  # made up
DEFAULT_MASK = 20  # of the default vSwitch of a zone; help centre, "Default VPC and default vSwitch"


@dataclass(kw_only=True)
class VSwitch(Resource):
    vpc_id: str
    zone: str
    cidr: str
    route_table_id: str
    ipv6_cidr: str = ""
    is_default: bool = False


class VSwitches(Collection[VSwitch]):
    """The vSwitches of one account and region."""

    def __init__(self, backend: VpcBackend) -> None:
        super().__init__(backend.scope, "vpc", "vSwitch", "InvalidVSwitchId.NotFound")
        self._backend = backend

    def of(self, vpc_id: str) -> list[VSwitch]:
        return [vswitch for vswitch in self if vswitch.vpc_id == vpc_id]

    def new(self, vpc_id: str, zone: str, cidr: str) -> VSwitch:
        """Checked, not yet kept. Raises what would keep CreateVSwitch from its work."""
        vpc = self._backend.vpcs[vpc_id]
        checked_zone(self._scope.region, zone)
        cidrs.vswitch_network(cidr, vpc.ranges(), (other.cidr for other in self.of(vpc_id)))
        if vpc.status != "Available":
            raise CloudError(400, "IncorrectVpcStatus", f"The status of the VPC is {vpc.status}.")
        if len(self.of(vpc_id)) >= QUOTA:
            raise CloudError(400, "QuotaExceeded.VSwitch", f"vSwitch quota exceeded: {QUOTA} in a VPC.")
        table = self._backend.route_tables.system_of(vpc_id)
        return VSwitch(id=new_id("vsw-"), created=self._scope.clock.now(), vpc_id=vpc_id, zone=zone, cidr=cidr, route_table_id=table.id)

    def create(self, vswitch: VSwitch, action: str = "CreateVSwitch") -> VSwitch:
        vswitch.status = "Pending"
        return self.add(vswitch, action, CREATE_SECONDS)

    def new_default(self, zone: str) -> VSwitch:
        """The default vSwitch of a zone, in the default VPC. Raises 400 where there is one."""
        vpc = self._backend.vpcs.needed_default()
        if any(vswitch.is_default and vswitch.zone == zone for vswitch in self):
            raise CloudError(400, "OperationFailed.DefaultVSwitchExist", f"The default vSwitch already exists in {zone}.")
        vswitch = self.new(vpc.id, zone, self.free_range(vpc))
        vswitch.is_default = True
        return vswitch

    def free_range(self, vpc: Vpc) -> str:
        """The highest range of a default vSwitch's size that is free, so that the low ones are left to people."""
        taken = [IPv4Network(vswitch.cidr) for vswitch in self.of(vpc.id)]
        for network in reversed(list(IPv4Network(vpc.cidr).subnets(new_prefix=DEFAULT_MASK))):
            if not any(network.overlaps(other) for other in taken):
                return str(network)
        raise CloudError(400, "InvalidCidrBlock.Overlapped", f"The VPC {vpc.id} has no range left.")

    def set_ipv6(self, vswitch: VSwitch, last: int | None, block: str = "") -> None:
        """Give the vSwitch the /64 of its VPC that ends in `last`, or take it away (None)."""
        if last is None:
            vswitch.ipv6_cidr = ""
            return
        vpc: Vpc = self._backend.vpcs[vswitch.vpc_id]
        if not vpc.ipv6_cidr:
            raise CloudError(400, "OperationFailed.VpcNotEnableIpv6", "The VPC has no IPv6 CIDR block.")
        if block and block != vpc.ipv6_cidr:
            raise CloudError(400, "InvalidVpcIpv6CidrBlock", f"The VPC has no IPv6 CIDR block {block}.")
        cidr = cidrs.ipv6_of_vswitch(vpc.ipv6_cidr, last)
        if any(other.ipv6_cidr == cidr and other.id != vswitch.id for other in self.of(vswitch.vpc_id)):
            raise CloudError(400, "InvalidIpv6CidrBlock.Overlapped", f"Specified IPv6 CIDR block {cidr} is overlapped with other subnets.")
        vswitch.ipv6_cidr = cidr

    def free_addresses(self, vswitch: VSwitch) -> int:
        return cidrs.usable_addresses(vswitch.cidr) - len(self._backend.taken_ips(vswitch.id))

    def delete(self, id: str) -> None:
        if not id:
            raise missing("VSwitchId")
        vswitch = self[id]
        if any(nat.vswitch_id == id for nat in self._backend.nat_gateways):
            raise dependency("EnhancedNatgw", "NAT gateways")
        if any(entry.source_vswitch_id == id for entry in self._backend.snat_entries):
            raise dependency("SnatEntry", "SNAT entries")
        users = self._scope.dependents(id)
        if users:
            raise dependency("", f"{users[0]} is in the vSwitch")
        if self._backend.route_tables[vswitch.route_table_id].status == "Associating":
            raise CloudError(400, "IncorrectVSwitchStatus", "The route table of the vSwitch is being changed.")
        self.remove_later(vswitch, "DeleteVSwitch", DELETE_SECONDS, "Pending")
