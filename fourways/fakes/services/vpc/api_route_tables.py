"""Route tables on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.shared.requests import select
from fourways.fakes.services.shared.resources import checked_description, checked_name
from fourways.fakes.services.shared.tagging import as_list, given_tags
from fourways.fakes.services.vpc.backend import VpcBackend
from fourways.fakes.services.vpc.route_tables import RouteTable


def _view(call: Call, table: RouteTable) -> dict[str, Any]:
    backend = call.backend(VpcBackend)
    return {
        "RouteTableId": table.id,
        "RouteTableName": table.name,
        "Description": table.description,
        "RouteTableType": "System" if table.system else "Custom",
        "AssociateType": table.associate_type,
        "RoutePropagationEnable": table.propagation,
        "Status": table.status,
        "VpcId": table.vpc_id,
        "RouterId": table.router_id,
        "RouterType": "VRouter",
        "OwnerId": int(call.scope.account),
        "ResourceGroupId": backend.vpcs[table.vpc_id].resource_group if table.vpc_id in backend.vpcs else table.resource_group,
        "CreationTime": call.scope.clock.timestamp(table.created),
        "VSwitchIds": {"VSwitchId": [vswitch.id for vswitch in backend.vswitches if vswitch.route_table_id == table.id]},
        "GatewayIds": {"GatewayIds": []},
        "Tags": as_list(table.tags),
    }


def describe_route_table_list(call: Call) -> dict[str, Any]:
    found = select(
        call.backend(VpcBackend).route_tables,
        call.parameters,
        VpcId=lambda table: table.vpc_id,
        RouterId=lambda table: table.router_id,
        RouteTableId=lambda table: table.id,
        RouteTableName=lambda table: table.name,
    )
    page, about = call.parameters.page(found, largest=50)
    return {"RouterTableList": {"RouterTableListType": [_view(call, table) for table in page]}, **about}


def create_route_table(call: Call) -> dict[str, Any]:
    def create() -> dict[str, Any]:
        given = call.parameters
        name = checked_name(given.get("RouteTableName"), "RouteTableName")
        description = checked_description(given.get("Description"))
        kind = given.choice("AssociateType", ("VSwitch", "Gateway"), "VSwitch")
        tags = given_tags(given)
        table = call.backend(VpcBackend).route_tables.create(given.require("VpcId"), name, description, kind)
        table.tags = tags
        return {"RouteTableId": table.id, "ResourceGroupId": table.resource_group}

    return call.backend(VpcBackend).tokens.once(call, create)


def modify_route_table_attributes(call: Call) -> None:
    given = call.parameters
    table = call.backend(VpcBackend).route_tables[given.require("RouteTableId")]
    if "RouteTableName" in given:
        table.name = checked_name(given.get("RouteTableName"), "RouteTableName")
    if "Description" in given:
        table.description = checked_description(given.get("Description"))
    if "RoutePropagationEnable" in given:
        table.propagation = given.boolean("RoutePropagationEnable")


def associate_route_table(call: Call) -> None:
    given = call.parameters
    call.backend(VpcBackend).route_tables.associate(given.require("RouteTableId"), given.require("VSwitchId"))


def unassociate_route_table(call: Call) -> None:
    given = call.parameters
    call.backend(VpcBackend).route_tables.unassociate(given.require("RouteTableId"), given.require("VSwitchId"))


def delete_route_table(call: Call) -> None:
    call.backend(VpcBackend).route_tables.delete(call.parameters.require("RouteTableId"))


ACTIONS: dict[str, Handler] = {
    "DescribeRouteTableList": describe_route_table_list,
    "CreateRouteTable": create_route_table,
    "ModifyRouteTableAttributes": modify_route_table_attributes,
    "AssociateRouteTable": associate_route_table,
    "UnassociateRouteTable": unassociate_route_table,
    "DeleteRouteTable": delete_route_table,
}
