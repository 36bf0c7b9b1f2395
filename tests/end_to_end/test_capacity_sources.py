"""One source of capacity after another: a group that bursts, a quota, a virtual group; and Model Units with what else a stack may have."""

from __future__ import annotations

from typing import Any

import pytest

from tests.end_to_end.asking import ask
from tests.end_to_end.conftest import Run

STACK, UNITS = "qwen-singapore", "mu-beijing"
REGION = "ap-southeast-1"
SERVICE = "fourways:eas:Service"
A10, L20 = "ecs.gn7i-c16g1.4xlarge", "ecs.gn8is.4xlarge"
GROUP = {"source": "resource-group", "instanceType": A10, "machines": 1, "burst": [L20]}
NAS = {"server": "0123abc-x.ap-southeast-1.nas.aliyuncs.com", "path": "/models/qwen3-8b/"}


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """What later tests need to know of earlier ones."""
    return {}


def bills(run: Run) -> list[str]:
    return sorted(bill["kind"] for bill in run.open_bills())


def serves(run: Run) -> None:
    outputs = run.workspace.outputs(STACK)
    assert ask(run, outputs) == outputs["model"]
    run.settled(STACK)


def test_what_does_not_fit_on_the_group_runs_on_public_machines(run: Run) -> None:
    run.pulumi("stack", "init", STACK, "--non-interactive")
    run.serve(STACK, capacity=GROUP, autoscaler=None, replicas={"count": 2, "gpus": 1})
    run.up(STACK)
    assert bills(run) == ["eas-dedicated-machine", "eas-public-instance"]
    assert set(run.one(STACK, SERVICE)["outputs"]["instanceTypes"]) == {A10, L20}
    serves(run)


def test_a_machine_that_dies_is_seen_and_its_replica_starts_elsewhere(run: Run) -> None:
    (machine,) = [row["id"] for row in run.fake.ask("state") if row["kind"] == "eas-dedicated-machine"]
    run.fake.ask("console/node-down", "POST", {"region": REGION, "machine": machine})
    run.fake.ask("clock", "POST", {"advance": 120})
    run.pulumi("refresh", "--yes", "--skip-preview", "--stack", STACK, "--non-interactive")
    outputs = run.one(STACK, SERVICE)["outputs"]
    assert (outputs["status"], outputs["runningInstance"], outputs["instanceTypes"]) == ("Running", 2, [L20])
    serves(run)


def test_a_quota_lends_its_gpus_and_nothing_is_bought(run: Run) -> None:
    run.fake.ask("seed", "POST", {"eas": {"quotas": {"quota1a2b": {"gpus": 4}}}})
    model = {"id": "qwen3-8b", "nas": NAS, "weightsGib": 15.3}
    run.serve(STACK, capacity={"source": "quota", "quota": "quota1a2b"}, model=model, replicas={"count": 1, "gpus": 1})
    run.up(STACK)
    assert bills(run) == []
    serves(run)


def test_a_lingjun_quota_has_cpfs_and_priorities(run: Run) -> None:
    run.fake.ask("seed", "POST", {"eas": {"quotas": {"quota1a2b": {"gpus": 4}, "quota3c4d": {"gpus": 8, "type": "Lingjun"}}}})
    lingjun = {"source": "quota", "quota": "quota3c4d", "quotaType": "Lingjun", "priority": 5}
    cpfs = {"fileSystem": "bmcpfs-0123abc", "path": "/models/qwen3-8b/"}
    run.serve(STACK, capacity=lingjun, model={"id": "qwen3-8b", "cpfs": cpfs, "weightsGib": 15.3})
    run.up(STACK)
    assert bills(run) == []
    serves(run)


def test_a_virtual_group_lends_what_it_mixes(run: Run, kept: dict[str, Any]) -> None:
    from alibabacloud_eas20210701 import models

    mixed = [models.CreateVirtualResourceRequestResources(instance_type=A10, priority=1)]
    request = models.CreateVirtualResourceRequest(virtual_resource_name="mixed", resources=mixed)
    kept["virtual"] = run.eas(REGION).create_virtual_resource(request).body.virtual_resource_id
    weights = {"weights": "oss://models/qwen3-8b-ours/", "ramRole": "acs:ram::1000000000000001:role/read-models"}
    virtual = {"source": "virtual-resource-group", "id": kept["virtual"]}
    run.serve(STACK, capacity=virtual, model={"id": "qwen3-8b", "weightsGib": 15.3, **weights}, restart="2026-11-24")
    run.up(STACK)
    assert bills(run) == ["eas-public-instance"]
    serves(run)
    before = {one.instance_name for one in run.instances(REGION, "qwen3_8b")}
    run.serve(STACK, restart="2026-11-25")
    run.up(STACK)
    assert not before & {one.instance_name for one in run.instances(REGION, "qwen3_8b")}


def test_a_subscription_cannot_be_given_back_before_its_term_ends(run: Run) -> None:
    gallery = {"id": "qwen3-8b", "gallery": "modelscope/models/qwen3-8b/main/", "weightsGib": 15.3}
    prepaid = {"source": "resource-group", "instanceType": A10, "machines": 1, "chargeType": "PrePaid"}
    run.serve(STACK, capacity=prepaid, model=gallery, update="in-place")
    run.up(STACK)
    assert bills(run) == ["eas-dedicated-machine"]
    serves(run)
    said = run.pulumi("destroy", "--yes", "--skip-preview", "--stack", STACK, "--non-interactive", fails=True)
    assert "term" in said
    assert bills(run) == ["eas-dedicated-machine"]
    run.fake.ask("clock", "POST", {"advance": 32 * 86400})


def test_destroyed_nothing_is_left_but_what_was_lent(run: Run, kept: dict[str, Any]) -> None:
    run.destroy(STACK)
    run.eas(REGION).delete_virtual_resource(REGION, kept["virtual"])
    run.nothing_is_left()


def test_model_units_have_the_same_options(run: Run) -> None:
    run.pulumi("stack", "init", UNITS, "--non-interactive")
    jobs = [{"name": "open", "cron": "0 0 9 * * 1-5", "replicas": 1}, {"name": "close", "cron": "0 0 18 * * 1-5", "replicas": 0}]
    run.serve(
        UNITS,
        gateway={"instanceType": "2c4g"},
        access={"public": True, "allow": ["127.0.0.1/32"]},
        limits={"concurrency": 8},
        schedule={"timeZone": "Asia/Shanghai", "jobs": jobs},
        monitoring={"contacts": [{"name": "on-call", "email": "llm-on-call@example.com"}]},
        group={"name": "flash", "live": True},
    )
    run.up(UNITS)
    outputs = run.workspace.outputs(UNITS)
    assert ask(run, outputs) == outputs["model"]
    assert bills(run) == ["eas-dedicated-machine", "eas-gateway"]
    run.settled(UNITS)
    run.destroy(UNITS)
    run.nothing_is_left()
    assert run.secret_leaks(outputs["api_key"], run.secret_key) == []
