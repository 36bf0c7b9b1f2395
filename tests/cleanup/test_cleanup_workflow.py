"""The scheduled sweep: what it may do, when it deletes, and that a failure is seen."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

FILE = Path(__file__).resolve().parents[2] / ".github" / "workflows" / "sweep.yml"
WORKFLOW: dict[Any, Any] = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
JOB = WORKFLOW["jobs"]["sweep"]


def step(name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in JOB["steps"] if one.get("name") == name)
    return found


def test_it_runs_by_the_clock_from_the_default_branch_alone() -> None:
    """GitHub runs a schedule from the default branch; who may start it by hand may push to it. No pull request starts it."""
    assert set(WORKFLOW["on"]) == {"schedule", "workflow_dispatch"}
    assert [len(one["cron"].split()) for one in WORKFLOW["on"]["schedule"]] == [5]
    assert WORKFLOW["concurrency"] == {"group": "sweep", "cancel-in-progress": "false"}


def test_it_holds_no_key_of_the_account_and_may_write_nothing_to_the_repository() -> None:
    assert (WORKFLOW["permissions"], JOB["permissions"]) == ({"contents": "read"}, {"contents": "read", "id-token": "write"})
    text = FILE.read_text(encoding="utf-8")
    assert {*re.findall(r"secrets\.(\w+)", text)} == {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN", "DASHSCOPE_API_KEY"}
    assert "steps.role.outputs.SecurityToken" in text
    assert JOB["if"] == "vars.ALIBABA_CLOUD_SWEEP_ROLE_ARN != ''"


def test_actions_are_pinned_and_expressions_stay_out_of_scripts() -> None:
    used = [one["uses"] for one in JOB["steps"] if "uses" in one]
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+\.\d+\.\d+", action) for action in used)
    for one in JOB["steps"]:
        assert "${{" not in one.get("run", "") + one.get("with", {}).get("script", "")


@pytest.mark.parametrize(
    ("variable", "code", "asked"),
    [("", 0, "sweep"), ("false", 1, "sweep"), ("true", 0, "sweep --delete --yes"), ("true", 3, "sweep --delete --yes")],
)
def test_it_deletes_only_where_the_variable_says_so_and_ends_as_the_sweep_does(
    tmp_path: Path, variable: str, code: int, asked: str
) -> None:
    """The step's own script, with a `fourways` that writes down how it was called."""
    program = tmp_path / ".venv" / "bin" / "fourways"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\necho "called: $*"\nexit {code}\n')
    program.chmod(0o755)
    summary = tmp_path / "summary"
    environment = {"PATH": os.environ["PATH"], "DELETE": variable, "GITHUB_STEP_SUMMARY": str(summary)}
    script = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step("Sweep")["run"]]  # as GitHub runs it
    ended = subprocess.run(script, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (code, f"called: {asked}", "")
    assert f"called: {asked}" in summary.read_text()


def test_the_variables_it_reads_are_documented() -> None:
    page = (FILE.parents[2] / "docs" / "sweep.md").read_text(encoding="utf-8")
    for name in {*re.findall(r"(?:vars|secrets)\.(\w+)", FILE.read_text(encoding="utf-8"))}:
        assert f"`{name}`" in page, name
