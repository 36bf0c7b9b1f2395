"""How gateways look in answers; field names are those of the SDK's models (alibabacloud_eas20210701 7.0.0, models.py)."""

from __future__ import annotations

from typing import Any

from fourways.fakes.cloud import Cloud
from fourways.fakes.services.eas.gateways.gateway_records import INTERNET, Gateway
from fourways.fakes.services.eas.serving import endpoints


def row(cloud: Cloud, gateway: Gateway) -> dict[str, Any]:
    """A gateway in ListGateway. Domains are "" where there is no such access (assumed)."""
    return {
        "GatewayId": gateway.id,
        "GatewayName": gateway.name,
        "Status": gateway.status,
        "InstanceType": gateway.instance_type,
        "Replicas": gateway.replicas,
        "ChargeType": gateway.charge_type,
        "InternetEnabled": gateway.internet,
        "InternetDomain": endpoints.domain(gateway, vpc=False) if gateway.internet else "",
        "IntranetDomain": endpoints.domain(gateway, vpc=True) if gateway.intranet else "",
        "SSLRedirectionEnabled": gateway.ssl_redirection,
        "IsDefault": gateway.is_default,
        "CreateTime": cloud.clock.timestamp(gateway.created),
        "UpdateTime": cloud.clock.timestamp(gateway.updated),
    }


def details(cloud: Cloud, gateway: Gateway) -> dict[str, Any]:
    """A gateway in DescribeGateway: the row without how it is billed, with the state of its Internet access."""
    shown = row(cloud, gateway)
    del shown["ChargeType"]
    return {**shown, "InternetStatus": gateway.internet_status}


def links(gateway: Gateway) -> list[dict[str, Any]]:
    return [
        {
            "VpcId": link.vpc_id,
            "VSwitchId": link.vswitch_id,
            "Ip": link.ip,
            "Status": link.status,
            "AuthoritativeDnsEnabled": link.authoritative_dns,
        }
        for link in gateway.links.values()
    ]


def lists(gateway: Gateway, vpc_id: str) -> dict[str, Any]:
    """ListAclPolicy: the lists of the Internet and of each VPC, or of the VPC that is asked for. Empty lists are not shown (assumed)."""
    shown = {key: entries for key, entries in gateway.acl.items() if entries and vpc_id in ("", key)}
    rows = {key: [{"Entry": entry, "Comment": comment} for entry, comment in entries.items()] for key, entries in shown.items()}
    return {
        "GatewayId": gateway.id,
        "InternetAclPolicyList": [{"AclPolicyList": rows[INTERNET]}] if INTERNET in rows else [],
        "IntranetVpcAclPolicyList": [{"VpcId": key, "AclPolicyList": found} for key, found in rows.items() if key != INTERNET],
    }
