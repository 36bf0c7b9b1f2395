"""What the doctor is told of this machine and of the state backend: nothing is built, nothing is made, nothing raises."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from fourways.cli import doctor_facts
from fourways.cli.project import STACKS
from fourways.cli.workspace import Workspace
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
    layout = settings.deployment.capacity.machines(settings.deployment.replicas.gpus)
    types = [planned.type for planned in doctor_facts.planned(nat, layout)]
    assert types == ["fourways:eas:ResourceGroup", "alicloud:vpc/natGateway:NatGateway", "alicloud:ecs/eipAddress:EipAddress"]
