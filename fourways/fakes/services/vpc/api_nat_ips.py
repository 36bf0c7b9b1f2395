"""NAT addresses on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.shared.requests import refuse_dry_run, token_page
from fourways.fakes.services.shared.resources import checked_description, checked_name
from fourways.fakes.services.vpc.backend import VpcBackend
from fourways.fakes.services.vpc.nat_ips import NatIp


def create_nat_ip(call: Call) -> dict[str, Any]:
    def create() -> dict[str, Any]:
        given, ips = call.parameters, call.backend(VpcBackend).nat_ips
        ip = ips.new(given.require("NatGatewayId"), given.require("NatIpCidr"), given.get("NatIp"))
        ip.name = checked_name(given.get("NatIpName"), "NatIpName")
        ip.description = checked_description(given.get("NatIpDescription"), "NatIpDescription")
        refuse_dry_run(given)
        ips.create(ip)
        return {"NatIpId": ip.id, "NatIp": ip.address}

    return call.backend(VpcBackend).tokens.once(call, create)


def list_nat_ips(call: Call) -> dict[str, Any]:
    given, backend = call.parameters, call.backend(VpcBackend)
    nat = backend.nat_gateways[given.require("NatGatewayId")]
    ids, named = given.values("NatIpIds"), given.values("NatIpName")
    found = [ip for ip in backend.nat_ips.of(nat.id) if (not ids or ip.id in ids) and (not named or ip.name in named)]
    page, following = token_page(found, given, default_size=20)
    return {"NatIps": [_view(ip) for ip in page], "TotalCount": str(len(found)), **following}


def _view(ip: NatIp) -> dict[str, Any]:
    return {
        "NatIpId": ip.id,
        "NatIp": ip.address,
        "NatIpCidr": ip.cidr,
        "NatIpName": ip.name,
        "NatIpDescription": ip.description,
        "NatIpStatus": ip.status,
        "NatGatewayId": ip.nat_id,
        "IsDefault": ip.system,
    }


def list_nat_ip_cidrs(call: Call) -> dict[str, Any]:
    given, backend = call.parameters, call.backend(VpcBackend)
    nat = backend.nat_gateways[given.require("NatGatewayId")]
    cidr = backend.nat_ips.cidr_of(nat)
    row = {
        "NatIpCidr": cidr,
        "NatIpCidrId": f"vpcnatcidr-{nat.id.removeprefix('ngw-')}",
        "NatIpCidrName": "",
        "NatIpCidrDescription": "",
        "NatIpCidrStatus": "Available",
        "NatGatewayId": nat.id,
        "IsDefault": True,
        "CreationTime": call.scope.clock.timestamp(nat.created),
    }
    rows = [row] if not given.values("NatIpCidrs") or cidr in given.values("NatIpCidrs") else []
    return {"NatIpCidrs": rows, "TotalCount": str(len(rows))}


def modify_nat_ip_attribute(call: Call) -> None:
    given = call.parameters
    ip = call.backend(VpcBackend).nat_ips[given.require("NatIpId")]
    refuse_dry_run(given)
    if "NatIpName" in given:
        ip.name = checked_name(given.get("NatIpName"), "NatIpName")
    if "NatIpDescription" in given:
        ip.description = checked_description(given.get("NatIpDescription"), "NatIpDescription")


def delete_nat_ip(call: Call) -> None:
    refuse_dry_run(call.parameters)
    call.backend(VpcBackend).nat_ips.delete(call.parameters.require("NatIpId"))


ACTIONS: dict[str, Handler] = {
    "CreateNatIp": create_nat_ip,
    "ListNatIps": list_nat_ips,
    "ListNatIpCidrs": list_nat_ip_cidrs,
    "ModifyNatIpAttribute": modify_nat_ip_attribute,
    "DeleteNatIp": delete_nat_ip,
}
