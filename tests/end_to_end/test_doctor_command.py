"""`fourways doctor` as a user types it, on a fake of its own: in front of the shell with --fake, and in it with other keys."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fourways.catalog import ram_actions
from fourways.cli import fake_server
from fourways.cli.workspace import FAKE_ACCOUNT_ID, Workspace, fake_workspace
from fourways.cloud import clients
from fourways.cloud.credentials import Credentials
from fourways.cloud.target import Target

STACK = "mu-beijing"
LEAST = Path(__file__).resolve().parents[2] / "docs" / "ram-policy.json"
OPEN = {"quota machines", "image", "weights", "price"}
Doctor = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("doctor")
    made = fake_workspace(folder, port=0, speed=20)
    yield made
    fake_server.stop(folder / "fake")


@pytest.fixture(scope="module")
def doctor(workspace: Workspace) -> Doctor:
    """Run the command from outside; `inside` is what a user of `fourways shell` has in the environment."""

    def run(*arguments: str, code: int = 0, inside: bool = False, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "fourways.cli.main", "doctor", *arguments]
        folder = {"FOURWAYS_FAKE_FOLDER": str(workspace.folder), "FOURWAYS_FAKE_PORT": "0"}
        given = {**(workspace.environment if inside else os.environ), **folder, **environment}
        result = subprocess.run(command, capture_output=True, text=True, check=False, env=given)
        assert result.returncode == code, f"ended with {result.returncode}:\n{result.stdout}{result.stderr}"
        assert "Traceback" not in result.stdout + result.stderr
        return result

    return run


def server(workspace: Workspace) -> fake_server.FakeServer:
    assert workspace.fake is not None
    return workspace.fake


def ram(workspace: Workspace, action: str, **params: str) -> None:
    """As the account."""
    target = Target(name="fake", address=server(workspace).address)
    keys = Credentials(access_key="test", secret_key="test", source="test")
    clients.call("ram", "2015-05-01", action, params, target=target, credentials=keys)


def findings(result: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in json.loads(result.stdout)["findings"]}


def test_nothing_is_in_the_way_and_both_forms_say_the_same(doctor: Doctor, workspace: Workspace) -> None:
    text = doctor(STACK, "--fake").stdout
    assert text.splitlines()[0] == f"target: fake ({server(workspace).address})"
    assert text.splitlines()[-1] == f"{STACK}: 16 ok, 0 not ok, 4 cannot tell. Nothing was changed."
    assert not [line for line in text.splitlines() if line != line.rstrip()]
    report = json.loads(doctor(STACK, "--fake", "--format", "json").stdout)
    assert (report["target"], report["region"], report["account"]) == ("fake", "cn-beijing", FAKE_ACCOUNT_ID)
    assert {row["name"] for row in report["findings"] if row["verdict"] != "ok"} == OPEN
    flat = " ".join(text.split())
    for row in report["findings"]:
        assert f"{row['verdict']} {row['name']} {' '.join(row['said'].split())}" in flat
        assert row["todo"] in flat
    assert workspace.state_stacks() == []  # looking made no stack


def test_a_ram_user_with_the_least_policy_and_with_an_action_less(doctor: Doctor, workspace: Workspace) -> None:
    keys = {"ALICLOUD_ACCESS_KEY": "user-key", "ALICLOUD_SECRET_KEY": "user-secret"}
    account = {"access_key_id": "user-key", "access_key_secret": "user-secret", "account_id": FAKE_ACCOUNT_ID, "user_name": "deployer"}
    server(workspace).ask("accounts", "POST", account)
    ram(workspace, "CreateUser", UserName="deployer")
    ram(workspace, "CreatePolicy", PolicyName="least", PolicyDocument=LEAST.read_text())
    ram(workspace, "AttachPolicyToUser", PolicyType="Custom", PolicyName="least", UserName="deployer")
    found = findings(doctor(STACK, "--format", "json", inside=True, **keys))
    assert {name for name, row in found.items() if row["verdict"] != "ok"} == OPEN
    less = LEAST.read_text().replace('"eas:CreateResource",', "")
    assert less != LEAST.read_text()
    ram(workspace, "CreatePolicyVersion", PolicyName="least", PolicyDocument=less, SetAsDefault="true")
    said = doctor(STACK, inside=True, code=1, **keys).stdout
    assert f"not ok       RAM actions      missing 1 of {len(ram_actions.needed(nat=False))}: eas:CreateResource" in said
    assert "to do: attach a policy with them to RAM user deployer: docs/ram-policy.json" in said
    for action in ("DetachPolicyFromUser", "DeletePolicy", "DeleteUser"):
        names = {"PolicyType": "Custom", "PolicyName": "least", "UserName": "deployer", "CascadingDelete": "true"}
        ram(workspace, action, **names)


def test_what_is_not_ok_is_said_with_exit_1(doctor: Doctor, workspace: Workspace) -> None:
    server(workspace).ask("seed", "POST", {"not_activated": ["Eas"], "quotas": {"vpcs": 0}})
    said = doctor(STACK, "--fake", code=1).stdout
    assert "not ok       product PAI-EAS  not activated in this account" in said
    assert "not ok       quota VPCs       1 of 0 used, the stack needs 1 more" in said
    server(workspace).ask("seed", "POST", {"not_activated": [], "quotas": {}})


def test_a_wrong_secret_is_told_once(doctor: Doctor) -> None:
    said = doctor(STACK, inside=True, code=1, ALICLOUD_SECRET_KEY="wrong-and-secret").stdout
    assert said.count("SignatureDoesNotMatch") == 1
    assert "check ALICLOUD_SECRET_KEY" in " ".join(said.split())
    assert "wrong-and-secret" not in said


def test_what_a_killed_run_left_leads_to_recover(doctor: Doctor, workspace: Workspace) -> None:
    held = {"pid": 4242, "username": "ann", "hostname": "ci-7", "timestamp": "2026-11-24T10:00:00Z"}
    lock = workspace.folder / "state" / ".pulumi" / "locks" / "organization" / "fourways" / STACK / "one.json"
    workspace.read("stack", "init", "--stack", STACK)
    urn = f"urn:pulumi:{STACK}::fourways::alicloud:ecs/eipAddress:EipAddress::network-eip"
    resource = {"urn": urn, "custom": True, "type": "alicloud:ecs/eipAddress:EipAddress", "inputs": {}}
    # Straight into the backend's file: `pulumi stack import` takes pending operations out (pulumi 3.259.0).
    file = workspace.folder / "state" / ".pulumi" / "stacks" / "fourways" / f"{STACK}.json"
    content = json.loads(file.read_text())
    content["checkpoint"]["latest"] = {
        "manifest": {"time": "2026-11-24T10:00:00Z", "magic": "", "version": ""},
        "pending_operations": [{"resource": resource, "type": "creating"}],
    }
    file.write_text(json.dumps(content))
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text(json.dumps(held))
    found = findings(doctor(STACK, "--fake", "--format", "json", code=1))
    assert found["pending"]["said"] == "a run was cut off in the middle of: network-eip"
    assert found["lock"]["said"] == "held by ann@ci-7 (process 4242) since 2026-11-24T10:00:00Z"
    assert all(f"fourways recover {STACK}" in found[name]["todo"] for name in ("pending", "lock"))
    lock.unlink()
    workspace.read("stack", "rm", "--yes", "--force", "--preserve-config", "--stack", STACK)


def test_wrong_use_is_exit_2(doctor: Doctor) -> None:
    assert "there is no stack 'mu-nowhere'" in doctor("mu-nowhere", code=2).stderr
    assert "'xml'" in doctor(STACK, "--format", "xml", code=2).stderr


def test_it_has_only_read(workspace: Workspace) -> None:
    requests = server(workspace).ask("requests")
    assert requests["unknown"] == {}
    own = {"CreateUser", "CreatePolicy", "AttachPolicyToUser", "CreatePolicyVersion", "DetachPolicyFromUser", "DeletePolicy", "DeleteUser"}
    assert {action for action in requests["actions"] if not action.startswith(("Describe", "List", "Get"))} == own  # this test's
    assert server(workspace).ask("state") == []
