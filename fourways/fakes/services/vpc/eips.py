"""Elastic IP addresses: billed from their allocation until their release, associated with at most one thing."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from fourways.fakes.services.shared.billing import open_bill
from fourways.fakes.services.shared.resources import Collection, Resource, new_id
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.vpc.backend import VpcBackend

QUOTA = 20  # of a region; help centre, EIP "Limits"
ASSOCIATE_SECONDS = 1.0  # made up
RELEASE_SECONDS = 0.5  # made up
KIND = "eip"
_FIRST_ADDRESS = int(IPv4Address("198.18.0.1"))  # RFC 2544: never somebody's real address


@dataclass(kw_only=True)
class Eip(Resource):
    """`bandwidth` in Mbit/s."""

    address: str
    bandwidth: int
    charge_type: str = "PostPaid"
    internet_charge_type: str = "PayByBandwidth"
    isp: str = "BGP"
    netmode: str = "public"
    zone: str = ""
    pool: str = ""
    months: int = 0
    deletion_protection: bool = False
    instance_id: str = ""
    instance_type: str = ""
    mode: str = "NAT"
    private_ip: str = ""
    protections: list[str] = field(default_factory=list)
    monitor: dict[str, str] = field(default_factory=dict)


class Eips(Collection[Eip]):
    """The elastic IP addresses of one account and region."""

    def __init__(self, backend: VpcBackend) -> None:
        super().__init__(backend.scope, "vpc", "elastic IP address", "InvalidAllocationId.NotFound")
        self._backend = backend
        self._given = 0

    def check(self) -> None:
        quota = int(self._scope.cloud.seed.get("quotas", {}).get("eips", QUOTA))
        if len(self._items) >= quota:
            raise CloudError(400, "QuotaExceeded.Eip", f"Elastic IP address quota exceeded: {quota} in this region.")

    def next_address(self) -> str:
        """A public address that nothing else has: of an elastic IP address, or of what brings its own."""
        self._given += 1
        return str(IPv4Address(_FIRST_ADDRESS + self._given))

    def new(self, bandwidth: int) -> Eip:
        return Eip(id=new_id("eip-"), created=self._scope.clock.now(), address=self.next_address(), bandwidth=bandwidth)

    def allocate(self, eip: Eip) -> Eip:
        open_bill(self._scope, KIND, eip.id, eip.charge_type, eip.months)
        return self.add(eip, "AllocateEipAddress", 0.0)

    def available(self, id: str) -> Eip:
        """One that nothing has; raises 400 otherwise."""
        eip = self[id]
        if eip.status != "Available":
            raise CloudError(400, "IncorrectEipStatus", f"Current elastic IP status {eip.status} does not support this operation.")
        return eip

    def hold(self, id: str, instance_id: str, instance_type: str, private_ip: str) -> None:
        """Associate at once, for a service that has checked its part; `detach` undoes it."""
        eip = self.available(id)
        eip.instance_id, eip.instance_type, eip.private_ip, eip.status = instance_id, instance_type, private_ip, "InUse"

    def associate(self, id: str, instance_id: str, instance_type: str, private_ip: str) -> None:
        eip = self.available(id)
        self._backend.check_eip_target(instance_id, instance_type)
        eip.instance_id, eip.instance_type, eip.private_ip = instance_id, instance_type, private_ip
        eip.status = "Associating"
        self.settle(eip, "AssociateEipAddress", ASSOCIATE_SECONDS, "InUse")

    def unassociate(self, id: str, instance_id: str, force: bool) -> None:
        eip = self[id]
        if not eip.instance_id:
            raise CloudError(400, "IncorrectEipStatus", f"Current elastic IP status {eip.status} does not support this operation.")
        if instance_id and instance_id != eip.instance_id:
            raise CloudError(404, "InvalidInstanceId.NotFound", f"The elastic IP address is not associated with {instance_id}.")
        if eip.status not in ("InUse", "Associating"):
            raise CloudError(400, "IncorrectEipStatus", f"Current elastic IP status {eip.status} does not support this operation.")
        if not force and any(eip.address in entry.ips for entry in self._backend.snat_entries):
            raise CloudError(400, "InvalidIpStatus.HasBeenUsedBySnatTable", "The elastic IP address is used by a SNAT entry.")
        eip.status = "Unassociating"
        self.later(eip.id, "UnassociateEipAddress", ASSOCIATE_SECONDS, self.detach)

    def detach(self, id: str) -> None:
        if id in self._items:
            eip = self._items[id]
            eip.status, eip.instance_id, eip.instance_type, eip.private_ip = "Available", "", "", ""

    def release(self, id: str) -> None:
        eip = self[id]
        if eip.deletion_protection:
            raise CloudError(400, "OperationDenied.DeletionProtection", "The deletion protection of the elastic IP address is on.")
        if eip.charge_type == "PrePaid":
            raise CloudError(400, "OperationUnsupported.PrePaid", "A subscription elastic IP address cannot be released before it expires.")
        if eip.status != "Available":
            raise CloudError(400, "IncorrectEipStatus", f"Current elastic IP status {eip.status} does not support this operation.")
        eip.status = "Releasing"
        self.later(eip.id, "ReleaseEipAddress", RELEASE_SECONDS, self._released)

    def _released(self, id: str) -> None:
        self.remove(id)
        self._scope.stop_bill(KIND, id)
