"""VPCs on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.requests import ids_of, refuse_dry_run, select
from fourways.fakes.services.shared.resources import checked_description, checked_name
from fourways.fakes.services.shared.tagging import as_list, given_tags
from fourways.fakes.services.vpc.backend import VpcBackend
from fourways.fakes.services.vpc.vpcs import DEFAULT_CIDR, Vpc
from fourways.fakes.wire.errors import CloudError


def view(call: Call, vpc: Vpc) -> dict[str, Any]:
    """What DescribeVpcs and DescribeVpcAttribute have in common."""
    backend = call.backend(VpcBackend)
    ipv6 = [{"Ipv6CidrBlock": vpc.ipv6_cidr, "Ipv6Isp": vpc.ipv6_isp}] if vpc.ipv6_cidr else []
    return {
        "VpcId": vpc.id,
        "VpcName": vpc.name,
        "Description": vpc.description,
        "Status": vpc.status,
        "CidrBlock": vpc.cidr,
        "SecondaryCidrBlocks": {"SecondaryCidrBlock": vpc.secondary_cidrs},
        "UserCidrs": {"UserCidr": vpc.user_cidrs},
        "Ipv6CidrBlock": vpc.ipv6_cidr,
        "Ipv6CidrBlocks": {"Ipv6CidrBlock": ipv6},
        "EnabledIpv6": bool(vpc.ipv6_cidr),
        "CreationTime": call.scope.clock.timestamp(vpc.created),
        "RegionId": call.scope.region,
        "OwnerId": int(call.scope.account),
        "ResourceGroupId": vpc.resource_group,
        "VRouterId": vpc.router_id,
        "IsDefault": vpc.is_default,
        "DnsHostnameStatus": "ENABLED" if vpc.dns_hostnames else "DISABLED",
        "DhcpOptionsSetId": "",
        "DhcpOptionsSetStatus": "Available",
        "NetworkAclNum": 0,
        "VSwitchIds": {"VSwitchId": [vswitch.id for vswitch in backend.vswitches.of(vpc.id)]},
        "Tags": as_list(vpc.tags),
    }


def create_vpc(call: Call) -> dict[str, Any]:
    return call.backend(VpcBackend).tokens.once(call, lambda: _create(call))


def _create(call: Call) -> dict[str, Any]:
    given, vpcs = call.parameters, call.backend(VpcBackend).vpcs
    cidr = given.optional("CidrBlock") or DEFAULT_CIDR
    user_cidrs = [text for text in given.get("UserCidr").split(",") if text]
    vpcs.check(cidr, user_cidrs)
    vpc = vpcs.new(cidr)
    vpc.user_cidrs = user_cidrs
    _set_common(call, vpc)
    vpc.tags = given_tags(given)
    vpc.dns_hostnames = given.boolean("EnableDnsHostname")
    refuse_dry_run(given)
    return _made(call, _with_ipv6(call, vpc, vpcs.create(vpc)))


def create_default_vpc(call: Call) -> dict[str, Any]:
    def create() -> dict[str, Any]:
        vpc = call.backend(VpcBackend).vpcs.create_default()
        return _made(call, _with_ipv6(call, vpc, vpc))

    return call.backend(VpcBackend).tokens.once(call, create)


def _with_ipv6(call: Call, vpc: Vpc, made: Vpc) -> Vpc:
    if call.parameters.boolean("EnableIpv6"):
        call.backend(VpcBackend).vpcs.enable_ipv6(vpc, call.parameters.get("Ipv6Isp"))
    return made


def _made(call: Call, vpc: Vpc) -> dict[str, Any]:
    return {
        "VpcId": vpc.id,
        "VRouterId": vpc.router_id,
        "RouteTableId": call.backend(VpcBackend).route_tables.system_of(vpc.id).id,
        "ResourceGroupId": vpc.resource_group,
        "CidrBlock": vpc.cidr,
    }


def _set_common(call: Call, vpc: Vpc) -> None:
    given = call.parameters
    vpc.name = checked_name(given.get("VpcName"), "VpcName")
    vpc.description = checked_description(given.get("Description"))
    vpc.resource_group = checked_group(call.scope, given.get("ResourceGroupId"))


def describe_vpc_attribute(call: Call) -> dict[str, Any]:
    vpc = call.backend(VpcBackend).vpcs[call.parameters.require("VpcId")]
    return {
        **view(call, vpc),
        "ClassicLinkEnabled": vpc.classic_link,
        "AssociatedCens": {"AssociatedCen": []},
        "CloudResources": {"CloudResourceSetType": []},
        "SupportIpv4Gateway": False,
        "Ipv4GatewayId": "",
    }


def describe_vpcs(call: Call) -> dict[str, Any]:
    backend, given = call.backend(VpcBackend), call.parameters
    ids = ids_of(given, "VpcId")
    found = select(backend.vpcs, given, VpcName=lambda vpc: vpc.name, IsDefault=lambda vpc: str(vpc.is_default).lower())
    page, about = given.page([vpc for vpc in found if not ids or vpc.id in ids], largest=50)
    rows = []
    for vpc in page:
        tables = [table.id for table in backend.route_tables if table.vpc_id == vpc.id]
        nats = [nat.id for nat in backend.nat_gateways if nat.vpc_id == vpc.id]
        rows.append({**view(call, vpc), "RouterTableIds": {"RouterTableIds": tables}, "NatGatewayIds": {"NatGatewayIds": nats}})
    return {"Vpcs": {"Vpc": rows}, **about}


def modify_vpc_attribute(call: Call) -> None:
    given, vpcs = call.parameters, call.backend(VpcBackend).vpcs
    vpc = vpcs[given.require("VpcId")]
    if vpc.status != "Available":
        raise CloudError(400, "IncorrectVpcStatus", f"The status of the VPC is {vpc.status}.")
    if given.optional("CidrBlock") not in (None, vpc.cidr):
        vpcs.change_cidr(vpc, given.get("CidrBlock"))
    if "VpcName" in given:
        vpc.name = checked_name(given.get("VpcName"), "VpcName")
    if "Description" in given:
        vpc.description = checked_description(given.get("Description"))
    if "EnableDnsHostname" in given:
        vpc.dns_hostnames = given.boolean("EnableDnsHostname")
    if given.boolean("EnableIPv6"):
        vpcs.enable_ipv6(vpc, given.get("Ipv6Isp"))
    elif given.optional("EnableIPv6"):
        vpcs.disable_ipv6(vpc)


def delete_vpc(call: Call) -> None:
    vpcs = call.backend(VpcBackend).vpcs
    vpc = vpcs[call.parameters.require("VpcId")]
    vpcs.check_delete(vpc)
    refuse_dry_run(call.parameters)
    vpcs.delete(vpc)


def associate_vpc_cidr_block(call: Call) -> None:
    given, vpcs = call.parameters, call.backend(VpcBackend).vpcs
    vpc = vpcs[given.require("VpcId")]
    if given.get("IpVersion", "IPV4").upper() == "IPV6":
        vpcs.enable_ipv6(vpc, given.get("Ipv6Isp"))
    else:
        vpcs.add_secondary(vpc, given.require("SecondaryCidrBlock"))


def unassociate_vpc_cidr_block(call: Call) -> None:
    given, vpcs = call.parameters, call.backend(VpcBackend).vpcs
    vpc = vpcs[given.require("VpcId")]
    if given.optional("IPv6CidrBlock"):
        vpcs.disable_ipv6(vpc)
    else:
        vpcs.remove_secondary(vpc, given.require("SecondaryCidrBlock"))


def _classic_link(call: Call, on: bool) -> None:
    call.backend(VpcBackend).vpcs[call.parameters.require("VpcId")].classic_link = on


def enable_vpc_classic_link(call: Call) -> None:
    _classic_link(call, True)


def disable_vpc_classic_link(call: Call) -> None:
    _classic_link(call, False)


ACTIONS: dict[str, Handler] = {
    "CreateVpc": create_vpc,
    "CreateDefaultVpc": create_default_vpc,
    "DescribeVpcAttribute": describe_vpc_attribute,
    "DescribeVpcs": describe_vpcs,
    "ModifyVpcAttribute": modify_vpc_attribute,
    "DeleteVpc": delete_vpc,
    "AssociateVpcCidrBlock": associate_vpc_cidr_block,
    "UnassociateVpcCidrBlock": unassociate_vpc_cidr_block,
    "EnableVpcClassicLink": enable_vpc_classic_link,
    "DisableVpcClassicLink": disable_vpc_classic_link,
}
