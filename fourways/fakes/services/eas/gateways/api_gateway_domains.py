"""Handlers of a gateway's custom domains and of the zones it reaches, as in alibabacloud_eas20210701 7.0.0, client.py.

The fake answers under no domain but its own: what is attached is kept and told, and no request comes through it. Assumed: that a domain is
lower-case labels, that one is attached once a side, that a certificate is optional, and that all zones of the region are supported.
"""

from __future__ import annotations

import json
import re
from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.eas import errors
from fourways.fakes.services.eas.errors import bad
from fourways.fakes.services.eas.gateways.api_gateways import done, found, refuse_deleting
from fourways.fakes.services.ecs.zones import zones_of

_TYPES = ("intranet", "internet")  # SDK documentation of AttachGatewayDomain
_DOMAIN = re.compile(r"^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")


def attach_gateway_domain(call: Call) -> dict[str, Any]:
    gateway, given = found(call), _given(call, ("CertificateId", "Domain", "Type"))
    refuse_deleting(gateway)
    key = (given["Domain"], given["Type"])
    if key in gateway.domains:
        raise errors.domain_exists(given["Domain"])
    gateway.domains[key] = str(given.get("CertificateId") or "")
    return done(gateway, "")


def detach_gateway_domain(call: Call) -> dict[str, Any]:
    gateway, given = found(call), _given(call, ("Domain", "Type"))
    if gateway.domains.pop((given["Domain"], given["Type"]), None) is None:
        raise errors.domain_not_found(given["Domain"])
    return done(gateway, "")


def list_gateway_domains(call: Call) -> dict[str, Any]:
    rows = [{"Domain": name, "Type": kind, "CertificateId": certificate} for (name, kind), certificate in found(call).domains.items()]
    return {"CustomDomains": rows, "Message": ""}


def list_gateway_intranet_supported_zone(call: Call) -> dict[str, Any]:
    return {"Zones": list(zones_of(found(call).region))}


def _given(call: Call, known: tuple[str, ...]) -> dict[str, Any]:
    """`CustomDomain` as it comes in the query, a JSON object."""
    try:
        given = json.loads(call.parameters.get("CustomDomain") or "{}")
    except ValueError:
        given = None
    if not isinstance(given, dict) or set(given) - set(known):
        raise bad(f"CustomDomain must be a JSON object of {', '.join(known)}.")
    if not isinstance(given.get("Domain"), str) or not _DOMAIN.match(given["Domain"]):
        raise bad(f"Domain must be a domain name, not {given.get('Domain')!r}.")
    if given.get("Type") not in _TYPES:
        raise bad(f"Type must be {' or '.join(_TYPES)}, not {given.get('Type')!r}.")
    return given
