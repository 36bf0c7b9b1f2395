"""What the control plane refuses, and in which words; merging; Terraform's ways of calling; state over a restart."""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import json
import pickle
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourways.fakes.cloud import Cloud
from fourways.fakes.services import SERVICES
from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.eas.deployment.service_config import merge
from fourways.fakes.wire.messages import Request

REGION = "ap-southeast-1"
Make = Callable[..., dict[str, Any]]
Change = Callable[[dict[str, Any]], None]


def put(*path: str | int, value: Any) -> Change:
    """A change that sets one field, making objects on the way."""

    def change(config: dict[str, Any]) -> None:
        at: Any = config
        for step in path[:-1]:
            at = at.setdefault(step, {}) if isinstance(at, dict) else at[step]
        at[path[-1]] = value

    return change


def drop(*path: str) -> Change:
    def change(config: dict[str, Any]) -> None:
        at = config
        for step in path[:-1]:
            at = at[step]
        del at[path[-1]]

    return change


NETWORK = {"vpc_id": "vpc-1", "vswitch_id": "vsw-1", "security_group_id": "sg-1"}
GPU = "ml.gu8tef.8.46xlarge"
PROBE = {"http_get": {"path": "/health", "port": 8000}}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (drop("metadata"), "metadata is required"),
        (drop("metadata", "name"), "metadata.name"),
        (put("metadata", "name", value="ab"), "3 to 63"),
        (put("metadata", "name", value="a" * 64), "3 to 63"),
        (put("metadata", "name", value="Upper-Case"), "lower-case"),
        (put("metadata", "instance", value=-1), "metadata.instance"),
        (put("metadata", "instance", value="2"), "metadata.instance"),
        (put("metadata", "instance", value=True), "metadata.instance"),
        (put("metadata", "gpu", value=0.5), "whole number"),
        (put("metadata", "memory", value="64Gi"), "metadata.memory"),
        (put("metadata", "gpu", value=9), "exceeds the 8 GPUs of instance type"),
        (put("metadata", "resource", value="eas-r-1"), "at the same time"),
        (put("metadata", "rolling_strategy", value={"max_surge": 0, "max_unavailable": 0}), "must not both be 0"),
        (put("metadata", "rolling_strategy", value={"max_surge": "some"}), "max_surge"),
        (put("metadata", "quota_id", value="quota1"), "quota_id cannot be specified together with"),
        (put("metadata", "resource", value="eas-vr-1"), "at the same time"),
        (put("metadata", "resource_burstable", value="yes"), "resource_burstable must be true or false"),
        (put("cloud", "computing", value={"instances": ["ecs.c7a.large"]}), "objects with a type"),
        (put("cloud", "computing", value={"instances": {"type": "ecs.c7a.large"}}), "objects with a type"),
        (
            put("cloud", "computing", value={"instances": [{"type": GPU, "spot_price_limit": 0}]}),
            "instances[0].spot_price_limit must be a price above 0",
        ),
        (
            put("cloud", "computing", value={"instances": [{"type": GPU, "capacity": "half"}]}),
            "instances[0].capacity must be a whole number or a percentage",
        ),
        (put("cloud", "computing", value={"instances": [{"type": "dedicated_resource"}]}), "names no dedicated resource group"),
        (put("cloud", "computing", "disable_spot_protection_period", value="no"), "disable_spot_protection_period must be true or false"),
        (drop("containers"), "containers or processor"),
        (put("containers", value=[]), "at least one container"),
        (put("containers", 0, "image", value=""), "containers[0].image"),
        (put("containers", 0, "port", value=8080), "8080 and 9090 are reserved"),
        (put("containers", 0, "port", value=9090), "8080 and 9090 are reserved"),
        (put("containers", 0, "port", value=70000), "1 to 65535"),
        (put("containers", 0, "startup_check", value={}), "exactly one of http_get"),
        (put("containers", 0, "health_check", value={"http_get": {"path": "/"}}), "needs a port"),
        (put("containers", 0, "liveness_check", value={**PROBE, "period_seconds": 0}), "liveness_check.period_seconds"),
        (put("containers", 0, "startup_check", value={**PROBE, "failure_threshold": "many"}), "failure_threshold"),
        (put("cloud", "computing", value={"instance_type": "ecs.unheard.of"}), "not supported"),
        (put("cloud", "networking", value={**NETWORK, "vswitch_id": ""}), "vswitch can not be null"),
        (put("cloud", "networking", value={"vpc_id": "vpc-1"}), "vpcId, vswId and securityGroupId are required"),
        (put("cloud", "networking", value={**NETWORK, "vpc_id": ""}), "vpcId, vswId and securityGroupId are required"),
        (put("storage", value=[{"oss": {"path": "oss://b/"}}]), "mount_path"),
        (put("storage", value=[{"mount_path": "/m", "oss": {"path": "https://b/"}}]), "oss://"),
        (put("token", value=""), "token"),
        (put("labels", value={"a": 1}), "labels"),
    ],
)
def test_a_wrong_service_json_is_refused_and_nothing_is_made(
    eas: Any, service_json: Make, refused: Any, change: Change, words: str
) -> None:
    config = {**service_json(), "cloud": {"computing": {"instance_type": "ml.gu8tef.8.46xlarge"}}}
    change(config)
    with refused(400, "InvalidParameter", words):
        eas.create(config)
    assert eas.cloud.inventory() == []


def test_the_accepted_twin_of_the_refused_ones(eas: Any, service_json: Make) -> None:
    config = {**service_json("a_1"), "cloud": {"computing": {"instance_type": "ml.gu8tef.8.46xlarge"}}}
    config["containers"][0] |= {"startup_check": PROBE, "port": 65535}
    eas.create(config)
    assert eas.status("a_1") == "Creating"


def test_the_network_must_exist_and_belong_together(
    eas: Any, service_json: Make, refused: Any, network: tuple[str, str, str], make_network: Callable[[], tuple[str, str, str]]
) -> None:
    vpc, switch, security_group = network
    _, foreign_switch, foreign_group = make_network()
    for change, words in (
        ({"vpc_id": "vpc-none"}, "VPC vpc-none does not exist"),
        ({"vswitch_id": f"{switch},vsw-none"}, "vSwitch vsw-none does not exist"),
        ({"security_group_id": "sg-none"}, "security group sg-none does not exist"),
        ({"vswitch_id": foreign_switch}, f"is not in VPC {vpc}"),
        ({"security_group_id": foreign_group}, f"is not in VPC {vpc}"),
    ):
        given = {"vpc_id": vpc, "vswitch_id": switch, "security_group_id": security_group, **change}
        with refused(400, "InvalidParameter", words):
            eas.create({**service_json(), "cloud": {"networking": given}})
    given = {"vpc_id": vpc, "vswitch_id": switch, "security_group_id": security_group}
    eas.create({**service_json(), "cloud": {"networking": given}})
    backend = eas.cloud.backend(EasBackend, "1000000000000001", REGION)
    assert [backend.users_of_network(name) for name in (vpc, switch, security_group, "vsw-none")] == [["chat"], ["chat"], ["chat"], []]


def test_names_are_unique_in_a_region(eas: Any, service_json: Make, refused: Any, in_region: Any) -> None:
    eas.create(service_json())
    with refused(409, "InvalidService.Duplicate", "chat"):
        eas.create(service_json())
    in_region("cn-beijing").create(service_json())
    eas.client.delete_service(REGION, "chat")
    with refused(409, "InvalidService.Duplicate"):
        eas.create(service_json())
    with refused(409, "OperationDenied.ServiceStatus", "Deleting"):
        eas.update("chat", {"metadata": {"instance": 2}})
    eas.wait(3)
    eas.create(service_json())


def test_a_resource_group_must_exist_and_have_machines_large_enough(eas: Any, service_json: Make, refused: Any) -> None:
    with refused(400, "InvalidParameter", "eas-r-none does not exist"):
        eas.create(service_json(resource="eas-r-none"))
    group = eas.group()
    with refused(400, "InvalidParameter", "exceeds the 4 GPUs of the largest machine"):
        eas.create(service_json(resource=group.resource_id, gpu=5))


def test_an_update_is_checked_like_a_create_and_changes_nothing_when_refused(eas: Any, service_json: Make, refused: Any) -> None:
    eas.create(service_json())
    eas.wait(10)
    before = eas.config()
    for body, words in (
        ({"metadata": {"name": "another"}}, "cannot be renamed"),
        ({"containers": [{"image": "repo/vllm:1", "port": 8080}]}, "reserved"),
        ({}, "must not be empty"),
        ({"metadata": {"instance": -1}}, "metadata.instance"),
    ):
        with refused(400, "InvalidParameter", words):
            eas.update("chat", body)
    with refused(400, "InvalidParameter", "UpdateType"):
        eas.update("chat", {"a": 1}, "append")
    assert (eas.config(), eas.describe().latest_version) == (before, 1)


def test_paging_and_labels_are_checked(eas: Any, refused: Any) -> None:
    from alibabacloud_eas20210701 import models

    for wrong in ({"page_size": 0}, {"page_size": 1001}, {"page_number": 0}, {"sort": "Colour"}, {"order": "up"}):
        with refused(400, "InvalidParameter"):
            eas.client.list_services(models.ListServicesRequest(**wrong))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)
objects = st.dictionaries(st.sampled_from("abc"), json_values, max_size=3)


@given(objects, objects)
def test_merging_keeps_the_old_takes_the_new_and_touches_neither(old: dict[str, Any], new: dict[str, Any]) -> None:
    before = copy.deepcopy((old, new))
    merged = merge(old, new)
    assert (old, new) == before
    assert merge(merged, new) == merged
    assert set(merged) == set(old) | set(new)
    assert all(merged[name] == value for name, value in old.items() if name not in new)
    assert all(merged[name] == value for name, value in new.items() if not (isinstance(value, dict) and isinstance(old.get(name), dict)))


def terraform(cloud: Cloud, method: str, path: str, query: dict[str, str] | None = None, body: Any = None) -> tuple[int, dict[str, Any]]:
    """A call as alicloud's provider makes it: ROA style, HMAC-SHA1, no action and no region in it (tea-roa 1.3.4, client.go)."""
    headers = {
        "date": "Tue, 24 Nov 2026 04:00:00 GMT",
        "host": "127.0.0.1:4566",
        "accept": "application/json",
        "x-acs-signature-nonce": hashlib.sha256(f"{method}{path}{query}{body}{cloud.requests.actions}".encode()).hexdigest(),
        "x-acs-signature-method": "HMAC-SHA1",
        "x-acs-signature-version": "1.0",
        "x-acs-version": "2021-07-01",
    }
    raw = b""
    if body is not None:
        headers["content-type"], raw = "application/json; charset=utf-8", json.dumps(body).encode()
    lines = [method, headers["accept"], "", headers.get("content-type", ""), headers["date"]]
    signed = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers) if name.startswith("x-acs-"))
    resource = path + ("?" + "&".join(f"{name}={query[name]}" for name in sorted(query)) if query else "")
    text = "\n".join(lines) + "\n" + signed + resource
    headers["authorization"] = "acs test:" + base64.b64encode(hmac.new(b"test", text.encode(), hashlib.sha1).digest()).decode()
    url = path + ("?" + urlencode(query) if query else "")
    response = cloud.handle(Request.build(method, url, headers, raw))
    return response.status, json.loads(response.body)


def test_terraforms_pai_service_sees_no_difference_after_create_update_and_tags(cloud: Cloud) -> None:
    """The provider compares the whole config with the server's echo (resource_alicloud_pai_service.go); its acceptance test's config."""
    config = {
        "metadata": {"cpu": 1, "gpu": 0, "instance": 1, "memory": 2000, "name": "tftestacc234", "rpc": {"keepalive": 70000}},
        "model_path": "http://eas-data.oss-cn-shanghai.aliyuncs.com/processors/echo_processor_release.tar.gz",
        "processor_entry": "libecho.so",
        "processor_type": "cpp",
    }
    path = f"/api/v2/services/{REGION}/tftestacc234"
    status, made = terraform(cloud, "POST", "/api/v2/services", {"Develop": "false", "Labels": '{"Created":"TF"}'}, config)
    assert (status, made["ServiceName"]) == (200, "tftestacc234")
    cloud.clock.advance(10)
    status, found = terraform(cloud, "GET", path)
    assert (found["Status"], found["Region"]) == ("Running", REGION)
    assert json.loads(found["ServiceConfig"]) == config
    assert found["Labels"] == [{"LabelKey": "Created", "LabelValue": "TF"}]
    config["metadata"]["memory"] = 3000  # type: ignore[index]
    assert terraform(cloud, "PUT", path, {"ClusterId": REGION}, config)[0] == 200
    assert terraform(cloud, "PUT", f"{path}/stop", {"ClusterId": REGION}, {"ServiceName": "tftestacc234"})[0] == 200
    cloud.clock.advance(20)
    status, found = terraform(cloud, "GET", path)
    assert found["Status"] == "Stopped"
    assert json.loads(found["ServiceConfig"]) == config
    assert terraform(cloud, "DELETE", path, {"ClusterId": REGION})[0] == 200
    cloud.clock.advance(20)
    status, gone = terraform(cloud, "GET", path)
    assert (status, gone["Code"]) == (404, "InvalidService.NotFound")


def test_tag_resources_as_the_provider_calls_it(eas: Any, service_json: Make, refused: Any, in_region: Any) -> None:
    from alibabacloud_tea_openapi.client import Client
    from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
    from darabonba.runtime import RuntimeOptions

    uid = eas.create(service_json()).service_id
    client = Client(Config(access_key_id="test", access_key_secret="test", endpoint="127.0.0.1:4566", protocol="HTTP"))

    def call(action: str, **query: str) -> dict[str, Any]:
        shape = Params(
            action=action, version="2021-07-02", protocol="HTTP", pathname="/", method="POST",
            auth_type="AK", style="RPC", req_body_type="formData", body_type="json",
        )  # fmt: skip
        found: dict[str, Any] = client.call_api(shape, OpenApiRequest(query={"ResourceType": "service", **query}), RuntimeOptions())["body"]
        return found

    call("TagResources", **{"ResourceId.1": uid, "Tag.1.Key": "a", "Tag.1.Value": "1", "Tag.2.Key": "b", "Tag.2.Value": "2"})
    call("UntagResources", **{"ResourceId.1": uid, "TagKey.1": "a"})
    assert {label.label_key: label.label_value for label in eas.describe().labels} == {"b": "2"}
    rows = call("ListTagResources", **{"ResourceId.1": uid})["TagResources"]["TagResource"]
    assert rows == [{"ResourceId": uid, "ResourceType": "service", "TagKey": "b", "TagValue": "2"}]
    beijing = in_region("cn-beijing")
    call("TagResources", **{"ResourceId.1": beijing.create(service_json()).service_id, "Tag.1.Key": "c", "Tag.1.Value": "3"})
    assert [label.label_key for label in beijing.describe().labels] == ["c"]
    with refused(404, "InvalidService.NotFound"):
        call("TagResources", **{"ResourceId.1": "eas-m-none", "Tag.1.Key": "a", "Tag.1.Value": "1"})


def test_a_killed_fake_goes_on_where_it_was(eas: Any, service_json: Make) -> None:
    group = eas.group()
    eas.create(service_json("running", resource=group.resource_id, gpu=2))
    eas.wait(10)
    eas.create(service_json("waiting", resource=group.resource_id, gpu=3))
    eas.create({**service_json("starting"), "cloud": {"computing": {"instance_type": "ml.gu8tef.8.46xlarge"}}})
    eas.wait(5)
    eas.client.delete_service(REGION, "running")
    again: Cloud = pickle.loads(pickle.dumps(eas.cloud))
    again.resume(SERVICES)
    again.clock.advance(3 + 8)
    found = {row["id"]: row["status"] for row in again.inventory() if row["kind"] == "eas-service"}
    assert found == {"waiting": "Running", "starting": "Running"}
    assert len(again.ledger.rows(only_open=True)) == 2


def test_secrets_do_not_reach_the_request_log(eas: Any, service_json: Make) -> None:
    given = {**service_json(), "token": "hush-hush", "dockerAuth": "hush-hush"}
    given["containers"][0]["env"] = [{"name": "KEY", "value": "hush-hush"}]
    eas.create(given)
    assert "hush-hush" not in json.dumps(list(eas.cloud.requests.rows))
