"""Classic load balancers: billed from their creation until they are deleted."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from fourways.fakes.services.shared.billing import open_bill
from fourways.fakes.services.shared.resources import Collection, Resource, new_id
from fourways.fakes.services.vpc.backend import VpcBackend
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.slb.backend import SlbBackend

KIND = "slb"
QUOTA = 60  # of a region; help centre, SLB "Limits": assumed, from memory
_FIRST_ADDRESS = int(IPv4Address("198.19.128.1"))  # RFC 2544: never somebody's real address


@dataclass(kw_only=True)
class LoadBalancer(Resource):
    """`status` is active, inactive or locked, in small letters as the API has it. `bandwidth` in Mbit/s."""

    address: str
    address_type: str
    vpc_id: str = ""
    vswitch_id: str = ""
    master_zone: str = ""
    slave_zone: str = ""
    spec: str = ""
    instance_charge_type: str = "PayBySpec"
    internet_charge_type: str = "paybytraffic"
    pay_type: str = "PayOnDemand"
    months: int = 0
    bandwidth: int = 5120
    delete_protection: bool = False
    modification_status: str = "NonProtection"
    modification_reason: str = ""


class LoadBalancers(Collection[LoadBalancer]):
    """The classic load balancers of one account and region."""

    def __init__(self, backend: SlbBackend) -> None:
        super().__init__(backend.scope, "slb", "load balancer", "InvalidLoadBalancerId.NotFound")
        self._given = 0

    def new(self, address_type: str, vswitch_id: str, wanted: str) -> LoadBalancer:
        """Checked, not yet kept nor billed. In a vSwitch it has a private address there, else a public one."""
        quota = int(self._scope.cloud.seed.get("quotas", {}).get("load_balancers", QUOTA))
        if len(self._items) >= quota:
            raise CloudError(400, "QuotaLimitExceeds", f"The quota of {quota} load balancers is exceeded.")
        id, now = new_id("lb-", 21), self._scope.clock.now()
        if not vswitch_id:
            self._given += 1
            return LoadBalancer(id=id, created=now, address=str(IPv4Address(_FIRST_ADDRESS + self._given)), address_type=address_type)
        vpc = self._scope.backend(VpcBackend)
        vswitch = vpc.vswitches[vswitch_id]
        if wanted and (IPv4Address(wanted) not in IPv4Network(vswitch.cidr) or wanted in vpc.taken_ips(vswitch_id)):
            raise CloudError(400, "InvalidParameter.Address", f"The address {wanted} is not free in {vswitch.cidr}.")
        made = LoadBalancer(id=id, created=now, address=wanted or vpc.free_ip(vswitch), address_type=address_type)
        made.vpc_id, made.vswitch_id, made.master_zone = vswitch.vpc_id, vswitch_id, vswitch.zone
        return made

    def create(self, balancer: LoadBalancer) -> LoadBalancer:
        """It is there at once: the answer of the call names its address."""
        open_bill(self._scope, KIND, balancer.id, "PrePaid" if balancer.pay_type == "PrePay" else "PostPaid", balancer.months)
        return self.add(balancer, "CreateLoadBalancer", 0.0, "active")

    def delete(self, balancer: LoadBalancer) -> None:
        if balancer.delete_protection:
            raise CloudError(400, "OperationDenied.DeleteProtectionIsOn", "The deletion protection of the load balancer is on.")
        if balancer.pay_type == "PrePay":
            raise CloudError(400, "OperationDenied.PrePay", "A subscription load balancer cannot be deleted before it expires.")
        self.remove(balancer.id)
        self._scope.stop_bill(KIND, balancer.id)
