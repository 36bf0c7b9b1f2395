"""IPv6 gateways on the wire: the provider's source, resource_alicloud_vpc_ipv6_gateway.go 1.285.0."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.requests import select
from fourways.fakes.services.shared.resources import checked_description, checked_name
from fourways.fakes.services.shared.tagging import as_list, given_tags
from fourways.fakes.services.vpc.backend import VpcBackend
from fourways.fakes.services.vpc.ipv6_gateways import Ipv6Gateway


def create(call: Call) -> dict[str, Any]:
    def made() -> dict[str, Any]:
        given, gateways = call.parameters, call.backend(VpcBackend).ipv6_gateways
        gateway = gateways.new(given.require("VpcId"))
        gateway.name, gateway.description = checked_name(given.get("Name"), "Name"), checked_description(given.get("Description"))
        gateway.resource_group, gateway.tags = checked_group(call.scope, given.get("ResourceGroupId")), given_tags(given)
        return {"Ipv6GatewayId": gateways.create(gateway).id, "ResourceGroupId": gateway.resource_group}

    return call.backend(VpcBackend).tokens.once(call, made)


def _view(call: Call, gateway: Ipv6Gateway) -> dict[str, Any]:
    return {
        "Ipv6GatewayId": gateway.id,
        "Name": gateway.name,
        "Description": gateway.description,
        "VpcId": gateway.vpc_id,
        "Status": gateway.status,
        "BusinessStatus": "Normal",
        "InstanceChargeType": "PostPaid",
        "Spec": "Small",
        "RegionId": call.scope.region,
        "ResourceGroupId": gateway.resource_group,
        "CreationTime": call.scope.clock.timestamp(gateway.created),
        "ExpiredTime": "",
        "Tags": as_list(gateway.tags),
    }


def describe_attribute(call: Call) -> dict[str, Any]:
    """Of a gateway that is not there the status is blank: so the plugin knows."""
    gateway = call.backend(VpcBackend).ipv6_gateways.known(call.parameters.require("Ipv6GatewayId"))
    return _view(call, gateway) if gateway else {"Ipv6GatewayId": "", "Status": ""}


def describe(call: Call) -> dict[str, Any]:
    found = select(
        call.backend(VpcBackend).ipv6_gateways,
        call.parameters,
        Ipv6GatewayId=lambda gateway: gateway.id,
        VpcId=lambda gateway: gateway.vpc_id,
        Name=lambda gateway: gateway.name,
    )
    page, about = call.parameters.page(found)
    return {"Ipv6Gateways": {"Ipv6Gateway": [_view(call, gateway) for gateway in page]}, **about}


def modify(call: Call) -> None:
    given = call.parameters
    gateway = call.backend(VpcBackend).ipv6_gateways[given.require("Ipv6GatewayId")]
    if "Name" in given:
        gateway.name = checked_name(given.get("Name"), "Name")
    if "Description" in given:
        gateway.description = checked_description(given.get("Description"))


def delete(call: Call) -> None:
    call.backend(VpcBackend).ipv6_gateways.delete(call.parameters.require("Ipv6GatewayId"))


ACTIONS: dict[str, Handler] = {
    "CreateIpv6Gateway": create,
    "DescribeIpv6GatewayAttribute": describe_attribute,
    "DescribeIpv6Gateways": describe,
    "ModifyIpv6GatewayAttribute": modify,
    "DeleteIpv6Gateway": delete,
}
