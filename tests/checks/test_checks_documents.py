"""What docs/pull-requests.md hands out to be copied: the read-only policy, and the job for GitLab."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import yaml
from typer.testing import CliRunner

from fourways.catalog.ram_actions import all_actions
from fourways.cli.main import app

DOCS = Path(__file__).resolve().parents[2] / "docs"
READS = re.compile(r"\w+:(Describe|List|Get|Query)\w+")
WITH_A_SECRET = {"eas:DescribeService", "eas:ListServices", "kms:GetSecretValue", "modelstudio:GetApiKey"}
"""Their answers hold a token or a key."""


def read_only() -> set[str]:
    statements = json.loads((DOCS / "ram-policy-read-only.json").read_text())["Statement"]
    assert {statement["Effect"] for statement in statements} == {"Allow"}
    return {action for statement in statements for action in statement["Action"]}


def gitlab() -> dict[str, Any]:
    (snippet,) = re.findall(r"```yaml\n(fourways check:.*?)```", (DOCS / "pull-requests.md").read_text(), re.DOTALL)
    job: dict[str, Any] = yaml.safe_load(snippet)["fourways check"]
    return job


def test_the_read_only_policy_reads_only_and_no_secret() -> None:
    assert [action for action in read_only() if not READS.fullmatch(action)] == []
    assert read_only() & WITH_A_SECRET == set()


def test_the_read_only_policy_is_part_of_the_least_one() -> None:
    least = {action for part in all_actions() for action in part.actions}
    assert {action for action in read_only() if not action.startswith("oss:")} <= least


def test_the_job_for_gitlab_calls_what_there_is() -> None:
    job = gitlab()
    said = "\n".join(job["script"])
    options = {
        name: CliRunner().invoke(app, [*name.split(), "--help"], env={"COLUMNS": "200"}).output for name in ("check", "changed", "demo up")
    }
    for name, given in re.findall(r"\.venv/bin/fourways (changed|check|demo up)([^|>;<]*)", said):
        assert "Usage" in options[name]
        assert all(option in options[name] for option in re.findall(r"--[a-z]+", given))
    assert set(re.findall(r"\.venv/bin/fourways (changed|check|demo up)", said)) == set(options)
    (module,) = re.findall(r"-m (\S+)", said)
    assert importlib.util.find_spec(module) is not None
    (written,) = re.findall(r"--write (\S+)", said)
    assert job["artifacts"]["paths"] == [written]
    assert said.count(written) == 3


def test_what_the_job_writes_is_ignored_by_git() -> None:
    """Else it would count as a change of all stacks."""
    job = gitlab()
    ignored = (DOCS.parent / ".gitignore").read_text().splitlines()
    assert ".fourways/" in ignored
    assert all(path.startswith(".fourways/") for path in (*job["cache"]["paths"], *job["artifacts"]["paths"]))
