"""VPC 2016-04-28 on the wire. Field names as terraform-provider-alicloud 1.285.0 reads them (service_alicloud_vpc_v2.go)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fourways.fakes.service import Call, Service
from fourways.fakes.services.tagging import Tagged, matches, shown, tag_actions
from fourways.fakes.services.vpc.backend import Vpc, VpcBackend, VSwitch
from fourways.fakes.services.vpc.cidrs import vpc_block
from fourways.fakes.wire.errors import invalid


def create_vpc(call: Call) -> dict[str, Any]:
    given = call.parameters
    vpc = _state(call).create_vpc(
        given.get("CidrBlock") or "172.16.0.0/12",
        _name(given.get("VpcName")),
        given.get("Description"),
        given.get("ResourceGroupId"),
        [cidr for cidr in given.get("UserCidr").split(",") if cidr],
        given.tags(),
        given.get("ClientToken"),
    )
    return {"VpcId": vpc.id, "VRouterId": vpc.router_id, "RouteTableId": vpc.route_table_id, "ResourceGroupId": vpc.resource_group}


def describe_vpc_attribute(call: Call) -> dict[str, Any]:
    return _vpc(call, _state(call).vpc(call.parameters.require("VpcId")))


def describe_vpcs(call: Call) -> dict[str, Any]:
    given = call.parameters
    ids = {part for part in given.get("VpcId").split(",") if part}
    found = [
        _vpc(call, vpc)
        for vpc in _state(call).vpcs.values()
        if (not ids or vpc.id in ids) and given.get("VpcName") in ("", vpc.name) and matches(vpc.tags, given.tags())
    ]
    rows, page = given.page(found, largest=50)
    return {"Vpcs": {"Vpc": rows}, **page}


def modify_vpc_attribute(call: Call) -> dict[str, Any]:
    given, vpc = call.parameters, _state(call).vpc(call.parameters.require("VpcId"))
    if "VpcName" in given:
        vpc.name = _name(given.get("VpcName"))
    if "Description" in given:
        vpc.description = given.get("Description")
    return {}


def delete_vpc(call: Call) -> dict[str, Any]:
    _state(call).delete_vpc(call.parameters.require("VpcId"))
    return {}


def associate_vpc_cidr_block(call: Call) -> dict[str, Any]:
    vpc = _state(call).vpc(call.parameters.require("VpcId"))
    vpc.secondary.append(vpc_block(call.parameters.require("SecondaryCidrBlock")))
    return {}


def unassociate_vpc_cidr_block(call: Call) -> dict[str, Any]:
    vpc = _state(call).vpc(call.parameters.require("VpcId"))
    block = vpc_block(call.parameters.require("SecondaryCidrBlock"))
    vpc.secondary = [other for other in vpc.secondary if other != block]
    return {}


def describe_route_table_list(call: Call) -> dict[str, Any]:
    given = call.parameters
    tables = [
        {
            "RouteTableId": vpc.route_table_id,
            "RouteTableType": "System",
            "RouteTableName": vpc.route_table_name,
            "Description": vpc.route_table_description,
            "VpcId": vpc.id,
            "RouterId": vpc.router_id,
            "RouterType": "VRouter",
            "Status": "Available",
            "AssociateType": "VSwitch",
            "ResourceGroupId": vpc.resource_group,
            "RoutePropagationEnable": True,
            "VSwitchIds": {"VSwitchId": [switch.id for switch in _state(call).switches.values() if switch.vpc_id == vpc.id]},
            "CreationTime": call.scope.clock.timestamp(vpc.created),
            "OwnerId": int(call.scope.account),
            "GatewayIds": {"GatewayIds": []},
            "Tags": {"Tag": []},
        }
        for vpc in _state(call).vpcs.values()
        if given.get("VpcId") in ("", vpc.id) and given.get("RouteTableId") in ("", vpc.route_table_id)
    ]
    rows, page = given.page(tables, largest=50)
    return {"RouterTableList": {"RouterTableListType": rows}, **page}


def modify_route_table_attributes(call: Call) -> dict[str, Any]:
    given = call.parameters
    for vpc in _state(call).vpcs.values():
        if vpc.route_table_id == given.require("RouteTableId"):
            vpc.route_table_name = given.get("RouteTableName", vpc.route_table_name)
            vpc.route_table_description = given.get("Description", vpc.route_table_description)
            return {}
    raise invalid("RouteTableId", "The specified route table does not exist.")


def create_vswitch(call: Call) -> dict[str, Any]:
    given = call.parameters
    switch = _state(call).create_switch(
        given.require("VpcId"),
        given.require("ZoneId"),
        given.require("CidrBlock"),
        _name(given.get("VSwitchName")),
        given.get("Description"),
        given.tags(),
        given.get("ClientToken"),
    )
    return {"VSwitchId": switch.id}


def describe_vswitch_attributes(call: Call) -> dict[str, Any]:
    return _switch(call, _state(call).switch(call.parameters.require("VSwitchId")))


def describe_vswitches(call: Call) -> dict[str, Any]:
    given = call.parameters
    found = [
        _switch(call, switch)
        for switch in _state(call).switches.values()
        if given.get("VSwitchId") in ("", switch.id)
        and given.get("VpcId") in ("", switch.vpc_id)
        and given.get("ZoneId") in ("", switch.zone)
        and given.get("VSwitchName") in ("", switch.name)
        and matches(switch.tags, given.tags())
    ]
    rows, page = given.page(found, largest=50)
    return {"VSwitches": {"VSwitch": rows}, **page}


def modify_vswitch_attribute(call: Call) -> dict[str, Any]:
    given, switch = call.parameters, _state(call).switch(call.parameters.require("VSwitchId"))
    if "VSwitchName" in given:
        switch.name = _name(given.get("VSwitchName"))
    if "Description" in given:
        switch.description = given.get("Description")
    return {}


def delete_vswitch(call: Call) -> dict[str, Any]:
    _state(call).delete_switch(call.parameters.require("VSwitchId"))
    return {}


def _state(call: Call) -> VpcBackend:
    return call.backend(VpcBackend)


def _name(name: str) -> str:
    if len(name) > 128 or name.startswith(("http://", "https://")):
        raise invalid("Name", "It must have 1 to 128 characters and not begin with http:// or https://.")
    return name


def _vpc(call: Call, vpc: Vpc) -> dict[str, Any]:
    return {
        "VpcId": vpc.id,
        "VpcName": vpc.name,
        "Description": vpc.description,
        "CidrBlock": str(vpc.block),
        "Status": vpc.status,
        "RegionId": call.scope.region,
        "VRouterId": vpc.router_id,
        "IsDefault": False,
        "ResourceGroupId": vpc.resource_group,
        "OwnerId": int(call.scope.account),
        "CreationTime": call.scope.clock.timestamp(vpc.created),
        "DnsHostnameStatus": vpc.dns_hostname,
        "ClassicLinkEnabled": False,
        "EnabledIpv6": False,
        "Ipv6CidrBlock": "",
        "Ipv6CidrBlocks": {"Ipv6CidrBlock": []},
        "SecondaryCidrBlocks": {"SecondaryCidrBlock": [str(block) for block in vpc.secondary]},
        "UserCidrs": {"UserCidr": vpc.user_cidrs},
        "VSwitchIds": {"VSwitchId": [switch.id for switch in _state(call).switches.values() if switch.vpc_id == vpc.id]},
        "NatGatewayIds": {"NatGatewayIds": []},
        "RouterTableIds": {"RouterTableIds": [vpc.route_table_id]},
        "AssociatedCens": {"AssociatedCen": []},
        "Tags": shown(vpc.tags),
    }


def _switch(call: Call, switch: VSwitch) -> dict[str, Any]:
    vpc = _state(call).vpc(switch.vpc_id)
    return {
        "VSwitchId": switch.id,
        "VSwitchName": switch.name,
        "Description": switch.description,
        "VpcId": switch.vpc_id,
        "ZoneId": switch.zone,
        "CidrBlock": str(switch.block),
        "Status": switch.status,
        "AvailableIpAddressCount": switch.block.num_addresses - 4,
        "CreationTime": call.scope.clock.timestamp(switch.created),
        "IsDefault": False,
        "ResourceGroupId": vpc.resource_group,
        "OwnerId": int(call.scope.account),
        "RouteTable": {"RouteTableId": vpc.route_table_id, "RouteTableType": "System"},
        "Ipv6CidrBlock": "",
        "NetworkAclId": "",
        "ShareType": "",
        "CloudResources": {"CloudResourceSetType": []},
        "Tags": shown(switch.tags),
    }


def _find(call: Call, type_: str, resource_id: str) -> Tagged:
    return _state(call).tagged(type_, resource_id)


def _everything(call: Call, type_: str) -> Iterable[tuple[str, Tagged]]:
    return _state(call).all_tagged(type_)


VPC = Service(
    product="Vpc",
    version="2016-04-28",
    actions={
        "CreateVpc": create_vpc,
        "DescribeVpcAttribute": describe_vpc_attribute,
        "DescribeVpcs": describe_vpcs,
        "ModifyVpcAttribute": modify_vpc_attribute,
        "DeleteVpc": delete_vpc,
        "AssociateVpcCidrBlock": associate_vpc_cidr_block,
        "UnassociateVpcCidrBlock": unassociate_vpc_cidr_block,
        "DescribeRouteTableList": describe_route_table_list,
        "ModifyRouteTableAttributes": modify_route_table_attributes,
        "CreateVSwitch": create_vswitch,
        "DescribeVSwitchAttributes": describe_vswitch_attributes,
        "DescribeVSwitches": describe_vswitches,
        "ModifyVSwitchAttribute": modify_vswitch_attribute,
        "DeleteVSwitch": delete_vswitch,
        **tag_actions(_find, _everything),
    },
)
