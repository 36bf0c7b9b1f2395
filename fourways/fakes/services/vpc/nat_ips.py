"""The private addresses of NAT gateways in a VPC (network type intranet), which SNAT entries send by."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from fourways.fakes.services.shared.resources import Collection, Resource, dependency, new_id
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.vpc.backend import VpcBackend
    from fourways.fakes.services.vpc.nat_gateways import NatGateway

SECONDS = 1.0  # made up


@dataclass(kw_only=True)
class NatIp(Resource):
    """`system` is the gateway's own address, which goes with it only."""

    nat_id: str
    cidr: str
    address: str


class NatIps(Collection[NatIp]):
    """The NAT addresses of one account and region."""

    def __init__(self, backend: VpcBackend) -> None:
        super().__init__(backend.scope, "vpc", "NAT IP address", "InvalidNatIpId.NotFound")
        self._backend = backend

    def of(self, nat_id: str) -> list[NatIp]:
        return [ip for ip in self if ip.nat_id == nat_id]

    def cidr_of(self, nat: NatGateway) -> str:
        return self._backend.vswitches[nat.vswitch_id].cidr

    def create_own(self, nat: NatGateway) -> NatIp:
        ip = self._new(nat, nat.private_ip)
        ip.system = True
        return self.add(ip)

    def new(self, nat_id: str, cidr: str, address: str) -> NatIp:
        """Checked, not yet kept. Raises what would keep CreateNatIp from its work."""
        nat = self._backend.nat_gateways[nat_id]
        if nat.network_type != "intranet":
            raise CloudError(400, "OperationUnsupported.NatType", "Only VPC NAT gateways have NAT IP addresses.")
        if nat.status != "Available":
            raise CloudError(400, "IncorrectStatus.NATGW", f"The status of the NAT gateway is {nat.status}.")
        if cidr != self.cidr_of(nat):
            raise CloudError(404, "InvalidNatIpCidr.NotFound", f"The NAT gateway has no NAT CIDR block {cidr}.")
        taken = self._backend.taken_ips(nat.vswitch_id)
        if not address:
            return self._new(nat, self._backend.free_ip(self._backend.vswitches[nat.vswitch_id]))
        if address in taken or IPv4Address(address) not in IPv4Network(cidr):
            raise CloudError(400, "InvalidNatIp.AlreadyUsed", f"The address {address} is not free in {cidr}.")
        return self._new(nat, address)

    def _new(self, nat: NatGateway, address: str) -> NatIp:
        return NatIp(id=new_id("vpcnatip-"), created=self._scope.clock.now(), nat_id=nat.id, cidr=self.cidr_of(nat), address=address)

    def create(self, ip: NatIp) -> NatIp:
        ip.status = "Creating"
        return self.add(ip, "CreateNatIp", SECONDS)

    def delete(self, id: str) -> None:
        ip = self[id]
        if ip.system:
            raise CloudError(400, "OperationDenied.DefaultNatIp", "The default NAT IP address goes with its gateway only.")
        if any(ip.address in entry.ips for entry in self._backend.snat_entries):
            raise dependency("SnatEntry", "SNAT entries send by the address")
        self.remove_later(ip, "DeleteNatIp", SECONDS)
