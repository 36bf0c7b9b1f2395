"""Calls on gateways and service groups that tests repeat: the SDK in front, requests to endpoints behind."""

from __future__ import annotations

import json
from typing import Any

from alibabacloud_eas20210701 import models

from fourways.fakes.cloud import Cloud
from fourways.fakes.wire.messages import Request, Response

REGION, ACCOUNT = "ap-southeast-1", "1000000000000001"


def create(eas: Any, **given: Any) -> str:
    """Makes a gateway of the smallest size, and returns its id at once."""
    order = {"instance_type": "2c4g", **given}
    return str(eas.client.create_gateway(models.CreateGatewayRequest(**order)).body.gateway_id)


def running(eas: Any, **given: Any) -> str:
    gateway_id = create(eas, **given)
    eas.wait(10)
    return gateway_id


def describe(eas: Any, gateway_id: str) -> Any:
    return eas.client.describe_gateway(REGION, gateway_id).body


def update(eas: Any, gateway_id: str, **given: Any) -> None:
    eas.client.update_gateway(gateway_id, REGION, models.UpdateGatewayRequest(**given))


def delete(eas: Any, gateway_id: str) -> None:
    eas.client.delete_gateway(REGION, gateway_id)


def listed(eas: Any, **given: Any) -> list[Any]:
    return list(eas.client.list_gateway(models.ListGatewayRequest(**given)).body.gateways)


def link(eas: Any, gateway_id: str, vpc_id: str | None, vswitch_id: str | None, **given: Any) -> None:
    request = models.CreateGatewayIntranetLinkedVpcRequest(vpc_id=vpc_id, v_switch_id=vswitch_id, **given)
    eas.client.create_gateway_intranet_linked_vpc(REGION, gateway_id, request)


def unlink(eas: Any, gateway_id: str, vpc_id: str, vswitch_id: str) -> None:
    request = models.DeleteGatewayIntranetLinkedVpcRequest(vpc_id=vpc_id, v_switch_id=vswitch_id)
    eas.client.delete_gateway_intranet_linked_vpc(REGION, gateway_id, request)


def links(eas: Any, gateway_id: str) -> list[Any]:
    return list(eas.client.list_gateway_intranet_linked_vpc(REGION, gateway_id).body.intranet_linked_vpc_list)


def allow(eas: Any, gateway_id: str, *entries: str, vpc_id: str | None = None) -> None:
    rows = [models.CreateAclPolicyRequestAclPolicyList(entry=entry, comment=f"for {entry}") for entry in entries]
    eas.client.create_acl_policy(REGION, gateway_id, models.CreateAclPolicyRequest(acl_policy_list=rows, vpc_id=vpc_id))


def disallow(eas: Any, gateway_id: str, *entries: str, vpc_id: str | None = None) -> None:
    rows = [models.DeleteAclPolicyRequestAclPolicyList(entry=entry) for entry in entries]
    eas.client.delete_acl_policy(REGION, gateway_id, models.DeleteAclPolicyRequest(acl_policy_list=rows, vpc_id=vpc_id))


def lists(eas: Any, gateway_id: str, vpc_id: str | None = None) -> dict[str, list[str]]:
    """Entries by VPC; those of the Internet under ""."""
    body = eas.client.list_acl_policy(REGION, gateway_id, models.ListAclPolicyRequest(vpc_id=vpc_id)).body
    found = {row.vpc_id: [one.entry for one in row.acl_policy_list] for row in body.intranet_vpc_acl_policy_list}
    return found | {"": [one.entry for row in body.internet_acl_policy_list for one in row.acl_policy_list]}


def service(eas: Any, given: dict[str, Any], **networking: Any) -> Any:
    """Creates a service with a known token, and waits until it runs."""
    made = eas.create({**given, "token": "tok", **({"networking": networking} if networking else {})})
    eas.wait(10)
    assert eas.status(given["metadata"]["name"]) == "Running"
    return made


def endpoints(eas: Any, name: str = "chat") -> list[Any]:
    return list(eas.client.describe_service_endpoints(REGION, name).body.endpoints)


def ask(cloud: Cloud, url: str, *, token: str = "tok", peer: str = "127.0.0.1", path: str = "/v1/models", method: str = "GET") -> Response:
    """One request to an endpoint, from this address."""
    body = json.dumps({"messages": [{"role": "user", "content": "hi"}], "max_tokens": 3}).encode() if method == "POST" else b""
    return cloud.handle(Request.build(method, url + path, {"authorization": token, "host": "127.0.0.1:4566"}, body, peer))
