"""Contacts, alarms and logs by the real plugin: CloudMonitor over its two clients, Simple Log Service over its two at project.endpoint."""

from __future__ import annotations

import dataclasses
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from fourways.cli import fake_server
from tests.end_to_end.conftest import Run, start_run

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).with_name("program_of_monitoring")
AT = ("--stack", "mu-singapore", "--non-interactive", "--color", "never")
ROBOT = "https://oapi.dingtalk.com/robot/send?access_token=d41d8cd98f00b204"
WATCHED: dict[str, Any] = {
    "contacts": [{"name": "oncall", "email": "oncall@example.com"}, {"name": "chat", "dingTalkFrom": "ONCALL_ROBOT"}],
    "logs": {"retentionDays": 7},
}
OTHER: dict[str, Any] = {
    "contacts": [{"name": "oncall", "email": "other@example.com"}, {"name": "chat", "dingTalkFrom": "ONCALL_ROBOT"}],
    "alarms": {"latencyMs": 5000, "gpuPercent": 0},
    "logs": {"retentionDays": 30},
}


def watching(run: Run, settings: dict[str, Any]) -> Run:
    environment = {**run.workspace.environment, "PYTHONPATH": str(ROOT), "ONCALL_ROBOT": ROBOT, "MONITORING": json.dumps(settings)}
    return dataclasses.replace(run, workspace=dataclasses.replace(run.workspace, environment=environment))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A stack of the project's name and settings, whose program is another."""
    folder = tmp_path_factory.mktemp("monitoring")
    started = start_run(folder)
    project = folder / "Pulumi.yaml"
    project.write_text(yaml.safe_dump({**yaml.safe_load(project.read_text()), "main": os.path.relpath(PROGRAM, folder)}))
    started.pulumi("stack", "init", "mu-singapore")
    yield started
    fake_server.stop(folder / "fake")


def kinds(run: Run) -> Counter[str]:
    return Counter(row["kind"] for row in run.fake.ask("state"))


def test_all_of_it_is_made_and_a_preview_shows_no_change(run: Run) -> None:
    watched = watching(run, WATCHED)
    watched.pulumi("up", "--yes", "--skip-preview", *AT)
    assert kinds(run) == {
        "cms-contact": 2, "cms-contact-group": 1, "cms-rule": 3, "cms-event-rule": 1, "log-project": 1, "log-store": 1
    }  # fmt: skip
    watched.pulumi("preview", "--refresh", "--expect-no-changes", *AT)
    assert run.open_bills() == []


def test_an_address_that_nobody_has_confirmed_yet_is_no_change_and_another_is_another_contact(run: Run) -> None:
    before = {row["id"] for row in run.fake.ask("state") if row["kind"] == "cms-contact"}
    watching(run, OTHER).pulumi("up", "--yes", "--skip-preview", *AT)
    after = {row["id"] for row in run.fake.ask("state") if row["kind"] == "cms-contact"}
    assert len(before & after) == 1
    assert len(after) == 2
    assert kinds(run)["cms-rule"] == 2
    watching(run, OTHER).pulumi("preview", "--refresh", "--expect-no-changes", *AT)


def test_nothing_is_left_and_no_secret_was_seen(run: Run) -> None:
    watching(run, OTHER).pulumi("destroy", "--yes", "--skip-preview", *AT)
    assert run.fake.ask("state") == []
    assert run.fake.ask("requests")["unknown"] == {}
    assert run.secret_leaks(run.secret_key, ROBOT) == []
