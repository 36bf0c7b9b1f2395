"""The workflows keep what they promise: a stranger's code runs without a secret and without a token that can write."""

import json
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


def jobs(name: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = read(name)[1]["jobs"]
    return found


@pytest.mark.parametrize(("name", "events"), [("pull-request.yml", {"pull_request"}), ("tests.yml", {"pull_request", "push"})])
def test_what_runs_a_strangers_code_can_write_nothing(name: str, events: set[str]) -> None:
    text, workflow = read(name)
    assert workflow["permissions"] == {"contents": "read"}
    assert set([workflow["on"]] if isinstance(workflow["on"], str) else workflow["on"]) == events
    assert "pull_request_target" not in text
    granted = {job: workflow["jobs"][job]["permissions"] for job in workflow["jobs"] if "permissions" in workflow["jobs"][job]}
    assert granted == ({"account": {"contents": "read", "id-token": "write"}} if name == "pull-request.yml" else {})
    assert not re.search(r"\b(secrets|vars)\.", json.dumps({key: job for key, job in workflow["jobs"].items() if key not in granted}))


def test_only_this_repositorys_own_branches_reach_the_account() -> None:
    account = jobs("pull-request.yml")["account"]
    assert account["if"].split(" && ") == [
        "vars.ALIBABA_CLOUD_ROLE_ARN != ''",
        "github.event.pull_request.head.repo.full_name == github.repository",
    ]
    with_keys = [step["name"] for step in account["steps"] if re.search(r"secrets\.|steps\.role\.", json.dumps(step))]
    assert with_keys == ["Check the changed stacks"]


def test_everybody_else_works_on_the_fake() -> None:
    said = "\n".join(step.get("run", "") for step in jobs("pull-request.yml")["preview"]["steps"])
    calls = re.findall(r"\.venv/bin/fourways .*", said)
    assert len(calls) == 3
    assert all(re.search(r" (changed|demo up) |--fake ", call) for call in calls)


def test_the_report_is_where_the_comment_looks_for_it() -> None:
    text = read("pull-request-comment.yml")[0]
    uploads = [
        step["with"] for job in jobs("pull-request.yml").values() for step in job["steps"] if "upload-artifact" in step.get("uses", "")
    ]
    assert [one["name"] for one in uploads] == ["report", "report-account"]
    assert all(f"'reports/{one['name']}'" in text for one in uploads)
    for job in jobs("pull-request.yml").values():
        assert f"'{MARKER}\\nfourways check ended" in job["steps"][0]["run"]
        check = next(step for step in job["steps"] if "fourways check" in step.get("run", "") and step is not job["steps"][0])
        assert '--write "$RUNNER_TEMP/report/comment.md"' in check["run"]


def test_what_can_write_runs_no_strangers_code() -> None:
    text, workflow = read("pull-request-comment.yml")
    assert set(workflow["on"]) == {"workflow_run"}
    assert workflow["on"]["workflow_run"]["workflows"] == [read("pull-request.yml")[1]["name"]]
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert not any("run" in step for step in steps)
    assert "actions/checkout" not in text
    assert f"const MARKER = '{MARKER}';" in text


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.yml")))
def test_actions_are_pinned_and_expressions_stay_out_of_scripts(name: str) -> None:
    _, workflow = read(name)
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+\.\d+\.\d+", action) for action in used)
    for step in steps:
        script = step.get("run", "") + step.get("with", {}).get("script", "")
        assert "${{" not in script  # what GitHub pastes into a script is run by it
