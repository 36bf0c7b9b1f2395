"""vSwitches on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ecs.zones import checked_zone
from fourways.fakes.services.shared.requests import ids_of, refuse_dry_run, select
from fourways.fakes.services.shared.resources import checked_description, checked_name
from fourways.fakes.services.shared.tagging import as_list, given_tags
from fourways.fakes.services.vpc.backend import VpcBackend
from fourways.fakes.services.vpc.vswitches import VSwitch


def _view(call: Call, vswitch: VSwitch) -> dict[str, Any]:
    backend = call.backend(VpcBackend)
    table = backend.route_tables[vswitch.route_table_id]
    return {
        "VSwitchId": vswitch.id,
        "VSwitchName": vswitch.name,
        "Description": vswitch.description,
        "Status": vswitch.status,
        "VpcId": vswitch.vpc_id,
        "ZoneId": vswitch.zone,
        "CidrBlock": vswitch.cidr,
        "Ipv6CidrBlock": vswitch.ipv6_cidr,
        "AvailableIpAddressCount": backend.vswitches.free_addresses(vswitch),
        "CreationTime": call.scope.clock.timestamp(vswitch.created),
        "IsDefault": vswitch.is_default,
        "OwnerId": int(call.scope.account),
        "ResourceGroupId": vswitch.resource_group,
        "NetworkAclId": "",
        "RouteTable": {"RouteTableId": table.id, "RouteTableType": "System" if table.system else "Custom"},
        "Tags": as_list(vswitch.tags),
    }


def create_vswitch(call: Call) -> dict[str, Any]:
    def create() -> dict[str, Any]:
        given, vswitches = call.parameters, call.backend(VpcBackend).vswitches
        vswitch = vswitches.new(given.require("VpcId"), given.require("ZoneId"), given.require("CidrBlock"))
        vswitch.name = checked_name(given.get("VSwitchName"), "VSwitchName")
        vswitch.description = checked_description(given.get("Description"))
        vswitch.tags = given_tags(given)
        vswitch.resource_group = call.backend(VpcBackend).vpcs[vswitch.vpc_id].resource_group
        if given.optional("Ipv6CidrBlock"):
            vswitches.set_ipv6(vswitch, given.integer("Ipv6CidrBlock", low=0, high=255), given.get("VpcIpv6CidrBlock"))
        refuse_dry_run(given)
        return {"VSwitchId": vswitches.create(vswitch).id}

    return call.backend(VpcBackend).tokens.once(call, create)


def create_default_vswitch(call: Call) -> dict[str, Any]:
    def create() -> dict[str, Any]:
        vswitches = call.backend(VpcBackend).vswitches
        vswitch = vswitches.new_default(checked_zone(call.scope.region, call.parameters.require("ZoneId")))
        return {"VSwitchId": vswitches.create(vswitch, "CreateDefaultVSwitch").id}

    return call.backend(VpcBackend).tokens.once(call, create)


def describe_vswitch_attributes(call: Call) -> dict[str, Any]:
    return {
        **_view(call, call.backend(VpcBackend).vswitches[call.parameters.require("VSwitchId")]),
        "CloudResources": {"CloudResourceSetType": []},
    }


def describe_vswitches(call: Call) -> dict[str, Any]:
    given = call.parameters
    ids = ids_of(given, "VSwitchId")
    found = select(
        call.backend(VpcBackend).vswitches,
        given,
        VpcId=lambda vswitch: vswitch.vpc_id,
        ZoneId=lambda vswitch: vswitch.zone,
        VSwitchName=lambda vswitch: vswitch.name,
        RouteTableId=lambda vswitch: vswitch.route_table_id,
        IsDefault=lambda vswitch: str(vswitch.is_default).lower(),
    )
    page, about = given.page([vswitch for vswitch in found if not ids or vswitch.id in ids], largest=50)
    return {"VSwitches": {"VSwitch": [_view(call, vswitch) for vswitch in page]}, **about}


def modify_vswitch_attribute(call: Call) -> None:
    given, vswitches = call.parameters, call.backend(VpcBackend).vswitches
    vswitch = vswitches[given.require("VSwitchId")]
    if "VSwitchName" in given:
        vswitch.name = checked_name(given.get("VSwitchName"), "VSwitchName")
    if "Description" in given:
        vswitch.description = checked_description(given.get("Description"))
    if given.boolean("EnableIPv6"):
        vswitches.set_ipv6(vswitch, given.integer("Ipv6CidrBlock", low=0, high=255), given.get("VpcIpv6CidrBlock"))
    elif given.optional("EnableIPv6"):
        vswitches.set_ipv6(vswitch, None)


def delete_vswitch(call: Call) -> None:
    call.backend(VpcBackend).vswitches.delete(call.parameters.require("VSwitchId"))


ACTIONS: dict[str, Handler] = {
    "CreateVSwitch": create_vswitch,
    "CreateDefaultVSwitch": create_default_vswitch,
    "DescribeVSwitchAttributes": describe_vswitch_attributes,
    "DescribeVSwitches": describe_vswitches,
    "ModifyVSwitchAttribute": modify_vswitch_attribute,
    "DeleteVSwitch": delete_vswitch,
}
