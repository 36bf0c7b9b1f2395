"""Route tables: the system one of each VPC, and those that users add and associate with vSwitches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fourways.fakes.services.shared.resources import Collection, Resource, dependency, new_id
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.vpc.backend import VpcBackend
    from fourways.fakes.services.vpc.vpcs import Vpc

QUOTA = 9  # route tables that users add to a VPC; help centre, VPC "Limits and quotas"
SECONDS = 1.0  # made up


@dataclass(kw_only=True)
class RouteTable(Resource):
    """`system` tells a VPC's own table from the custom ones."""

    vpc_id: str
    router_id: str
    associate_type: str = "VSwitch"
    propagation: bool = True


class RouteTables(Collection[RouteTable]):
    """The route tables of one account and region."""

    def __init__(self, backend: VpcBackend) -> None:
        super().__init__(backend.scope, "vpc", "route table", "InvalidRouteTableId.NotFound")
        self._backend = backend

    def create_system(self, vpc: Vpc) -> RouteTable:
        return self.add(
            RouteTable(id=new_id("vtb-"), created=vpc.created, vpc_id=vpc.id, router_id=vpc.router_id, system=True, name="", description="")
        )

    def system_of(self, vpc_id: str) -> RouteTable:
        return next(table for table in self if table.vpc_id == vpc_id and table.system)

    def create(self, vpc_id: str, name: str, description: str, associate_type: str) -> RouteTable:
        vpc = self._backend.vpcs[vpc_id]
        if sum(1 for table in self if table.vpc_id == vpc_id and not table.system) >= QUOTA:
            raise CloudError(400, "QuotaExceeded.RouteTable", f"Route table quota exceeded: {QUOTA} in a VPC.")
        table = RouteTable(
            id=new_id("vtb-"),
            created=self._scope.clock.now(),
            vpc_id=vpc_id,
            router_id=vpc.router_id,
            name=name,
            description=description,
            associate_type=associate_type,
            status="Pending",
        )
        return self.add(table, "CreateRouteTable", SECONDS)

    def associate(self, id: str, vswitch_id: str) -> None:
        table, vswitch = self[id], self._backend.vswitches[vswitch_id]
        if table.vpc_id != vswitch.vpc_id or table.system:
            raise CloudError(400, "OperationDenied.RouteTable", "Only a custom route table of the vSwitch's own VPC can be associated.")
        if not self[vswitch.route_table_id].system:
            raise CloudError(400, "OperationFailed.VSwitchBinded", "The vSwitch is associated with another custom route table.")
        vswitch.route_table_id = id
        vswitch.status = table.status = "Pending"
        self.settle(table, "AssociateRouteTable", SECONDS, "Available")
        self._backend.vswitches.settle(vswitch, "AssociateRouteTable", SECONDS, "Available")

    def unassociate(self, id: str, vswitch_id: str) -> None:
        table, vswitch = self[id], self._backend.vswitches[vswitch_id]
        if vswitch.route_table_id != table.id or table.system:
            raise CloudError(400, "InvalidRouteTableId.NotAssociated", "The route table is not associated with the vSwitch.")
        vswitch.route_table_id = self.system_of(table.vpc_id).id
        vswitch.status = table.status = "Pending"
        self.settle(table, "UnassociateRouteTable", SECONDS, "Available")
        self._backend.vswitches.settle(vswitch, "UnassociateRouteTable", SECONDS, "Available")

    def delete(self, id: str) -> None:
        table = self[id]
        if table.system:
            raise CloudError(400, "OperationDenied.SystemRouteTable", "A system route table goes with its VPC only.")
        if any(vswitch.route_table_id == id for vswitch in self._backend.vswitches):
            raise dependency("VSwitch", "vSwitches are associated with the route table")
        self.remove_later(table, "DeleteRouteTable", SECONDS, "Pending")
