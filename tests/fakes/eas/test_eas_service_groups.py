"""Service groups with the official SDK: they come and go with their services, and spread requests over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import gateway_calls as calls
import pytest
from alibabacloud_eas20210701 import models

from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.eas.deployment import operations, service_groups
from fourways.fakes.services.eas.deployment.service_groups import ServiceGroup

REGION, ACCOUNT = "ap-southeast-1", "1000000000000001"
BASE = f"http://127.0.0.1:4566/pai-eas/{ACCOUNT}.{REGION}/api/predict"


def group(eas: Any, name: str = "chat_group") -> Any:
    return eas.client.describe_group(REGION, name).body


def groups(eas: Any, **given: Any) -> list[str]:
    return [one.name for one in eas.client.list_groups(models.ListGroupsRequest(**given)).body.groups]


def release(eas: Any, name: str, state: str | None = None, weight: int | None = None) -> str:
    request = models.ReleaseServiceRequest(traffic_state=state, weight=weight)
    return str(eas.client.release_service(REGION, name, request).body.message)


@pytest.fixture
def member(eas: Any, service_json: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a running service in the group; its model is served under its own name."""

    def make(name: str, group: str | None = "chat_group", networking: dict[str, Any] | None = None, **metadata: Any) -> None:
        given = service_json(name, **({"group": group} if group else {}), **metadata)
        given["containers"][0]["command"] = f"vllm serve /m --served-model-name {name}"
        calls.service(eas, given, **(networking or {}))

    return make


def answered(eas: Any, times: int, url: str = f"{BASE}/chat_group") -> dict[str, int]:
    """Who answered so many requests in a row."""
    token = group(eas).access_token
    found = [calls.ask(eas.cloud, url, token=token) for _ in range(times)]
    assert {one.status for one in found} == {200}, found
    return Counter(one.body.split(b'"id":"')[1].split(b'"')[0].decode() for one in found)


def test_a_group_comes_with_its_first_service_and_goes_with_its_last(eas: Any, member: Any, refused: Any) -> None:
    with refused(404, "InvalidGroup.NotFound", "chat_group"):
        group(eas)
    member("blue")
    found = group(eas)
    assert (found.name, found.cluster_id, found.traffic_mode) == ("chat_group", REGION, "auto")
    assert found.internet_endpoint == f"{BASE}/chat_group"
    assert found.intranet_endpoint == f"{BASE}/chat_group".replace(f".{REGION}", f".vpc.{REGION}")
    assert found.access_token not in ("", eas.describe("blue").access_token)
    member("green")
    assert group(eas).access_token == found.access_token
    assert groups(eas) == ["chat_group"]
    assert {"kind": "eas-service-group", "id": "chat_group", "account": ACCOUNT, "region": REGION} in eas.cloud.inventory()
    for name in ("blue", "green"):
        assert groups(eas) == ["chat_group"]
        eas.client.delete_service(REGION, name)
        eas.wait(3)
    assert groups(eas) == []
    assert eas.cloud.inventory() == []
    member("blue")
    assert group(eas).access_token != found.access_token


def test_groups_are_listed_with_filters_and_pages(eas: Any, member: Any) -> None:
    member("one", "red_group", workspace_id="7")
    member("two", "blue_group")
    assert groups(eas) == ["blue_group", "red_group"]
    assert groups(eas, filter="red") == groups(eas, workspace_id="7") == groups(eas, page_number=2, page_size=1) == ["red_group"]
    assert groups(eas, filter="green") == []


def test_the_endpoints_of_a_group_and_of_a_service_in_it(eas: Any, member: Any) -> None:
    member("blue")
    body = eas.client.describe_group_endpoints(REGION, "chat_group").body
    (entry,) = body.endpoints
    assert body.access_token == group(eas).access_token
    assert (entry.endpoint_type, entry.backend_id, entry.path_type) == ("DefaultGateway", "default", "Group")
    assert entry.internet_endpoints == [f"{BASE}/chat_group"]
    own = f"{BASE}/chat_group.blue"
    assert calls.endpoints(eas, "blue")[0].internet_endpoints == [own]
    assert eas.describe("blue").service_group == "chat_group"
    member("alone", None)
    wrong = (f"{BASE}/blue", f"{BASE}/other.blue", f"{BASE}/.alone", f"{BASE}/chat_group.alone")
    assert [calls.ask(eas.cloud, url).status for url in (own, *wrong)] == [200, 404, 404, 404, 404]
    assert calls.ask(eas.cloud, own, token=body.access_token).status == 401
    assert calls.ask(eas.cloud, f"{BASE}/chat_group", token="tok").status == 401


def test_a_service_takes_none_of_the_groups_requests_until_it_is_told_to(eas: Any, member: Any) -> None:
    member("blue")
    found = eas.describe("blue")
    assert (found.traffic_state, found.weight) == ("standalone", 100)
    token = group(eas).access_token
    assert calls.ask(eas.cloud, f"{BASE}/chat_group", token=token).status == 503
    message = release(eas, "blue", "grouping")
    assert message == f"Releasing service [blue] in region [{REGION}] with weight [100], service status: [Running]"
    assert eas.describe("blue").traffic_state == "grouping"
    assert answered(eas, 3) == {"blue": 3}
    release(eas, "blue", "standalone")
    assert calls.ask(eas.cloud, f"{BASE}/chat_group", token=token).status == 503
    assert calls.ask(eas.cloud, f"{BASE}/chat_group.blue").status == 200


def test_requests_are_spread_by_replicas_until_a_weight_is_set(eas: Any, member: Any) -> None:
    member("blue", instance=3)
    member("green")
    for name in ("blue", "green"):
        release(eas, name, "grouping")
    assert answered(eas, 8) == {"blue": 6, "green": 2}
    assert [eas.describe(name).weight for name in ("blue", "green")] == [100, 100]
    release(eas, "green", weight=25)
    assert (group(eas).traffic_mode, eas.describe("blue").weight, eas.describe("green").weight) == ("customized", 100, 25)
    assert answered(eas, 10) == {"blue": 8, "green": 2}
    release(eas, "blue", weight=0)
    assert answered(eas, 5) == {"green": 5}
    release(eas, "blue", weight=-1)
    assert (answered(eas, 5), eas.describe("blue").weight) == ({"blue": 4, "green": 1}, -1)
    release(eas, "green", weight=-1)
    assert group(eas).traffic_mode == "auto"
    assert answered(eas, 4) == {"blue": 3, "green": 1}


def test_a_service_that_does_not_serve_takes_none(eas: Any, member: Any) -> None:
    member("blue")
    member("green")
    for name in ("blue", "green"):
        release(eas, name, "grouping")
    release(eas, "blue", weight=50)
    eas.client.stop_service(REGION, "blue")
    assert answered(eas, 4) == {"green": 4}
    release(eas, "blue", weight=-1)
    eas.wait(3)
    eas.client.start_service(REGION, "blue")
    eas.wait(10)
    assert answered(eas, 4) == {"blue": 2, "green": 2}


def test_any_run_of_requests_is_spread_as_the_shares_are() -> None:
    made, parts = ServiceGroup("g", "t", 0, 0), {"a": 5, "b": 1, "c": 1}
    chosen = [service_groups.choose(made, parts) for _ in range(14)]
    assert chosen == ["a", "a", "b", "a", "c", "a", "a"] * 2
    assert service_groups.choose(made, {}) is None
    assert service_groups.choose(made, {"a": 0}) is None
    assert [service_groups.choose(made, {"b": 1}) for _ in range(2)] == ["b", "b"]


def test_a_group_has_a_limit_on_the_shared_gateway(eas: Any, member: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from fourways.fakes.services.eas.serving import limits

    monkeypatch.setattr(limits, "SHARED_GROUP", 4)
    member("blue")
    release(eas, "blue", "grouping")
    token = group(eas).access_token
    assert [calls.ask(eas.cloud, f"{BASE}/chat_group", token=token).status for _ in range(6)] == [200] * 4 + [429] * 2
    assert calls.ask(eas.cloud, f"{BASE}/chat_group.blue").status == 200
    eas.wait(1)
    assert answered(eas, 4) == {"blue": 4}


def test_a_group_is_reached_through_the_gateways_of_its_services(eas: Any, member: Any) -> None:
    gateway_id = calls.running(eas, enable_internet=True)
    member("blue", networking={"gateway": gateway_id})
    member("green")
    for name in ("blue", "green"):
        release(eas, name, "grouping")
    found = eas.client.describe_group_endpoints(REGION, "chat_group").body.endpoints
    assert [(one.endpoint_type, one.backend_id) for one in found] == [("PrivateGateway", gateway_id), ("DefaultGateway", "default")]
    assert answered(eas, 2, found[0].internet_endpoints[0]) == {"blue": 2}
    assert answered(eas, 2, found[1].internet_endpoints[0]) == {"green": 2}


def test_a_service_that_leaves_its_group_stands_alone(eas: Any, member: Any, service_json: Callable[..., Any]) -> None:
    member("blue")
    release(eas, "blue", "grouping", 7)
    eas.update("blue", {**service_json("blue"), "token": "tok"}, "replace")
    eas.wait(10)
    found = eas.describe("blue")
    assert (found.traffic_state, found.weight, found.service_group) == ("standalone", 100, None)
    assert (groups(eas), calls.ask(eas.cloud, f"{BASE}/blue").status) == ([], 200)


def test_what_release_refuses(eas: Any, member: Any, refused: Any) -> None:
    member("blue")
    member("alone", None)
    for state, weight, words in (
        (None, None, "TrafficState or Weight is required"),
        ("shared", None, "TrafficState must be standalone or grouping"),
        (None, 1001, "Weight must be a whole number from -1 to 1000"),
        (None, -2, "Weight must be a whole number from -1 to 1000"),
    ):
        with refused(400, "InvalidParameter", words):
            release(eas, "blue", state, weight)
    with refused(400, "InvalidParameter", "alone is in no service group"):
        release(eas, "alone", "grouping")
    with refused(404, "InvalidService.NotFound"):
        release(eas, "none", "grouping")
    eas.client.update_service_safety_lock(REGION, "blue", models.UpdateServiceSafetyLockRequest(lock="all"))
    with refused(403, "OperationDenied.SafetyLock"):
        release(eas, "blue", "grouping")
    eas.client.update_service_safety_lock(REGION, "blue", models.UpdateServiceSafetyLockRequest(lock="none"))
    eas.client.delete_service(REGION, "blue")
    with refused(409, "OperationDenied.ServiceStatus"):
        release(eas, "blue", "grouping")


def test_names_of_groups(eas: Any, member: Any, refused: Any, service_json: Callable[..., Any]) -> None:
    for wrong in ("Chat", "ab", "with-dash", 7):
        with refused(400, "InvalidParameter", "metadata.group must be 3 to 63"):
            eas.create(service_json(group=wrong))
    member("alone", None)
    with refused(409, "OperationDenied.ServiceStatus", "metadata.group alone is the name of a service"):
        eas.create(service_json(group="alone"))
    member("blue")
    with refused(409, "OperationDenied.ServiceStatus", "metadata.name chat_group is the name of a service group"):
        eas.create(service_json("chat_group"))


def test_a_roll_back_goes_back_into_the_group(eas: Any, member: Any, service_json: Callable[..., Any]) -> None:
    member("blue")
    home = eas.cloud.backend(EasBackend, ACCOUNT, REGION)
    operations.update(home, home.service("blue"), service_json("blue"), replace=True)
    assert groups(eas) == []
    eas.wait(10)
    eas.client.update_service_version(REGION, "blue", models.UpdateServiceVersionRequest(version=1))
    assert groups(eas) == ["chat_group"]
