"""Services behind a gateway: the endpoints that the SDK tells, and who gets through to them."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from typing import Any

import gateway_calls as calls
import pytest
from alibabacloud_eas20210701 import models

from fourways.fakes.services import SERVICES
from fourways.fakes.services.eas.backend import EasBackend

REGION, ACCOUNT = "ap-southeast-1", "1000000000000001"
BASE = "http://127.0.0.1:4566/pai-eas"
Network = tuple[str, str, str]


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


def test_a_gateway_whose_subscription_has_ended_answers_nobody(eas: Any, service_json: Callable[..., Any]) -> None:
    gateway_id = calls.running(eas, enable_internet=True, charge_type="PrePaid")
    calls.service(eas, service_json(), gateway=gateway_id)
    url = calls.endpoints(eas)[0].internet_endpoints[0]
    assert calls.ask(eas.cloud, url).status == 200
    eas.wait(30 * 24 * 3600)
    assert calls.ask(eas.cloud, url).status == 404


def test_what_is_under_way_goes_on_after_a_restart(public: tuple[Any, str, str], network: Network) -> None:
    eas, gateway_id, _ = public
    calls.link(eas, gateway_id, *network[:2])
    calls.update(eas, gateway_id, replicas=2)
    calls.allow(eas, gateway_id, "198.51.100.7")
    again = pickle.loads(pickle.dumps(eas.cloud))
    again.resume(SERVICES)
    again.clock.advance(10)
    gateway = again.backend(EasBackend, ACCOUNT, REGION).gateways.find(gateway_id)
    assert (gateway.status, gateway.replicas, gateway.acl) == ("Running", 2, {"": {"198.51.100.7": "for 198.51.100.7"}})
    assert [link.status for link in gateway.links.values()] == ["Running"]


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
