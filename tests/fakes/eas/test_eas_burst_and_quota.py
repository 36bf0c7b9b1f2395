"""Resource groups that burst to public machines, and quotas whose GPUs run out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

REGION = "ap-southeast-1"
PUBLIC, OTHER = "ml.gu8tef.8.46xlarge", "ecs.gn8v-4x.24xlarge"
Make = Callable[..., dict[str, Any]]


def kinds(eas: Any, name: str = "chat") -> list[tuple[str, str]]:
    return sorted((replica.resource_type, replica.instance_type) for replica in eas.replicas(name))


IN_GROUP, IN_PUBLIC = ("DedicatedResource", "ml.gu8tef.4.23xlarge"), ("PublicResource", PUBLIC)


@pytest.fixture
def burst(eas: Any, service_json: Make) -> Callable[..., None]:
    """A service in a group of one machine with 4 GPUs, a replica of which takes them all, that may go on to public types."""

    def make(*types: str, more: dict[str, Any] | None = None, **metadata: Any) -> None:
        group = eas.group().resource_id
        given = service_json(resource=group, gpu=4, resource_burstable=True, **metadata)
        entries = [{"type": name} for name in types or (PUBLIC,)]
        eas.create({**given, "cloud": {"computing": {"instances": entries}}, **(more or {})})

    return make


def test_what_does_not_fit_in_the_group_runs_on_public_machines_and_is_billed(eas: Any, burst: Any) -> None:
    burst(instance=3)
    eas.wait(10 + 3600)
    assert (eas.status(), kinds(eas)) == ("Running", [IN_GROUP, IN_PUBLIC, IN_PUBLIC])
    bills = eas.bill(kind="eas-public-instance")
    public = {replica.instance_name for replica in eas.replicas() if replica.resource_type == "PublicResource"}
    assert {row["resource"] for row in bills} == public
    assert [Decimal(row["amount"]) for row in bills] == [432, 432]


def test_burst_keeps_to_the_order_of_its_types(eas: Any, burst: Any) -> None:
    eas.cloud.seed["eas"] = {"stock": {OTHER: 1}}
    burst(OTHER, PUBLIC, instance=3)
    eas.wait(10)
    assert kinds(eas) == [IN_GROUP, ("PublicResource", OTHER), IN_PUBLIC]


def test_scaling_down_ends_public_replicas_first(eas: Any, burst: Any) -> None:
    burst(instance=1)
    eas.wait(10)
    eas.update("chat", {"metadata": {"instance": 3}})
    eas.wait(10)
    assert kinds(eas) == [IN_GROUP, IN_PUBLIC, IN_PUBLIC]
    eas.update("chat", {"metadata": {"instance": 1}})
    eas.wait(10)
    assert kinds(eas) == [IN_GROUP]
    assert eas.bill(kind="eas-public-instance", closed=None) == []


def test_scaling_down_ends_an_older_public_replica_before_a_younger_one_in_the_group(eas: Any, burst: Any) -> None:
    burst(instance=2)
    eas.wait(10)
    machine = next(group for group in eas.cloud.inventory() if group["kind"] == "eas-dedicated-machine")["id"]
    eas.step("node-down", machine=machine)  # what was in the group goes on to a public machine
    eas.wait(10)
    assert kinds(eas) == [IN_PUBLIC, IN_PUBLIC]
    eas.step("node-up", machine=machine)
    eas.update("chat", {"metadata": {"instance": 3}})
    eas.wait(10)
    assert kinds(eas) == [IN_GROUP, IN_PUBLIC, IN_PUBLIC]
    eas.update("chat", {"metadata": {"instance": 1}})
    eas.wait(10)
    assert kinds(eas) == [IN_GROUP]


def test_a_burst_that_finds_no_stock_waits_and_runs_when_there_is_some(eas: Any, burst: Any) -> None:
    eas.cloud.seed["eas"] = {"stock": {PUBLIC: "NoStock"}}
    burst(instance=2)
    eas.wait(600)
    found = eas.describe()
    assert (found.status, found.running_instance) == ("Waiting", 1)
    assert "Insufficient nvidia.com/gpu" in found.message
    assert f"Insufficient stock of instance type: {PUBLIC}" in found.message
    eas.cloud.seed["eas"]["stock"][PUBLIC] = "WithStock"
    eas.wait(5 + 8)
    assert (eas.status(), kinds(eas)) == ("Running", [IN_GROUP, IN_PUBLIC])


def test_an_update_of_a_burstable_service_stops_nothing_first(eas: Any, burst: Any) -> None:
    burst()
    eas.wait(10)
    eas.update("chat", {"metadata": {"cpu": 9}})
    seen = []
    for _ in range(12):
        seen.append(eas.describe().running_instance)
        eas.wait(1)
    assert min(seen) == 1
    assert (eas.status(), kinds(eas)) == ("Running", [IN_PUBLIC])


def test_a_replica_too_large_for_every_machine_of_the_group_may_burst(eas: Any, service_json: Make, refused: Any) -> None:
    group = eas.group().resource_id
    with refused(400, "InvalidParameter", "exceeds the 4 GPUs of the largest machine"):
        eas.create(service_json(resource=group, gpu=8))
    large = service_json(resource=group, gpu=8, resource_burstable=True)
    eas.create({**large, "cloud": {"computing": {"instances": [{"type": PUBLIC}]}}})
    eas.wait(10)
    assert kinds(eas) == [IN_PUBLIC]


def test_burst_without_public_types_stays_in_the_group(eas: Any, service_json: Make) -> None:
    group = eas.group().resource_id
    eas.create(service_json(resource=group, gpu=4, instance=2, resource_burstable=True))
    eas.wait(60)
    assert (eas.status(), eas.describe().running_instance) == ("Waiting", 1)


def test_a_list_may_place_the_group_itself_and_cap_it(eas: Any, service_json: Make) -> None:
    group = eas.group(2).resource_id
    entries = [{"type": "dedicated_resource", "capacity": 1}, {"type": PUBLIC}]
    eas.create({**service_json(resource=group, gpu=4, instance=2), "cloud": {"computing": {"instances": entries}}})
    eas.wait(10)
    assert kinds(eas) == [IN_GROUP, IN_PUBLIC]


def quota(service_json: Make, name: str = "chat", **metadata: Any) -> dict[str, Any]:
    return service_json(name, **{"quota_id": "quota1", "quota_type": "Lingjun", "gpu": 4, **metadata})


def test_a_quota_runs_out_and_replicas_wait_until_another_service_ends(eas: Any, service_json: Make) -> None:
    eas.cloud.seed["eas"] = {"quotas": {"quota1": {"gpus": 10, "type": "Lingjun"}}}
    eas.create(quota(service_json, "first", instance=2))
    eas.create(quota(service_json, "second"))
    eas.wait(600)
    assert (eas.status("first"), eas.status("second")) == ("Running", "Waiting")
    assert eas.describe("second").quota_id == "quota1"
    assert "Insufficient quota quota1: 2 of 10 GPUs are free, 4 are needed" in eas.describe("second").message
    eas.client.delete_service(REGION, "first")
    eas.wait(3 + 8)
    assert eas.status("second") == "Running"
    assert eas.bill() == []


def test_a_quota_that_grows_lets_waiting_replicas_run(eas: Any, service_json: Make) -> None:
    eas.cloud.seed["eas"] = {"quotas": {"quota1": {"gpus": 4}}}
    eas.create(quota(service_json, instance=2))
    eas.wait(60)
    assert (eas.status(), eas.describe().running_instance) == ("Waiting", 1)
    eas.cloud.seed["eas"]["quotas"]["quota1"]["gpus"] = 8
    eas.wait(5 + 8)
    assert (eas.status(), eas.describe().running_instance) == ("Running", 2)


def test_a_listed_quota_has_no_end(eas: Any, service_json: Make) -> None:
    eas.cloud.seed["eas"] = {"quotas": ["quota1"]}
    eas.create(quota(service_json, instance=20, gpu=8))
    eas.wait(10)
    assert (eas.status(), eas.describe().running_instance, eas.bill()) == ("Running", 20, [])


def test_a_quota_must_exist_and_be_of_the_type_named(eas: Any, service_json: Make, refused: Any) -> None:
    eas.cloud.seed["eas"] = {"quotas": {"quota2": {"gpus": 4, "type": "Lingjun"}}}
    with refused(400, "InvalidParameter", "quota1 does not exist"):
        eas.create(quota(service_json))
    with refused(400, "InvalidParameter", "is of type Lingjun, not ECS"):
        eas.create(quota(service_json, quota_id="quota2", quota_type="ECS"))
    eas.create(quota(service_json, quota_id="quota2"))
