"""Custom domains of gateways with the official SDK."""

from __future__ import annotations

from typing import Any

import gateway_calls as calls
from alibabacloud_eas20210701 import models

REGION = "ap-southeast-1"


def attach(eas: Any, gateway_id: str, domain: str | None, kind: str | None = "internet", certificate: str | None = None) -> None:
    given = models.AttachGatewayDomainRequestCustomDomain(domain=domain, type=kind, certificate_id=certificate)
    eas.client.attach_gateway_domain(REGION, gateway_id, models.AttachGatewayDomainRequest(custom_domain=given))


def detach(eas: Any, gateway_id: str, domain: str, kind: str = "internet") -> None:
    given = models.DetachGatewayDomainRequestCustomDomain(domain=domain, type=kind)
    eas.client.detach_gateway_domain(REGION, gateway_id, models.DetachGatewayDomainRequest(custom_domain=given))


def domains(eas: Any, gateway_id: str) -> list[tuple[str, str, str]]:
    found = eas.client.list_gateway_domains(REGION, gateway_id).body.custom_domains
    return [(one.domain, one.type, one.certificate_id) for one in found]


def test_domains_are_attached_told_and_detached(eas: Any, refused: Any) -> None:
    gateway_id = calls.running(eas)
    attach(eas, gateway_id, "llm.example.com", certificate="123-ap-southeast-1")
    attach(eas, gateway_id, "llm.example.com", "intranet")
    assert domains(eas, gateway_id) == [("llm.example.com", "internet", "123-ap-southeast-1"), ("llm.example.com", "intranet", "")]
    with refused(409, "InvalidCustomDomain.Duplicate", "llm.example.com"):
        attach(eas, gateway_id, "llm.example.com")
    detach(eas, gateway_id, "llm.example.com")
    assert domains(eas, gateway_id) == [("llm.example.com", "intranet", "")]
    with refused(404, "InvalidCustomDomain.NotFound", "llm.example.com"):
        detach(eas, gateway_id, "llm.example.com")


def test_what_domains_are_refused(eas: Any, refused: Any) -> None:
    gateway_id = calls.running(eas)
    for domain, kind, words in (
        (None, "internet", "Domain must be a domain name"),
        ("example", "internet", "Domain must be a domain name"),
        ("-a.example.com", "internet", "Domain must be a domain name"),
        ("a.example.com", None, "Type must be intranet or internet"),
        ("a.example.com", "public", "Type must be intranet or internet"),
    ):
        with refused(400, "InvalidParameter", words):
            attach(eas, gateway_id, domain, kind)
    assert domains(eas, gateway_id) == []
    with refused(404, "InvalidGateway.NotFound"):
        domains(eas, "gw-none")


def test_the_zones_that_a_gateway_reaches(eas: Any) -> None:
    zones = eas.client.list_gateway_intranet_supported_zone(calls.running(eas), REGION).body.zones
    assert f"{REGION}a" in zones
    assert all(zone.startswith(REGION) for zone in zones)
