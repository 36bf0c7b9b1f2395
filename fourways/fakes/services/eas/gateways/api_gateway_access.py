"""Handlers of a gateway's VPC links and access control lists, as in alibabacloud_eas20210701 7.0.0, client.py: all parameters in the query.

Assumed: one link a VPC, both ids needed, and that a list of a VPC needs the link to it.
"""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.eas import errors, network
from fourways.fakes.services.eas.errors import bad
from fourways.fakes.services.eas.gateways import acl, gateway_views
from fourways.fakes.services.eas.gateways.api_gateways import done, found, refuse_deleting
from fourways.fakes.services.eas.gateways.gateway_records import INTERNET, Gateway
from fourways.fakes.services.eas.requests import backend


def create_gateway_intranet_linked_vpc(call: Call) -> dict[str, Any]:
    gateway, (vpc_id, vswitch_id) = found(call), _ids(call)
    if not gateway.serves:
        raise errors.gateway_busy(gateway.id, gateway.status)
    authoritative_dns = call.parameters.boolean("EnableAuthoritativeDns")
    network.check(backend(call).scope, {"vpc_id": vpc_id, "vswitch_id": vswitch_id})
    if vpc_id in gateway.links:
        raise errors.link_exists(vpc_id)
    backend(call).gateways.link(gateway, vpc_id, vswitch_id, authoritative_dns)
    return done(gateway, "")


def list_gateway_intranet_linked_vpc(call: Call) -> dict[str, Any]:
    gateway = found(call)
    return {"GatewayId": gateway.id, "IntranetLinkedVpcList": gateway_views.links(gateway)}


def delete_gateway_intranet_linked_vpc(call: Call) -> dict[str, Any]:
    gateway, (vpc_id, vswitch_id) = found(call), _ids(call)
    link = gateway.links.get(vpc_id)
    if link is None or link.vswitch_id != vswitch_id:
        raise errors.link_not_found(vpc_id)
    backend(call).gateways.unlink(gateway, link)
    return done(gateway, "")


def create_acl_policy(call: Call) -> dict[str, Any]:
    """Without a VpcId: of the Internet endpoint."""
    gateway, entries = found(call), acl.read(call.parameters.get("AclPolicyList"))
    refuse_deleting(gateway)
    gateway.acl.setdefault(_list(call, gateway), {}).update(entries)
    return done(gateway, "")


def list_acl_policy(call: Call) -> dict[str, Any]:
    return gateway_views.lists(found(call), call.parameters.get("VpcId"))


def delete_acl_policy(call: Call) -> dict[str, Any]:
    """With its last entry the list is gone, and everybody may come in again."""
    gateway, entries = found(call), acl.read(call.parameters.get("AclPolicyList"))
    kept = gateway.acl.get(_list(call, gateway), {})
    missing = [entry for entry in entries if entry not in kept]
    if missing:
        raise errors.acl_entry_not_found(missing[0])
    for entry in entries:
        del kept[entry]
    return done(gateway, "")


def _list(call: Call, gateway: Gateway) -> str:
    vpc_id = call.parameters.get("VpcId")
    if vpc_id and vpc_id not in gateway.links:
        raise errors.link_not_found(vpc_id)
    return vpc_id or INTERNET


def _ids(call: Call) -> tuple[str, str]:
    for name in ("VpcId", "VSwitchId"):
        if not call.parameters.get(name):
            raise bad(f"{name} is required.")
    return call.parameters.get("VpcId"), call.parameters.get("VSwitchId")
