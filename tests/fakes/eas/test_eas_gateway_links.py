"""VPC links and access lists of gateways with the official SDK: what they hold and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gateway_calls as calls
import pytest
from alibabacloud_eas20210701 import models

from fourways.fakes.faults import Rule
from fourways.fakes.service import Scope
from fourways.fakes.services.eas.gateways import acl
from fourways.fakes.wire.errors import CloudError

REGION, ACCOUNT = "ap-southeast-1", "1000000000000001"
Network = tuple[str, str, str]


def scope(eas: Any) -> Scope:
    return Scope(eas.cloud, ACCOUNT, REGION)


def delete_vswitch(eas: Any, vswitch_id: str) -> None:
    scope(eas).ask("2016-04-28", "DeleteVSwitch", VSwitchId=vswitch_id)


def refusal_of_vswitch(eas: Any, vswitch_id: str) -> str:
    with pytest.raises(CloudError) as error:
        delete_vswitch(eas, vswitch_id)
    return f"{error.value.code}: {error.value.message}"


def test_a_link_takes_an_address_of_its_vswitch_until_it_is_gone(eas: Any, refused: Any, network: Network) -> None:
    vpc, switch, _ = network
    gateway_id = calls.running(eas)
    calls.link(eas, gateway_id, vpc, switch, enable_authoritative_dns=True)
    (made,) = calls.links(eas, gateway_id)
    assert (made.vpc_id, made.v_switch_id, made.status, made.authoritative_dns_enabled) == (vpc, switch, "Creating", True)
    assert made.ip == "10.0.0.1"
    eas.wait(3)
    assert [one.status for one in calls.links(eas, gateway_id)] == ["Running"]
    backend = scope(eas).cloud.backends_of(ACCOUNT, REGION)
    assert {ip for one in backend for ip in one.addresses(switch)} == {"10.0.0.1"}
    with refused(409, "InvalidIntranetLinkedVpc.Duplicate", vpc):
        calls.link(eas, gateway_id, vpc, switch)
    assert gateway_id in refusal_of_vswitch(eas, switch)
    calls.unlink(eas, gateway_id, vpc, switch)
    assert [one.status for one in calls.links(eas, gateway_id)] == ["Deleting"]
    assert gateway_id in refusal_of_vswitch(eas, switch)
    eas.wait(3)
    assert calls.links(eas, gateway_id) == []
    delete_vswitch(eas, switch)


def test_a_gateway_takes_its_links_with_it(eas: Any, network: Network) -> None:
    vpc, switch, _ = network
    gateway_id = calls.running(eas)
    calls.link(eas, gateway_id, vpc, switch)
    kinds = [row["kind"] for row in eas.cloud.inventory() if row["kind"].startswith("eas-")]
    assert kinds == ["eas-gateway", "eas-gateway-link"]
    calls.delete(eas, gateway_id)
    eas.wait(3)
    delete_vswitch(eas, switch)


def test_a_service_in_a_vswitch_holds_it_too(eas: Any, service_json: Callable[..., Any], network: Network) -> None:
    vpc, switch, security_group = network
    eas.create(service_json() | {"cloud": {"networking": {"vpc_id": vpc, "vswitch_id": switch, "security_group_id": security_group}}})
    assert "DependencyViolation: " in refusal_of_vswitch(eas, switch)


def test_what_links_are_refused(eas: Any, refused: Any, make_network: Callable[[], Network]) -> None:
    (vpc, switch, _), (other_vpc, other_switch, _) = make_network(), make_network()
    gateway_id = calls.create(eas)
    with refused(409, "OperationDenied.GatewayStatus", "is Creating"):
        calls.link(eas, gateway_id, vpc, switch)
    eas.wait(10)
    for given, words in (
        ((None, switch), "VpcId is required"),
        ((vpc, None), "VSwitchId is required"),
        ((vpc, "vsw-none"), "vSwitch vsw-none does not exist"),
        (("vpc-none", switch), "VPC vpc-none does not exist"),
        ((vpc, other_switch), f"is not in VPC {vpc}"),
    ):
        with refused(400, "InvalidParameter", words):
            calls.link(eas, gateway_id, *given)
    calls.link(eas, gateway_id, vpc, switch)
    for wrong in ((other_vpc, other_switch), (vpc, other_switch)):
        with refused(404, "InvalidIntranetLinkedVpc.NotFound", wrong[0]):
            calls.unlink(eas, gateway_id, *wrong)
    with refused(404, "InvalidGateway.NotFound"):
        calls.links(eas, "gw-none")


def test_access_lists_of_the_internet_and_of_each_vpc(eas: Any, refused: Any, network: Network) -> None:
    vpc, switch, _ = network
    gateway_id = calls.running(eas)
    assert calls.lists(eas, gateway_id) == {"": []}
    calls.allow(eas, gateway_id, "203.0.113.0/24", "198.51.100.7")
    with refused(404, "InvalidIntranetLinkedVpc.NotFound", vpc):
        calls.allow(eas, gateway_id, "10.0.0.0/8", vpc_id=vpc)
    calls.link(eas, gateway_id, vpc, switch)
    calls.allow(eas, gateway_id, "10.0.0.0/8", vpc_id=vpc)
    assert calls.lists(eas, gateway_id) == {"": ["203.0.113.0/24", "198.51.100.7"], vpc: ["10.0.0.0/8"]}
    assert calls.lists(eas, gateway_id, vpc) == {"": [], vpc: ["10.0.0.0/8"]}
    body = eas.client.list_acl_policy(REGION, gateway_id, models.ListAclPolicyRequest()).body
    assert body.gateway_id == gateway_id
    assert body.internet_acl_policy_list[0].acl_policy_list[0].comment == "for 203.0.113.0/24"
    with refused(404, "InvalidAclPolicy.NotFound", "192.0.2.1"):
        calls.disallow(eas, gateway_id, "198.51.100.7", "192.0.2.1")
    calls.disallow(eas, gateway_id, "198.51.100.7")
    assert calls.lists(eas, gateway_id)[""] == ["203.0.113.0/24"]
    for wrong in ("203.0.113.1/24", "anywhere", "203.0.113.0/33"):
        with refused(400, "InvalidParameter", "Entry must be an IP address or a CIDR block"):
            calls.allow(eas, gateway_id, wrong)
    with refused(400, "InvalidParameter", "at least one entry"):
        calls.allow(eas, gateway_id)
    calls.unlink(eas, gateway_id, vpc, switch)
    eas.wait(3)
    assert calls.lists(eas, gateway_id) == {"": ["203.0.113.0/24"]}


@pytest.mark.parametrize("text", ["{", "{}", '["10.0.0.0/8"]', '[{"Comment": "x"}]', '[{"Entry": "10.0.0.0/8", "Vpc": "x"}]', "[]"])
def test_lists_in_other_forms_are_refused(text: str) -> None:
    with pytest.raises(CloudError):
        acl.read(text)


def test_who_a_list_admits() -> None:
    assert acl.admits([], "203.0.113.9")
    assert acl.admits(["198.51.100.0/24", "203.0.113.9"], "203.0.113.9")
    assert not acl.admits(["198.51.100.0/24", "203.0.113.9"], "203.0.113.10")
    assert not acl.admits(["::/0"], "203.0.113.9")
    assert not acl.admits(["0.0.0.0/0"], "")


def test_a_stuck_link_stays_creating(eas: Any, network: Network) -> None:
    gateway_id = calls.running(eas)
    eas.cloud.faults.add(Rule("stuck", action="CreateGatewayIntranetLinkedVpc"))
    calls.link(eas, gateway_id, *network[:2])
    eas.wait(60)
    assert [one.status for one in calls.links(eas, gateway_id)] == ["Creating"]
