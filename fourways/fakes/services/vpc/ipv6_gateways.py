"""IPv6 gateways: one a VPC, by which its IPv6 addresses reach the internet. They cost nothing by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fourways.fakes.services.shared.resources import Collection, Resource, new_id
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.vpc.backend import VpcBackend

SECONDS = 1.0  # made up: any change


@dataclass(kw_only=True)
class Ipv6Gateway(Resource):
    """Statuses are the API's: Pending, Available, Deleting."""

    vpc_id: str


class Ipv6Gateways(Collection[Ipv6Gateway]):
    """The IPv6 gateways of one account and region."""

    def __init__(self, backend: VpcBackend) -> None:
        super().__init__(backend.scope, "vpc", "IPv6 gateway", "InvalidIpv6GatewayId.NotFound")
        self._backend = backend

    def new(self, vpc_id: str) -> Ipv6Gateway:
        """Checked, not yet kept; the codes are assumed."""
        vpc = self._backend.vpcs[vpc_id]
        if not vpc.ipv6_cidr:
            raise CloudError(400, "OperationFailed.VpcNotEnableIpv6", "The VPC has no IPv6 CIDR block.")
        if any(gateway.vpc_id == vpc_id for gateway in self._items.values()):
            raise CloudError(400, "ResourceAlreadyExist.Ipv6Gateway", f"The VPC {vpc_id} has an IPv6 gateway already.")
        return Ipv6Gateway(id=new_id("ipv6gw-"), created=self._scope.clock.now(), vpc_id=vpc_id, status="Pending")

    def create(self, gateway: Ipv6Gateway) -> Ipv6Gateway:
        return self.add(gateway, "CreateIpv6Gateway", SECONDS)

    def delete(self, id: str) -> None:
        gateway = self[id]
        if gateway.status != "Available":
            raise CloudError(400, "IncorrectStatus", f"The status of the IPv6 gateway is {gateway.status}.")
        self.remove_later(gateway, "DeleteIpv6Gateway", SECONDS)
