"""NAT gateways (enhanced only: the cloud no longer sells normal ones), billed from creation until they are gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fourways.fakes.services.shared.billing import open_bill
from fourways.fakes.services.shared.resources import Collection, Resource, dependency, new_id
from fourways.fakes.wire.errors import CloudError, missing

if TYPE_CHECKING:
    from fourways.fakes.services.vpc.backend import VpcBackend

QUOTA = 5  # of a VPC; help centre, NAT gateway "Limits": `assumed`, from memory
CREATE_SECONDS = 3.0  # made up
DELETE_SECONDS = 2.0  # made up
KIND = "nat-gateway"


@dataclass(kw_only=True)
class NatGateway(Resource):
    vpc_id: str
    vswitch_id: str
    zone: str
    private_ip: str
    snat_table_id: str
    forward_table_id: str
    network_type: str = "internet"
    charge_type: str = "PostPaid"
    internet_charge_type: str = "PayByLcu"
    spec: str = ""
    eip_bind_mode: str = "MULTI_BINDED"
    icmp_reply: bool = True
    private_link: bool = False
    access_mode: dict[str, str] | None = None
    deletion_protection: bool = False
    months: int = 0


class NatGateways(Collection[NatGateway]):
    """The NAT gateways of one account and region."""

    def __init__(self, backend: VpcBackend) -> None:
        super().__init__(backend.scope, "vpc", "NAT gateway", "InvalidNatGatewayId.NotFound")
        self._backend = backend

    def new(self, vpc_id: str, vswitch_id: str, nat_type: str) -> NatGateway:
        """Checked, not yet kept. Raises what would keep CreateNatGateway from its work."""
        vpc = self._backend.vpcs[vpc_id]
        if nat_type != "Enhanced":
            raise CloudError(400, "OperationUnsupported.NormalNatGateway", "Normal NAT gateways are no longer sold.")
        if not vswitch_id:
            raise missing("VSwitchId")
        vswitch = self._backend.vswitches[vswitch_id]
        if vswitch.vpc_id != vpc.id:
            raise CloudError(400, "InvalidVSwitchId.NotInVpc", f"The vSwitch {vswitch_id} is not in the VPC {vpc_id}.")
        if vswitch.status != "Available":
            raise CloudError(400, "IncorrectStatus.VSWITCH", f"The status of the vSwitch is {vswitch.status}.")
        if self._backend.vswitches.free_addresses(vswitch) < 1:
            raise CloudError(400, "InvalidVSwitchId.IpNotEnough", f"The vSwitch {vswitch_id} has no free address.")
        if sum(1 for nat in self if nat.vpc_id == vpc_id) >= QUOTA:
            raise CloudError(400, "QuotaExceeded.NatGateway", f"NAT gateway quota exceeded: {QUOTA} in a VPC.")
        return NatGateway(
            id=new_id("ngw-"),
            created=self._scope.clock.now(),
            vpc_id=vpc_id,
            vswitch_id=vswitch_id,
            zone=vswitch.zone,
            private_ip=self._backend.free_ip(vswitch),
            snat_table_id=new_id("stb-"),
            forward_table_id=new_id("ftb-"),
            status="Creating",
        )

    def create(self, nat: NatGateway) -> NatGateway:
        open_bill(self._scope, KIND, nat.id, nat.charge_type, nat.months)
        if nat.network_type == "intranet":
            self._backend.nat_ips.create_own(nat)
        return self.add(nat, "CreateNatGateway", CREATE_SECONDS)

    def by_snat_table(self, id: str) -> NatGateway:
        """The gateway whose SNAT table this is; raises 404."""
        for nat in self:
            if nat.snat_table_id == id:
                return nat
        raise CloudError(404, "InvalidSnatTableId.NotFound", f"The specified SNAT table {id} does not exist.")

    def delete(self, id: str, force: bool) -> None:
        nat = self[id]
        backend = self._backend
        if nat.deletion_protection:
            raise CloudError(400, "OperationDenied.DeletionProtection", "The deletion protection of the NAT gateway is on.")
        if nat.charge_type == "PrePaid":
            raise CloudError(400, "OperationUnsupported.PrePaid", "A subscription NAT gateway cannot be deleted before it expires.")
        if nat.status in ("Creating", "Deleting"):
            raise CloudError(400, "OperationConflict", f"The status of the NAT gateway is {nat.status}.")
        entries = [entry for entry in backend.snat_entries if entry.table_id == nat.snat_table_id]
        addresses = [eip for eip in backend.eips if eip.instance_id == id]
        if not force:
            if entries:
                raise dependency("SnatEntry", "SNAT entries")
            if addresses:
                raise dependency("EIPS", "elastic IP addresses")
            if any(not ip.system for ip in backend.nat_ips.of(id)):
                raise dependency("NatIp", "NAT IP addresses")
        for entry in entries:
            backend.snat_entries.remove(entry.id)
        for eip in addresses:
            backend.eips.detach(eip.id)
        for ip in backend.nat_ips.of(id):
            backend.nat_ips.remove(ip.id)
        nat.status = "Deleting"
        self.later(nat.id, "DeleteNatGateway", DELETE_SECONDS, self._gone)

    def _gone(self, id: str) -> None:
        self.remove(id)
        self._scope.stop_bill(KIND, id)
