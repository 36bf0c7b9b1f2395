"""What the doctor is told of this machine and of the state backend: nothing is built, nothing is made, nothing raises."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from fourways.cli import doctor_facts
from fourways.cli.doctor_facts_eas import eas_facts
from fourways.cli.project import STACKS
from fourways.cli.workspace import Workspace
from fourways.costs import estimate_planned
from stacks.kinds.eas import EasServing
from stacks.kinds.eas_model import ModelChoice
from stacks.kinds.monitoring import Monitoring
from stacks.settings import read_stack_file

STACK = "mu-singapore"
AT = "2026-11-24T14:00:00.123456789+01:00"


def pulumi(folder: Path, script: str) -> Path:
    """A stand-in on PATH."""
    file = folder / "pulumi"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without pulumi, toolchain and plugins."""
    monkeypatch.setenv("PATH", f"{os.path.dirname(sys.executable)}{os.pathsep}/bin")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FOURWAYS_CACHE", str(tmp_path / "cache"))
    for name in ("FOURWAYS_TOOLCHAIN", "PULUMI_HOME"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_without_pulumi_nothing_is_built(bare: Path) -> None:
    facts = doctor_facts.gather(read_stack_file(STACKS / f"Pulumi.{STACK}.yaml"), None)
    assert (facts.tools.pulumi, facts.tools.plugin, facts.tools.plugin_needed) == (None, None, True)
    assert (facts.state, facts.state_problem) == (None, "no pulumi, so no state")
    assert not list(bare.rglob("toolchain-*"))
    assert (facts.machine, facts.machines, facts.bought) == ("ml.gu8tef.4.23xlarge", 1, "4 x MU1")
    assert [planned.type for planned in facts.planned] == ["fourways:eas:ResourceGroup"]


def test_an_old_pulumi_is_a_finding_and_no_error(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pulumi(bare, "echo v3.100.0")
    monkeypatch.setenv("PATH", f"{bare}{os.pathsep}{os.environ['PATH']}")
    facts = doctor_facts.gather(read_stack_file(STACKS / f"Pulumi.{STACK}.yaml"), None)
    assert (facts.tools.pulumi, facts.tools.plugin_needed) == ("3.100.0", False)
    assert "3.259.0 or newer is needed" in facts.state_problem


def test_a_plugin_that_pulumi_has_fetched_is_seen(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pulumi(bare, "echo v3.300.0")
    monkeypatch.setenv("PATH", f"{bare}{os.pathsep}{os.environ['PATH']}")
    (bare / ".pulumi" / "plugins" / "resource-alicloud-v3.105.0").mkdir(parents=True)
    (bare / ".pulumi" / "plugins" / "resource-alicloud-v3.105.0.lastused").touch()
    tools = doctor_facts.find_tools(None)
    assert (tools.pulumi, tools.plugin, tools.plugin_needed) == ("3.300.0", "3.105.0", False)


def workspace(folder: Path, script: str) -> Workspace:
    return Workspace(folder, dict(os.environ), pulumi(folder, script), None, folder)


def test_a_backend_that_does_not_answer(tmp_path: Path) -> None:
    found = doctor_facts.read_state(workspace(tmp_path, "echo 'error: no login' >&2; exit 255"), STACK)
    assert (found.export, found.problem) == (None, "the state backend does not answer: error: no login")


def test_locks_of_this_stack_alone_and_unreadable_ones_too(tmp_path: Path) -> None:
    script = f"""case $1 in
      whoami) echo '{{"url": "file://{tmp_path}/state"}}';;
      *) echo '[]';;
    esac"""
    locks = tmp_path / "state" / ".pulumi" / "locks" / "organization" / "fourways"
    for stack in (STACK, "another"):
        (locks / stack).mkdir(parents=True)
        (locks / stack / "a.json").write_text(json.dumps({"pid": 7, "username": "ann", "hostname": "h", "timestamp": AT}))
    (locks / STACK / "b.json").write_text("half writ")
    found = doctor_facts.read_state(workspace(tmp_path, script), STACK)
    assert found.export is None
    assert [(lock.user, lock.pid, lock.since) for lock in found.locks] == [
        ("ann", 7, "2026-11-24T13:00:00Z"),
        ("somebody", 0, "an unknown time"),
    ]
    assert "b.json cannot be read" in found.locks[1].host


def test_a_backend_beside_the_project_has_its_locks_there(tmp_path: Path) -> None:
    """`file://./state` lies where pulumi runs, and a backend older than projects keeps locks by the stack's name alone."""
    script = """case $1 in whoami) echo '{"url": "file://./state"}';; *) echo '[]';; esac"""
    place = tmp_path / "state" / ".pulumi" / "locks" / STACK
    place.mkdir(parents=True)
    (place / "a.json").write_text(json.dumps({"pid": 7, "username": "ann", "hostname": "h", "timestamp": AT}))
    assert [lock.pid for lock in doctor_facts.read_state(workspace(tmp_path, script), STACK).locks] == [7]


def test_a_remote_backends_locks_are_not_looked_for(tmp_path: Path) -> None:
    script = """case $1 in whoami) echo '{"url": "s3://bucket"}';; *) echo '[]';; esac"""
    assert doctor_facts.read_state(workspace(tmp_path, script), STACK).locks == ()


def test_a_nat_gateway_is_planned_with_its_address() -> None:
    settings = read_stack_file(STACKS / f"Pulumi.{STACK}.yaml")
    nat = settings.model_copy(update={"network": settings.network.model_copy(update={"nat": True})})
    types = [planned.type for planned in eas_facts(nat, nat.deployment)["planned"]]
    assert types == ["fourways:eas:ResourceGroup", "alicloud:vpc/natGateway:NatGateway", "alicloud:ecs/eipAddress:EipAddress"]


@pytest.mark.parametrize(
    ("monitoring", "told"),
    [(None, (False, False)), ({"contactGroup": "us"}, (True, False)), ({"contactGroup": "us", "logs": {}}, (True, True))],
)
def test_alarms_and_logs_are_told_of(monitoring: dict[str, Any] | None, told: tuple[bool, bool]) -> None:
    settings = read_stack_file(STACKS / f"Pulumi.{STACK}.yaml")
    watched = None if monitoring is None else Monitoring.model_validate_json(json.dumps(monitoring))
    found = eas_facts(settings, settings.deployment.model_copy(update={"monitoring": watched}))
    assert (found["monitoring"], found["logs"]) == told


A10, H20 = "ecs.gn7i-c16g1.4xlarge", "ml.gu8tef.8.46xlarge"
PUBLIC = {"source": "public", "instanceTypes": [H20, A10], "spot": {"priceLimit": 5}}
GROUP = {"source": "resource-group", "instanceType": H20, "machines": 2}


@pytest.mark.parametrize(
    ("capacity", "told"),
    [
        (PUBLIC, {"types": (H20, A10), "planned": ["fourways:eas:Service", "fourways:eas:Gateway"]}),
        (GROUP, {"machine": H20, "machines": 2, "planned": ["fourways:eas:ResourceGroup", "fourways:eas:Gateway"]}),
        (GROUP | {"burst": [A10], "adopt": "eas-r-1"}, {"types": (A10,), "adopted": "eas-r-1", "planned": ["fourways:eas:Gateway"]}),
        (GROUP | {"instanceType": "ecs.made-up"}, {"machine": "ecs.made-up", "fits": ()}),
        ({"source": "quota", "quota": "quota1a"}, {"lent": "quota quota1a", "fits": (), "planned": ["fourways:eas:Gateway"]}),
        ({"source": "virtual-resource-group", "id": "eas-vr-1"}, {"lent": "virtual resource group eas-vr-1"}),
    ],
)
def test_a_stack_on_eas_is_told_by_what_it_runs_on(capacity: dict[str, Any], told: dict[str, Any]) -> None:
    settings = read_stack_file(STACKS / f"Pulumi.{STACK}.yaml")
    given = settings.deployment.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    serving = EasServing.model_validate_json(
        json.dumps({**given, "kind": "eas", "capacity": capacity, "gateway": {"instanceType": "2c4g"}})
    )
    found = eas_facts(settings, serving)
    found["planned"] = [planned.type for planned in found["planned"]]
    assert {name: found[name] for name in told} == told


@pytest.mark.parametrize(
    ("model", "place"),
    [
        ({"gallery": "qwen/main/"}, "oss://pai-quickstart-ap-southeast-1/qwen/main/"),
        ({"nas": {"server": "a.nas.aliyuncs.com", "path": "/m"}}, "NAS a.nas.aliyuncs.com:/m"),
        ({"cpfs": {"fileSystem": "bmcpfs-1", "path": "/m"}}, "CPFS bmcpfs-1:/m"),
    ],
)
def test_weights_are_named_by_their_place(model: dict[str, Any], place: str) -> None:
    settings = read_stack_file(STACKS / f"Pulumi.{STACK}.yaml")
    choice = ModelChoice.model_validate_json(json.dumps({"id": "flash", **model}))
    assert eas_facts(settings, settings.deployment.model_copy(update={"model": choice}))["weights"] == place


@pytest.mark.parametrize(
    ("stack", "bought", "planned"),
    [
        ("token-singapore", "", ["fourways:modelstudio:ApiKey"]),
        ("ptu-singapore", "500000 in / 50000 out TPM", ["fourways:modelstudio:ApiKey", "fourways:modelstudio:Reservation"]),
        ("mu-studio-beijing", "8 x MU1", ["fourways:modelstudio:ApiKey", "fourways:modelstudio:ModelUnitDeployment"]),
    ],
)
@pytest.mark.usefixtures("bare")
def test_stacks_at_model_studio_have_facts_of_their_own(stack: str, bought: str, planned: list[str]) -> None:
    facts = doctor_facts.gather(read_stack_file(STACKS / f"Pulumi.{stack}.yaml"), None)
    assert (facts.at, facts.workspace, facts.model, facts.bought) == ("model-studio", "own", "deepseek-v4-flash", bought)
    assert [one.type for one in facts.planned] == planned
    estimate = estimate_planned([(one.type, one.name, one.inputs) for one in facts.planned], facts.region)
    assert (estimate.unknown, len(estimate.totals)) == ((), len(planned) - 1)
