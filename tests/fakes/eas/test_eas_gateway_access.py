"""VPC links and access lists of gateways with the official SDK, and the services behind a gateway: who gets through to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import gateway_calls as calls
import pytest
from alibabacloud_eas20210701 import models

from fourways.fakes.faults import Rule
from fourways.fakes.service import Scope
from fourways.fakes.services.eas import acl
from fourways.fakes.wire.errors import CloudError

REGION, ACCOUNT = "ap-southeast-1", "1000000000000001"
BASE = "http://127.0.0.1:4566/pai-eas"
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


@pytest.fixture
def public(eas: Any, service_json: Callable[..., Any]) -> tuple[Any, str, str]:
    """A service behind a gateway with Internet access: the SDK, the gateway's id and the URL."""
    gateway_id = calls.running(eas, enable_internet=True)
    calls.service(eas, service_json(), gateway=gateway_id)
    return eas, gateway_id, f"{BASE}/{gateway_id}.{ACCOUNT}.{REGION}/api/predict/chat"


def test_the_endpoints_of_a_service_behind_a_gateway(public: tuple[Any, str, str]) -> None:
    eas, gateway_id, url = public
    (entry,) = calls.endpoints(eas)
    assert (entry.endpoint_type, entry.backend_id, entry.path_type) == ("PrivateGateway", gateway_id, "Service")
    assert (entry.internet_endpoints, entry.intranet_endpoints) == ([url], [url.replace(f".{REGION}", f".vpc.{REGION}")])
    found = eas.describe()
    assert (found.gateway, found.internet_endpoint, found.intranet_endpoint) == (gateway_id, url, entry.intranet_endpoints[0])
    rows = eas.client.list_services(models.ListServicesRequest(gateway=gateway_id)).body.services
    assert [row.service_name for row in rows] == ["chat"]
    calls.update(eas, gateway_id, enable_internet=False)
    (entry,) = calls.endpoints(eas)
    assert (entry.internet_endpoints, eas.describe().internet_endpoint) == ([], "")


def test_the_gateway_answers_where_it_is_open_and_the_shared_one_does_not(public: tuple[Any, str, str], network: Network) -> None:
    eas, gateway_id, url = public
    inside, shared = url.replace(f".{REGION}", f".vpc.{REGION}"), f"{BASE}/{ACCOUNT}.{REGION}/api/predict/chat"
    other = f"{BASE}/gw-0.{ACCOUNT}.{REGION}/api/predict/chat"
    assert [calls.ask(eas.cloud, one).status for one in (url, inside, shared, other)] == [200, 404, 404, 404]
    calls.link(eas, gateway_id, *network[:2])
    assert calls.ask(eas.cloud, inside).status == 404
    eas.wait(3)
    assert calls.ask(eas.cloud, inside).status == 200
    assert calls.ask(eas.cloud, url, token="wrong").status == 401
    calls.update(eas, gateway_id, replicas=2)
    assert calls.ask(eas.cloud, url).status == 200  # while its size changes
    eas.wait(6)
    calls.update(eas, gateway_id, enable_internet=False, enable_intranet=False)
    assert [calls.ask(eas.cloud, one).status for one in (url, inside)] == [404, 404]


def test_a_service_may_close_the_internet_side_for_itself(eas: Any, service_json: Callable[..., Any]) -> None:
    gateway_id = calls.running(eas, enable_internet=True)
    calls.service(eas, service_json(), gateway=gateway_id, disable_internet_endpoint=True)
    url = f"{BASE}/{gateway_id}.{ACCOUNT}.{REGION}/api/predict/chat"
    assert (calls.endpoints(eas)[0].internet_endpoints, calls.ask(eas.cloud, url).status) == ([], 404)


def test_the_internet_list_refuses_clients_that_are_not_in_it(public: tuple[Any, str, str]) -> None:
    eas, gateway_id, url = public
    assert calls.ask(eas.cloud, url, peer="203.0.113.9").status == 200
    calls.allow(eas, gateway_id, "198.51.100.0/24")
    kept_out = calls.ask(eas.cloud, url, peer="203.0.113.9")
    assert (kept_out.status, b"203.0.113.9" in kept_out.body) == (403, True)
    assert calls.ask(eas.cloud, url, peer="198.51.100.9").status == 200
    assert calls.ask(eas.cloud, url, peer="203.0.113.9", token="wrong").status == 403  # before any token is read
    calls.allow(eas, gateway_id, "203.0.113.9")
    assert calls.ask(eas.cloud, url, peer="203.0.113.9").status == 200
    calls.disallow(eas, gateway_id, "198.51.100.0/24", "203.0.113.9")
    assert calls.ask(eas.cloud, url, peer="192.0.2.1").status == 200


def test_a_vpcs_list_refuses_clients_that_are_not_in_it(public: tuple[Any, str, str], make_network: Callable[[], Network]) -> None:
    eas, gateway_id, url = public
    inside = url.replace(f".{REGION}", f".vpc.{REGION}")
    first, second = make_network(), make_network()
    calls.allow(eas, gateway_id, "198.51.100.0/24")
    calls.link(eas, gateway_id, *first[:2])
    eas.wait(3)
    assert calls.ask(eas.cloud, inside, peer="10.0.0.9").status == 200  # the Internet's list is not the VPC's
    calls.allow(eas, gateway_id, "10.0.0.0/24", vpc_id=first[0])
    assert [calls.ask(eas.cloud, inside, peer=peer).status for peer in ("10.0.0.9", "10.0.1.9")] == [200, 403]
    calls.link(eas, gateway_id, *second[:2])
    eas.wait(3)
    assert calls.ask(eas.cloud, inside, peer="10.0.1.9").status == 200


def test_http_to_an_internet_endpoint_is_sent_to_https(public: tuple[Any, str, str], network: Network) -> None:
    eas, gateway_id, url = public
    calls.update(eas, gateway_id, enable_sslredirection=True)
    sent_on = calls.ask(eas.cloud, url, path="/v1/models?limit=1%202", token="wrong")
    assert (sent_on.status, sent_on.headers["location"]) == (308, url.replace("http:", "https:") + "/v1/models?limit=1%202")
    assert calls.ask(eas.cloud, url.replace("http:", "https:")).status == 200
    calls.link(eas, gateway_id, *network[:2])
    eas.wait(3)
    assert calls.ask(eas.cloud, url.replace(f".{REGION}", f".vpc.{REGION}")).status == 200
    calls.allow(eas, gateway_id, "198.51.100.0/24")
    assert calls.ask(eas.cloud, url).status == 403


def test_a_seed_leaves_the_service_on_the_shared_gateway_as_well(eas: Any, service_json: Callable[..., Any]) -> None:
    eas.cloud.seed["eas"] = {"shared_gateway_stays": True}
    gateway_id = calls.running(eas, enable_internet=True)
    calls.service(eas, service_json(), gateway=gateway_id)
    shared = f"{BASE}/{ACCOUNT}.{REGION}/api/predict/chat"
    found = [(entry.endpoint_type, entry.backend_id) for entry in calls.endpoints(eas)]
    assert found == [("PrivateGateway", gateway_id), ("DefaultGateway", "default")]
    assert calls.endpoints(eas)[1].internet_endpoints == [shared]
    assert calls.ask(eas.cloud, shared).status == 200


def test_a_gateway_that_a_service_is_behind_stays(public: tuple[Any, str, str], refused: Any) -> None:
    eas, gateway_id, url = public
    with refused(409, "OperationDenied.ResourceInUse", "chat"):
        calls.delete(eas, gateway_id)
    eas.client.delete_service(REGION, "chat")
    with refused(409, "OperationDenied.ResourceInUse", "chat"):
        calls.delete(eas, gateway_id)
    eas.wait(3)
    calls.delete(eas, gateway_id)
    assert calls.ask(eas.cloud, url).status == 404


def test_a_service_names_a_gateway_that_runs(eas: Any, refused: Any, service_json: Callable[..., Any]) -> None:
    for gateway in ("gw-none", calls.create(eas)):
        with refused(400, "InvalidParameter", gateway):
            eas.create({**service_json(), "networking": {"gateway": gateway}})
    assert eas.client.list_services(models.ListServicesRequest()).body.total_count == 0
    calls.service(eas, service_json())
    with refused(400, "InvalidParameter", "gw-none does not exist"):
        eas.update("chat", {"networking": {"gateway": "gw-none"}})
    first = calls.running(eas, enable_internet=True)
    eas.update("chat", {"networking": {"gateway": first}})
    assert calls.endpoints(eas)[0].backend_id == first
    with refused(409, "OperationDenied.ResourceInUse"):
        calls.delete(eas, first)


@pytest.mark.parametrize(
    ("networking", "words"),
    [
        ([], "networking must be an object"),
        ({"gateway": 1}, "networking.gateway must be the id of a gateway"),
        ({"gateway_policy": 100}, "gateway_policy must be an object"),
        ({"gateway_policy": {"rate": {}}}, "gateway_policy must be an object of rate_limit and concurrency_limit"),
        ({"gateway_policy": {"rate_limit": 100}}, "rate_limit must be an object of enable and limit"),
        ({"gateway_policy": {"rate_limit": {"enable": True, "limit": 5, "burst": 1}}}, "rate_limit must be an object of enable and limit"),
        ({"gateway_policy": {"rate_limit": {"limit": 5}}}, "rate_limit.enable must be true or false"),
        ({"gateway_policy": {"rate_limit": {"enable": True}}}, "rate_limit.limit must be a whole number from 1"),
        ({"gateway_policy": {"concurrency_limit": {"enable": True, "limit": 0}}}, "concurrency_limit.limit must be a whole number from 1"),
        (
            {"gateway_policy": {"concurrency_limit": {"enable": False, "limit": "5"}}},
            "concurrency_limit.limit must be a whole number from 1",
        ),
    ],
)
def test_what_networking_is_refused(eas: Any, refused: Any, service_json: Callable[..., Any], networking: Any, words: str) -> None:
    with refused(400, "InvalidParameter", words):
        eas.create({**service_json(), "networking": networking})


def limited(eas: Any, given: dict[str, Any], **policy: int) -> str:
    """A service on the shared gateway with these limits; the URL."""
    rules = {kind: {"enable": True, "limit": limit} for kind, limit in policy.items()}
    calls.service(eas, given, gateway_policy=rules)
    return f"{BASE}/{ACCOUNT}.{REGION}/api/predict/chat"


def test_a_rate_limit_counts_the_requests_of_each_second(eas: Any, service_json: Callable[..., Any]) -> None:
    url = limited(eas, service_json(), rate_limit=3)
    assert [calls.ask(eas.cloud, url).status for _ in range(5)] == [200, 200, 200, 429, 429]
    assert calls.ask(eas.cloud, url, token="wrong").status == 401
    eas.wait(1)
    assert [calls.ask(eas.cloud, url).status for _ in range(4)] == [200, 200, 200, 429]
    eas.update("chat", {"networking": {"gateway_policy": {"rate_limit": {"enable": False, "limit": 3}}}})
    assert calls.ask(eas.cloud, url).status == 200


def test_a_concurrency_limit_counts_the_requests_under_way(eas: Any, service_json: Callable[..., Any]) -> None:
    url = limited(eas, service_json(), concurrency_limit=2)
    under_way = [calls.ask(eas.cloud, url, path="/v1/chat/completions", method="POST") for _ in range(3)]
    assert [one.status for one in under_way] == [200, 200, 429]
    assert under_way[0].done is not None
    under_way[0].done()
    assert calls.ask(eas.cloud, url, path="/v1/chat/completions", method="POST").status == 200
    eas.wait(3600)
    assert calls.ask(eas.cloud, url, path="/v1/chat/completions", method="POST").status == 200


def test_the_shared_gateway_has_a_limit_by_default_and_private_ones_have_none(eas: Any, service_json: Callable[..., Any]) -> None:
    calls.service(eas, service_json())
    shared = f"{BASE}/{ACCOUNT}.{REGION}/api/predict/chat"
    found = [calls.ask(eas.cloud, shared).status for _ in range(1001)]
    assert (found.count(200), found[-1]) == (1000, 429)
    gateway_id = calls.running(eas, enable_internet=True)
    calls.service(eas, service_json("private_one"), gateway=gateway_id)
    private = f"{BASE}/{gateway_id}.{ACCOUNT}.{REGION}/api/predict/private_one"
    assert {calls.ask(eas.cloud, private).status for _ in range(1001)} == {200}


def test_a_rolled_back_service_may_name_a_gateway_that_is_gone(eas: Any, service_json: Callable[..., Any]) -> None:
    gateway_id = calls.running(eas, enable_internet=True)
    calls.service(eas, service_json(), gateway=gateway_id)
    eas.update("chat", {**service_json(), "token": "tok"}, "replace")
    eas.wait(10)
    calls.delete(eas, gateway_id)
    eas.wait(3)
    eas.client.update_service_version(REGION, "chat", models.UpdateServiceVersionRequest(version=1))
    assert json.loads(eas.describe().service_config)["networking"] == {"gateway": gateway_id}
    assert [(entry.internet_endpoints, entry.intranet_endpoints) for entry in calls.endpoints(eas)] == [([], [])]


def test_a_stuck_link_stays_creating(eas: Any, network: Network) -> None:
    gateway_id = calls.running(eas)
    eas.cloud.faults.add(Rule("stuck", action="CreateGatewayIntranetLinkedVpc"))
    calls.link(eas, gateway_id, *network[:2])
    eas.wait(60)
    assert [one.status for one in calls.links(eas, gateway_id)] == ["Creating"]
