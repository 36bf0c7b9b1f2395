"""SNAT entries: which sources leave a VPC by which addresses of a NAT gateway."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from fourways.fakes.services.shared.resources import Collection, Resource, new_id
from fourways.fakes.services.vpc import cidrs
from fourways.fakes.wire.errors import CloudError, missing

if TYPE_CHECKING:
    from fourways.fakes.services.vpc.backend import VpcBackend
    from fourways.fakes.services.vpc.nat_gateways import NatGateway

SECONDS = 1.0  # made up


@dataclass(kw_only=True)
class SnatEntry(Resource):
    table_id: str
    source_vswitch_id: str
    source_cidr: str
    ips: list[str]
    eip_affinity: int = 0


class SnatEntries(Collection[SnatEntry]):
    """The SNAT entries of one account and region."""

    def __init__(self, backend: VpcBackend) -> None:
        super().__init__(backend.scope, "vpc", "SNAT entry", "InvalidSnatEntryId.NotFound")
        self._backend = backend

    def new(self, table_id: str, vswitch_id: str, source_cidr: str, ips: list[str]) -> SnatEntry:
        """Checked, not yet kept. Raises what would keep CreateSnatEntry from its work."""
        nat = self._backend.nat_gateways.by_snat_table(table_id)
        if nat.status != "Available":
            raise CloudError(400, "IncorrectStatus.NATGW", f"The status of the NAT gateway is {nat.status}.")
        self.check_ips(nat, ips)
        if not vswitch_id and not source_cidr:
            raise missing("SourceVSwitchId")
        if source_cidr:
            _check_cidr(source_cidr)
        else:
            vswitch = self._backend.vswitches[vswitch_id]
            if vswitch.vpc_id != nat.vpc_id:
                raise CloudError(404, "InvalidVSwitchId.NotFound", f"The vSwitch {vswitch_id} is not in the VPC of the NAT gateway.")
            source_cidr = vswitch.cidr
        for other in self:
            if other.table_id == table_id and other.source_cidr == source_cidr:
                raise CloudError(400, "Forbidden.SourceVSwitchId.Duplicated", f"The source {source_cidr} has a SNAT entry in this table.")
        return SnatEntry(
            id=new_id("snat-"),
            created=self._scope.clock.now(),
            table_id=table_id,
            source_vswitch_id=vswitch_id,
            source_cidr=source_cidr,
            ips=ips,
            status="Pending",
        )

    def create(self, entry: SnatEntry) -> SnatEntry:
        return self.add(entry, "CreateSnatEntry", SECONDS)

    def check_ips(self, nat: NatGateway, ips: list[str]) -> None:
        if nat.network_type == "intranet":
            bound = {ip.address for ip in self._backend.nat_ips.of(nat.id) if ip.status == "Available"}
        else:
            bound = {eip.address for eip in self._backend.eips if eip.instance_id == nat.id and eip.status == "InUse"}
        for ip in ips:
            if ip not in bound:
                raise CloudError(400, "EIP_NOT_IN_GATEWAY", f"The address {ip} is not bound to the NAT gateway.")

    def delete(self, table_id: str, id: str) -> None:
        self._backend.nat_gateways.by_snat_table(table_id)
        self.remove_later(self[id], "DeleteSnatEntry", SECONDS)


def _check_cidr(source_cidr: str) -> None:
    try:
        IPv4Network(source_cidr)
    except ValueError:
        raise cidrs.malformed("SourceCIDR", f"{source_cidr} is no IPv4 network in CIDR notation") from None
