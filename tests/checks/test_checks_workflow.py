"""The workflows keep what they promise: a stranger's code runs without a secret and without a token that can write."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from fourways.checks.comment import MARKER

FOLDER = Path(__file__).resolve().parents[2] / ".github" / "workflows"


def read(name: str) -> tuple[str, dict[Any, Any]]:
    text = (FOLDER / name).read_text(encoding="utf-8")
    return text, yaml.load(text, Loader=yaml.BaseLoader)


def test_what_runs_a_strangers_code_can_write_nothing() -> None:
    text, workflow = read("pull-request.yml")
    assert workflow["permissions"] == {"contents": "read"}
    assert set(workflow["on"]) == {"pull_request", "push"}
    assert "secrets." not in text
    assert "pull_request_target" not in text
    assert not any("permissions" in job for job in workflow["jobs"].values())


def test_what_can_write_runs_no_strangers_code() -> None:
    text, workflow = read("pull-request-comment.yml")
    assert set(workflow["on"]) == {"workflow_run"}
    assert workflow["on"]["workflow_run"]["workflows"] == [read("pull-request.yml")[1]["name"]]
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert not any("run" in step for step in steps)
    assert "actions/checkout" not in text
    assert f"const MARKER = '{MARKER}';" in text


@pytest.mark.parametrize("name", ["pull-request.yml", "pull-request-comment.yml"])
def test_actions_are_pinned_and_expressions_stay_out_of_scripts(name: str) -> None:
    _, workflow = read(name)
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+\.\d+\.\d+", action) for action in used)
    for step in steps:
        script = step.get("run", "") + step.get("with", {}).get("script", "")
        assert "${{" not in script  # what GitHub pastes into a script is run by it
