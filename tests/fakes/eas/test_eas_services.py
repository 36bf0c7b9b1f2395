"""Services through the official SDK: statuses on the clock, versions, updates, labels, locks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from alibabacloud_eas20210701 import models

from fourways.fakes.faults import Rule

REGION = "ap-southeast-1"
PUBLIC = {"computing": {"instances": [{"type": "ml.gu8tef.8.46xlarge"}]}}
Make = Callable[..., dict[str, Any]]


def history(eas: Any, seconds: int, name: str = "chat") -> list[str]:
    """The statuses that a service shows over the next seconds, each once."""
    seen = [eas.status(name)]
    for _ in range(seconds):
        eas.wait(1)
        status = eas.status(name)
        if status != seen[-1]:
            seen.append(status)
    return seen


def public(service_json: Make, name: str = "chat", **metadata: Any) -> dict[str, Any]:
    return {**service_json(name, **metadata), "cloud": PUBLIC}


def test_a_service_is_created_then_waits_then_runs(eas: Any, service_json: Make) -> None:
    made = eas.create(public(service_json), labels={"team": "llm"}, workspace_id="w1")
    assert (made.service_name, made.status, made.region) == ("chat", "Creating", REGION)
    assert made.service_id.startswith("eas-m-")
    assert history(eas, 11) == ["Creating", "Waiting", "Running"]
    found = eas.describe()
    assert (found.running_instance, found.total_instance, found.pending_instance) == (1, 1, 0)
    assert (found.current_version, found.latest_version, found.safety_lock, found.workspace_id) == (1, 1, "none", "w1")
    assert [label.to_map() for label in found.labels] == [{"LabelKey": "team", "LabelValue": "llm"}]
    assert [event.reason for event in reversed(eas.events())] == ["Creating", "Scheduled", "Started", "Running"]
    texts = [json.loads(event.message) for event in reversed(eas.events())]
    assert [(text["availableInstance"], text["unavailableInstance"]) for text in texts] == [(0, 1), (0, 1), (1, 0), (1, 0)]


def test_the_config_is_echoed_with_what_the_server_fills_in_and_unknown_fields(eas: Any, service_json: Make) -> None:
    given = {**public(service_json), "token": "s3cret", "novel": {"field": [1]}}
    del given["metadata"]["cpu"], given["metadata"]["memory"], given["metadata"]["instance"]
    eas.create(given)
    echoed = eas.config()
    assert echoed["metadata"] == {"name": "chat", "instance": 1, "cpu": 184, "memory": 1800 * 1024, "gpu": 8}
    assert (echoed["token"], echoed["novel"]) == ("s3cret", {"field": [1]})
    assert eas.describe().access_token == "s3cret"


def test_a_token_is_generated_when_none_is_given_and_kept_by_updates(eas: Any, service_json: Make) -> None:
    eas.create(public(service_json))
    eas.create(public(service_json, "other"))
    token = eas.describe().access_token
    assert len(token) > 20
    assert token != eas.describe("other").access_token
    assert "token" not in eas.config()
    eas.wait(20)
    eas.update("chat", public(service_json, cpu=9), "replace")
    assert eas.describe().access_token == token


def test_stop_start_restart_and_delete(eas: Any, service_json: Make, refused: Any) -> None:
    eas.create(public(service_json))
    eas.wait(10)
    first = eas.replicas()[0].instance_name
    eas.client.stop_service(REGION, "chat")
    assert history(eas, 4) == ["Stopping", "Stopped"]
    assert eas.replicas() == []
    eas.client.start_service(REGION, "chat")
    assert history(eas, 11) == ["Starting", "Running"]
    second = eas.replicas()[0].instance_name
    eas.client.restart_service(REGION, "chat")
    assert history(eas, 11)[-1] == "Running"
    assert len({first, second, eas.replicas()[0].instance_name}) == 3
    eas.client.delete_service(REGION, "chat")
    assert eas.status() == "Deleting"
    eas.client.delete_service(REGION, "chat")
    eas.wait(3)
    with refused(404, "InvalidService.NotFound", "chat"):
        eas.describe()
    with refused(404, "InvalidService.NotFound"):
        eas.client.delete_service(REGION, "chat")
    assert eas.cloud.inventory() == []


def test_a_delete_during_a_stop_takes_its_own_time(eas: Any, service_json: Make, refused: Any) -> None:
    eas.create(public(service_json))
    eas.wait(10)
    eas.client.stop_service(REGION, "chat")
    eas.wait(2)
    eas.client.delete_service(REGION, "chat")
    eas.wait(2)
    assert eas.status() == "Deleting"
    eas.wait(1)
    with refused(404, "InvalidService.NotFound"):
        eas.describe()


def test_an_update_makes_a_version_and_merges(eas: Any, service_json: Make) -> None:
    eas.create({**public(service_json), "storage": [{"mount_path": "/models", "oss": {"path": "oss://b/m/"}}]})
    eas.wait(10)
    eas.update("chat", {"metadata": {"cpu": 9}, "features": {"a": 1}})
    found = eas.describe()
    assert (found.status, found.current_version, found.latest_version) == ("Updating", 1, 2)
    eas.wait(10)
    found = eas.describe()
    assert (found.status, found.current_version, found.latest_version) == ("Running", 2, 2)
    config = eas.config()
    assert (config["metadata"]["cpu"], config["metadata"]["memory"], config["features"]) == (9, 32000, {"a": 1})
    assert config["storage"]


def test_replace_drops_what_is_left_out(eas: Any, service_json: Make) -> None:
    eas.create({**public(service_json), "features": {"a": 1}})
    eas.wait(10)
    eas.update("chat", public(service_json), "replace")
    assert "features" not in eas.config()


def test_a_new_machine_type_brings_its_own_size(eas: Any, service_json: Make) -> None:
    eas.create({**service_json(), "cloud": PUBLIC})
    eas.wait(10)
    eas.update("chat", {"cloud": {"computing": {"instances": [{"type": "ml.gu8tef.1.5xlarge"}]}}})
    assert eas.config()["metadata"]["gpu"] == 1


def test_only_the_number_of_instances_scales_without_a_version(eas: Any, service_json: Make) -> None:
    eas.create(public(service_json))
    eas.wait(10)
    eas.update("chat", {"metadata": {"instance": 3}})
    assert history(eas, 9) == ["Scaling", "Running"]
    found = eas.describe()
    assert (found.running_instance, found.latest_version) == (3, 1)
    kept = eas.replicas()[-1].instance_name
    eas.update("chat", {"metadata": {"instance": 1}})
    assert history(eas, 9) == ["Scaling", "Running"]
    assert [replica.instance_name for replica in eas.replicas()] == [kept]


def test_roll_back_to_an_earlier_version(eas: Any, service_json: Make, refused: Any) -> None:
    eas.create(public(service_json))
    eas.wait(10)
    eas.update("chat", {"metadata": {"cpu": 9}})
    eas.wait(10)
    versions = eas.client.list_service_versions(REGION, "chat", models.ListServiceVersionsRequest()).body
    assert [version.image_id for version in versions.versions] == [2, 1]
    assert json.loads(versions.versions[1].service_config)["metadata"]["cpu"] == 8
    with refused(400, "InvalidParameter"):
        eas.client.update_service_version(REGION, "chat", models.UpdateServiceVersionRequest(version=3))
    eas.client.update_service_version(REGION, "chat", models.UpdateServiceVersionRequest(version=1))
    assert history(eas, 11) == ["Updating", "Running"]
    found = eas.describe()
    assert (found.current_version, found.latest_version, found.cpu) == (1, 2, 8)
    eas.update("chat", {"metadata": {"cpu": 10}})
    assert eas.describe().latest_version == 3


def test_an_update_of_a_stopped_service_leaves_it_stopped(eas: Any, service_json: Make) -> None:
    eas.create(public(service_json))
    eas.wait(10)
    eas.client.stop_service(REGION, "chat")
    eas.wait(3)
    eas.update("chat", {"metadata": {"cpu": 9}})
    eas.wait(20)
    found = eas.describe()
    assert (found.status, found.latest_version, found.running_instance) == ("Stopped", 2, 0)


def test_a_bad_image_fails_and_a_good_one_repairs(eas: Any, service_json: Make) -> None:
    given = public(service_json)
    given["containers"][0]["image"] = "registry.example.com/does-not-exist:1"
    eas.create(given)
    assert history(eas, 11) == ["Creating", "Waiting", "Failed"]
    found = eas.describe()
    assert found.reason == "ImagePullBackOff"
    assert "does-not-exist" in found.message
    assert "ImagePullBackOff" in [event.reason for event in eas.events(kind="Warning")]
    eas.update("chat", public(service_json))
    assert history(eas, 11)[-1] == "Running"


def test_a_failed_update_leaves_the_old_version_serving_and_rolls_back(eas: Any, service_json: Make) -> None:
    eas.create(public(service_json, rolling_strategy={"max_surge": 1, "max_unavailable": 0}))
    eas.wait(10)
    eas.cloud.seed["eas"] = {"bad_images": ["*:broken"]}
    eas.update("chat", {"containers": [{"image": "repo/vllm:broken", "port": 8000}]})
    assert history(eas, 11) == ["Updating", "Failed"]
    found = eas.describe()
    assert (found.running_instance, found.current_version, found.latest_version) == (1, 1, 2)
    eas.client.update_service_version(REGION, "chat", models.UpdateServiceVersionRequest(version=1))
    eas.wait(10)
    found = eas.describe()
    assert (found.status, found.running_instance, found.total_instance) == ("Running", 1, 1)


def test_the_image_must_come_from_the_regions_own_registry(in_region: Any, service_json: Make) -> None:
    beijing = in_region("cn-beijing")
    beijing.create(public(service_json))
    beijing.wait(11)
    assert beijing.client.describe_service("cn-beijing", "chat").body.reason == "ImagePullBackOff"


def test_a_start_up_probe_that_gives_up_too_soon_fails(eas: Any, service_json: Make) -> None:
    given = public(service_json)
    probe = {"http_get": {"path": "/health", "port": 8000}, "period_seconds": 10, "failure_threshold": 60}
    given["containers"][0]["startup_check"] = probe
    eas.cloud.seed["eas"] = {"transition_seconds": {"create": 2000}}
    eas.create(given)
    eas.wait(2000)
    assert (eas.status(), eas.describe().reason) == ("Failed", "Unhealthy")


def test_faults_make_a_service_stick_crash_or_hide(eas: Any, service_json: Make, refused: Any) -> None:
    faults = eas.cloud.faults
    faults.add(Rule("stuck", action="CreateService", resource="stuck"))
    faults.add(Rule("fail", action="CreateService", resource="crashing"))
    faults.add(Rule("lag", action="CreateService", resource="hidden", seconds=4))
    for name in ("stuck", "crashing", "hidden"):
        eas.create(public(service_json, name))
    with refused(404, "InvalidService.NotFound"):
        eas.describe("hidden")
    with refused(409, "InvalidService.Duplicate"):
        eas.create(public(service_json, "hidden"))
    eas.wait(600)
    assert [eas.status(name) for name in ("stuck", "crashing", "hidden")] == ["Waiting", "Failed", "Running"]
    logs = eas.client.describe_service_log(REGION, "crashing", models.DescribeServiceLogRequest(keyword="RuntimeError")).body
    assert logs.total_count == 1


def test_an_update_can_stick_where_the_old_replica_never_ends(eas: Any, service_json: Make) -> None:
    group = eas.group()
    eas.create(service_json(resource=group.resource_id, gpu=4))
    eas.wait(10)
    eas.cloud.faults.add(Rule("stuck", action="UpdateService"))
    eas.update("chat", {"metadata": {"cpu": 9}})
    eas.wait(600)
    assert [replica.status for replica in eas.replicas()] == ["Pending", "Terminating"]
    eas.update("chat", {"metadata": {"cpu": 10}})
    eas.wait(600)
    assert eas.status() == "Running"


@pytest.mark.parametrize("action", ["CreateService", "UpdateService", "DeleteService"])
def test_an_operation_may_be_late_and_goes_on_by_itself(eas: Any, service_json: Make, action: str) -> None:
    eas.cloud.faults.add(Rule("late", action=action, seconds=100))
    eas.create(public(service_json))
    if action != "CreateService":
        eas.wait(30)
        assert eas.status() == "Running"
    if action == "UpdateService":
        eas.update("chat", {"metadata": {"cpu": 5}})
    elif action == "DeleteService":
        eas.client.delete_service(REGION, "chat")
    eas.wait(90)
    assert eas.status() == {"CreateService": "Creating", "UpdateService": "Updating", "DeleteService": "Deleting"}[action]
    eas.wait(60)
    if action == "DeleteService":
        assert eas.cloud.inventory() == []
    else:
        assert eas.status() == "Running"


def test_labels(eas: Any, service_json: Make) -> None:
    eas.create({**public(service_json), "labels": {"a": "1"}}, labels={"b": "2"})
    eas.create(public(service_json, "other"))
    eas.client.update_service_label(REGION, "chat", models.UpdateServiceLabelRequest(labels={"c": "3", "b": "x"}))
    eas.client.delete_service_label(REGION, "chat", models.DeleteServiceLabelRequest(keys=["a", "absent"]))
    assert {label.label_key: label.label_value for label in eas.describe().labels} == {"b": "x", "c": "3"}

    def listed(**label: str | None) -> list[str]:
        return [service.service_name for service in eas.client.list_services(models.ListServicesRequest(label=label)).body.services]

    assert listed(b="x") == ["chat"]
    assert listed(b=None, c="3") == ["chat"]
    assert listed(b="2") == []
    assert eas.describe().latest_version == 1


def test_list_services_filters_pages_and_sorts(eas: Any, service_json: Make, in_region: Any) -> None:
    for number in range(5):
        eas.create(public(service_json, f"chat_{number}"))
        eas.wait(1)
    eas.create(public(service_json, "other"))

    def listed(**wanted: Any) -> list[str]:
        return [service.service_name for service in eas.client.list_services(models.ListServicesRequest(**wanted)).body.services]

    assert listed(filter="chat", page_size=2, page_number=2) == ["chat_2", "chat_1"]
    assert listed(order="asc", page_size=2) == ["chat_0", "chat_1"]
    assert listed(service_name="other") == ["other"]
    assert listed(service_status="Creating") == ["other", "chat_4"]
    assert listed(resource_type="DedicatedResource") == []
    body = eas.client.list_services(models.ListServicesRequest(page_size=2)).body
    assert (body.total_count, body.page_number, body.page_size) == (6, 1, 2)
    assert body.services[0].access_token is None
    assert in_region("cn-beijing").client.list_services(models.ListServicesRequest()).body.total_count == 0


def test_the_safety_lock_blocks_what_it_says(eas: Any, service_json: Make, refused: Any) -> None:
    def lock(scope: str) -> None:
        eas.client.update_service_safety_lock(REGION, "chat", models.UpdateServiceSafetyLockRequest(lock=scope))

    eas.create(public(service_json))
    eas.wait(10)
    lock("dangerous")
    for call in (eas.client.delete_service, eas.client.stop_service):
        with refused(403, "OperationDenied.SafetyLock", "safety lock (dangerous)"):
            call(REGION, "chat")
    eas.update("chat", {"metadata": {"instance": 2}})
    lock("all")
    with refused(403, "OperationDenied.SafetyLock"):
        eas.update("chat", {"metadata": {"instance": 1}})
    lock("none")
    eas.client.delete_service(REGION, "chat")
    with refused(400, "InvalidParameter", "Lock"):
        lock("sometimes")


def test_endpoints_follow_the_fakes_address_and_can_be_private(eas: Any, service_json: Make, in_region: Any) -> None:
    eas.create(public(service_json))
    eas.create({**public(service_json, "inside"), "networking": {"disable_internet_endpoint": True}})
    found = eas.describe()
    assert found.internet_endpoint == f"http://127.0.0.1:4566/pai-eas/1000000000000001.{REGION}/api/predict/chat"
    assert found.intranet_endpoint == f"http://127.0.0.1:4566/pai-eas/1000000000000001.vpc.{REGION}/api/predict/chat"
    eas.cloud.base_url = "http://127.0.0.1:9999"
    listed = eas.client.describe_service_endpoints(REGION, "chat").body
    assert listed.endpoints[0].internet_endpoints == [f"http://127.0.0.1:9999/pai-eas/1000000000000001.{REGION}/api/predict/chat"]
    assert listed.access_token == found.access_token
    assert eas.client.describe_service_endpoints(REGION, "inside").body.endpoints[0].internet_endpoints == []
    beijing = in_region("cn-beijing")
    beijing.create(public(service_json))
    assert "cn-beijing" in beijing.client.describe_service("cn-beijing", "chat").body.internet_endpoint


def test_a_replica_can_be_ended_and_comes_back(eas: Any, service_json: Make) -> None:
    eas.create(public(service_json))
    eas.wait(10)
    name = eas.replicas()[0].instance_name
    eas.client.delete_service_instances(REGION, "chat", models.DeleteServiceInstancesRequest(instance_list=name))
    assert history(eas, 12)[-1] == "Running"
    assert eas.replicas()[0].instance_name != name


def test_transition_times_are_data(eas: Any, service_json: Make) -> None:
    eas.cloud.seed["eas"] = {"transition_seconds": 0}
    eas.create(public(service_json))
    eas.wait(0)
    assert eas.status() == "Running"
    eas.update("chat", {"metadata": {"cpu": 9}})
    eas.wait(0)
    assert (eas.status(), eas.describe().current_version) == ("Running", 2)
