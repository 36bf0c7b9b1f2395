"""VPCs and the rules they obey."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from fourways.fakes.services.shared.resources import Collection, Resource, dependency, new_id
from fourways.fakes.services.vpc import cidrs
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.vpc.backend import VpcBackend

DEFAULT_VPC_CIDR = "172.31.0.0/16"  # help centre, "Default VPC and default vSwitch": a /16
DEFAULT_CIDR = "172.16.0.0/12"  # help centre, CreateVpc: what a VPC gets that is given none
QUOTA = 10  # VPCs of a region; help centre, VPC "Limits and quotas". The cloud's own do not count.
MOST_SECONDARY = 5  # help centre, VPC "Limits and quotas"
MOST_USER_CIDRS = 3  # help centre, CreateVpc
CREATE_SECONDS = 1.0  # made up
DELETE_SECONDS = 0.5  # made up


@dataclass(kw_only=True)
class Vpc(Resource):
    cidr: str
    router_id: str
    user_cidrs: list[str] = field(default_factory=list)
    secondary_cidrs: list[str] = field(default_factory=list)
    ipv6_cidr: str = ""
    ipv6_isp: str = "BGP"
    dns_hostnames: bool = False
    classic_link: bool = False
    is_default: bool = False

    def ranges(self) -> list[str]:
        return [self.cidr, *self.secondary_cidrs]


class Vpcs(Collection[Vpc]):
    """The VPCs of one account and region."""

    def __init__(self, backend: VpcBackend) -> None:
        super().__init__(backend.scope, "vpc", "VPC", "InvalidVpcId.NotFound")
        self._backend = backend
        self._ipv6_blocks = 0

    def quota(self) -> int:
        return int(self._scope.cloud.seed.get("quotas", {}).get("vpcs", QUOTA))

    def check(self, cidr: str, user_cidrs: list[str]) -> None:
        """Raises what would keep CreateVpc from its work."""
        cidrs.vpc_network(cidr)
        for text in user_cidrs:
            try:
                IPv4Network(text)
            except ValueError:
                raise cidrs.malformed("UserCidr", f"{text} is no IPv4 network in CIDR notation") from None
        if len(user_cidrs) > MOST_USER_CIDRS:
            raise cidrs.malformed("UserCidr", f"at most {MOST_USER_CIDRS}")
        if sum(1 for vpc in self.made_by_users() if not vpc.is_default) >= self.quota():
            raise CloudError(400, "QuotaExceeded.Vpc", f"VPC quota exceeded: {self.quota()} in this region.")

    def create(self, vpc: Vpc, action: str = "CreateVpc") -> Vpc:
        """Begin to make `vpc`, with its vRouter and system route table, which are there at once."""
        vpc.status = "Pending"
        self._backend.route_tables.create_system(vpc)
        return self.add(vpc, action, CREATE_SECONDS)

    def new(self, cidr: str) -> Vpc:
        return Vpc(id=new_id("vpc-"), created=self._scope.clock.now(), cidr=cidr, router_id=new_id("vrt-"))

    def create_default(self) -> Vpc:
        """The region's default VPC; raises 400 where there is one."""
        if self.default() is not None:
            raise CloudError(400, "OperationFailed.DefaultVpcExist", "The default VPC already exists in this region.")
        vpc = self.new(DEFAULT_VPC_CIDR)
        vpc.is_default = True
        return self.create(vpc, "CreateDefaultVpc")

    def default(self) -> Vpc | None:
        return next((vpc for vpc in self if vpc.is_default), None)

    def needed_default(self) -> Vpc:
        """The default VPC, made on the spot where something is put into it before anybody made it (`assumed` of the cloud)."""
        vpc = self.default()
        if vpc is None:
            vpc = self.new(DEFAULT_VPC_CIDR)
            vpc.is_default = vpc.system = True
            self._backend.route_tables.create_system(vpc)
            self.add(vpc)
        return vpc

    def enable_ipv6(self, vpc: Vpc, isp: str = "") -> None:
        if not vpc.ipv6_cidr:
            self._ipv6_blocks += 1
            vpc.ipv6_cidr = cidrs.ipv6_of_vpc(self._ipv6_blocks)
        vpc.ipv6_isp = isp or vpc.ipv6_isp

    def disable_ipv6(self, vpc: Vpc) -> None:
        if any(vswitch.ipv6_cidr for vswitch in self._backend.vswitches.of(vpc.id)):
            raise CloudError(400, "OperationFailed.VSwitchIpv6Exist", "vSwitches of the VPC still have IPv6 CIDR blocks.")
        vpc.ipv6_cidr = ""

    def change_cidr(self, vpc: Vpc, cidr: str) -> None:
        """Another primary range: it must hold the vSwitches, and keep clear of the secondary ranges."""
        network = cidrs.vpc_network(cidr)
        cidrs.refuse_overlap(network, vpc.secondary_cidrs)
        ranges = [network, *map(IPv4Network, vpc.secondary_cidrs)]
        for vswitch in self._backend.vswitches.of(vpc.id):
            if not any(IPv4Network(vswitch.cidr).subnet_of(outer) for outer in ranges):
                raise cidrs.malformed("CidrBlock", f"the vSwitch {vswitch.id} at {vswitch.cidr} would be outside of it")
        vpc.cidr = cidr

    def add_secondary(self, vpc: Vpc, cidr: str) -> None:
        network = cidrs.vpc_network(cidr, "SecondaryCidrBlock")
        cidrs.refuse_overlap(network, vpc.ranges())
        if len(vpc.secondary_cidrs) >= MOST_SECONDARY:
            raise CloudError(400, "QuotaExceeded.SecondaryCidrBlock", f"At most {MOST_SECONDARY} secondary CIDR blocks.")
        vpc.secondary_cidrs.append(cidr)

    def remove_secondary(self, vpc: Vpc, cidr: str) -> None:
        if cidr not in vpc.secondary_cidrs:
            raise CloudError(404, "InvalidSecondaryCidrBlock.NotFound", f"The VPC has no secondary CIDR block {cidr}.")
        if any(IPv4Network(vswitch.cidr).subnet_of(IPv4Network(cidr)) for vswitch in self._backend.vswitches.of(vpc.id)):
            raise dependency("VSwitch", f"vSwitches lie in {cidr}")
        vpc.secondary_cidrs.remove(cidr)

    def check_delete(self, vpc: Vpc) -> None:
        backend = self._backend
        if backend.vswitches.of(vpc.id):
            raise dependency("VSwitch", "vSwitches")
        if backend.security_groups_of(vpc.id):
            raise dependency("SecurityGroup", "security groups")
        if any(nat.vpc_id == vpc.id for nat in backend.nat_gateways):
            raise dependency("NatGateway", "NAT gateways")
        if any(gateway.vpc_id == vpc.id for gateway in backend.ipv6_gateways):
            raise dependency("Ipv6Gateway", "an IPv6 gateway")
        if any(table.vpc_id == vpc.id and not table.system for table in backend.route_tables):
            raise dependency("RouteTable", "route tables")

    def delete(self, vpc: Vpc) -> None:
        self.check_delete(vpc)
        vpc.status = "Deleting"
        self.later(vpc.id, "DeleteVpc", DELETE_SECONDS, self._gone)

    def _gone(self, id: str) -> None:
        self.remove(id)
        for table in [table for table in self._backend.route_tables if table.vpc_id == id]:
            self._backend.route_tables.remove(table.id)
