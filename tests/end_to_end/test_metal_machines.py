"""Replicas of two machines each, which are named one by one: up, a changed configuration without a gap, one machine's death, destroy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.end_to_end.asking import ask, asking
from tests.end_to_end.conftest import Run

STACK = "metal-singapore"
INSTANCE = "alicloud:ecs/instance:Instance"
TWO = {"count": 1, "machines": 2, "gpus": 8}


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """What later tests need to know of earlier ones."""
    return {}


def machines(run: Run) -> dict[str, dict[str, Any]]:
    """The instances of the state by their names."""
    resources = run.workspace.state(STACK)["deployment"]["resources"]
    return {one["outputs"]["instanceName"].rpartition("machine-")[2]: one["outputs"] for one in resources if one["type"] == INSTANCE}


def test_two_machines_serve_one_model_and_have_no_public_address(run: Run, kept: dict[str, Any]) -> None:
    run.pulumi("stack", "init", STACK, "--non-interactive")
    run.configure(STACK, {"replicas": TWO, "engine": {"pipelineParallel": 2}, "access": {"allow": ["0.0.0.0/0"]}})
    run.up(STACK)
    kept["outputs"] = run.workspace.outputs(STACK)
    assert ask(run, kept["outputs"]) == "deepseek-v4-flash"
    found = machines(run)
    assert set(found) == {"0-0", "0-1"}
    assert {one["publicIp"] for one in found.values()} == {""}
    assert {(one["httpTokens"], one["systemDiskEncrypted"]) for one in found.values()} == {("required", True)}
    run.pulumi("preview", "--expect-no-changes", "--stack", STACK, "--non-interactive")


def test_a_changed_configuration_moves_to_new_machines_and_no_request_fails(run: Run, kept: dict[str, Any]) -> None:
    before = {one["id"] for one in machines(run).values()}
    run.configure(STACK, {"engine": {"maxModelLen": 65536}})
    with asking(run, kept["outputs"]) as answers:
        run.up(STACK)
    assert answers.bad == []
    assert answers.good > 1
    assert before.isdisjoint(one["id"] for one in machines(run).values())


def test_nothing_is_left_and_no_secret_was_seen(run: Run, kept: dict[str, Any]) -> None:
    run.destroy(STACK)
    run.nothing_is_left()
    assert run.secret_leaks(kept["outputs"]["api_key"], run.secret_key) == []
