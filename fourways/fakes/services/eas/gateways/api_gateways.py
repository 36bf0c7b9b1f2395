"""Handlers of private gateways; methods, paths and parameters as in alibabacloud_eas20210701 7.0.0, client.py.

Assumed, since no page says: PostPaid and one node where a call names neither, at most 100 nodes, the id as the name where there is none,
and that a gateway which is not Running takes no change.
"""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.eas import errors
from fourways.fakes.services.eas.errors import bad
from fourways.fakes.services.eas.gateways import gateway_views
from fourways.fakes.services.eas.gateways.gateway_records import DELETING, RUNNING, Gateway
from fourways.fakes.services.eas.requests import backend, body, ordered, page

SIZES = ("2c4g", "4c8g", "8c16g", "16c32g")
_MOST_NODES = 100
_FLAGS = ("EnableInternet", "EnableIntranet", "EnableSSLRedirection", "IsDefault", "AutoRenewal")
_CREATE = ("AutoRenewal", "ChargeType", "EnableInternet", "EnableIntranet", "InstanceType", "Name", "Replicas")
_UPDATE = ("EnableInternet", "EnableIntranet", "EnableSSLRedirection", "InstanceType", "IsDefault", "Name", "Replicas")


def found(call: Call) -> Gateway:
    """The gateway that the path names."""
    return backend(call).gateways.find(call.parameters.get("GatewayId"))


def done(gateway: Gateway, message: str) -> dict[str, Any]:
    return {"GatewayId": gateway.id, "Message": message}


def create_gateway(call: Call) -> dict[str, Any]:
    """Not idempotent, and without a client token: a repeated call makes another gateway, as on the cloud."""
    given, home = _given(call, _CREATE), backend(call)
    if not given.get("InstanceType"):
        raise bad("InstanceType is required.")
    charge_type = given.get("ChargeType") or "PostPaid"
    if charge_type not in ("PrePaid", "PostPaid"):
        raise bad(f"ChargeType must be PrePaid or PostPaid, not {charge_type!r}.")
    resource = call.parameters.get("ResourceName")
    if resource:
        resource = home.group(resource).id
    gateway_id, now = home.new_id("gw-", 18), call.scope.clock.now()
    gateway = Gateway(
        gateway_id,
        given.get("Name") or gateway_id,
        home.scope.account,
        home.scope.region,
        given["InstanceType"],
        given.get("Replicas", 1),
        charge_type,
        now,
        now,
        resource=resource,
        auto_renewal=given.get("AutoRenewal", False),
        intranet=given.get("EnableIntranet", True),
    )
    home.gateways.create(gateway, internet=given.get("EnableInternet", False))
    return {"ClusterId": gateway.region, **done(gateway, "Gateway is creating")}


def describe_gateway(call: Call) -> dict[str, Any]:
    return gateway_views.details(call.scope.cloud, found(call))


def list_gateway(call: Call) -> dict[str, Any]:
    """The newest first (assumed)."""
    cloud, parameters = call.scope.cloud, call.parameters
    rows = [
        gateway
        for gateway in backend(call).gateways.items.values()
        if gateway.hidden_until <= cloud.clock.now()
        and parameters.get("GatewayId") in ("", gateway.id)
        and parameters.get("GatewayName") in ("", gateway.name)
        and parameters.get("ResourceName") in ("", gateway.resource)
    ]
    newest = ordered(call, rows, {"CreateTime": lambda gateway: gateway.created})
    return page(call, newest, lambda gateway: gateway_views.row(cloud, gateway), "Gateways")


def update_gateway(call: Call) -> dict[str, Any]:
    given, home, gateway = _given(call, _UPDATE), backend(call), found(call)
    if gateway.status != RUNNING:
        raise errors.gateway_busy(gateway.id, gateway.status)
    gateway.updated = call.scope.clock.now()
    gateway.name = given.get("Name") or gateway.name
    gateway.intranet = given.get("EnableIntranet", gateway.intranet)
    gateway.ssl_redirection = given.get("EnableSSLRedirection", gateway.ssl_redirection)
    home.gateways.set_internet(gateway, given.get("EnableInternet", gateway.internet))
    home.gateways.set_default(gateway, given.get("IsDefault", gateway.is_default))
    size = (given.get("InstanceType") or gateway.instance_type, given.get("Replicas", gateway.replicas))
    if size != (gateway.instance_type, gateway.replicas):
        home.gateways.resize(gateway, *size)
    return done(gateway, "Gateway is updating")


def delete_gateway(call: Call) -> dict[str, Any]:
    gateway = found(call)
    backend(call).gateways.delete(gateway)
    return done(gateway, "Gateway is deleting")


def refuse_deleting(gateway: Gateway) -> None:
    if gateway.status == DELETING:
        raise errors.gateway_busy(gateway.id, gateway.status)


def _given(call: Call, known: tuple[str, ...]) -> dict[str, Any]:
    """The body, checked as far as it can be without looking at what exists. Unknown fields are refused (assumed)."""
    given = {name: value for name, value in body(call).items() if value is not None}
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise bad(f"Unknown parameters: {', '.join(unknown)}.")
    for name in _FLAGS:
        if not isinstance(given.get(name, False), bool):
            raise bad(f"{name} must be true or false, not {given[name]!r}.")
    if given.get("InstanceType") and given["InstanceType"] not in SIZES:
        raise bad(f"InstanceType must be one of {', '.join(SIZES)}, not {given['InstanceType']!r}.")
    nodes = given.get("Replicas", 1)
    if not isinstance(nodes, int) or isinstance(nodes, bool) or not 1 <= nodes <= _MOST_NODES:
        raise bad(f"Replicas must be a whole number from 1 to {_MOST_NODES}, not {nodes!r}.")
    if not isinstance(given.get("Name", ""), str):
        raise bad("Name must be a string.")
    return given
