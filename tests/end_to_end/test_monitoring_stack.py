"""Contacts, alarms and logs by the real plugin: CloudMonitor over its two clients, Simple Log Service over its two at project.endpoint.

Then a whole stack, whose machines hand over what its replicas write.
"""

from __future__ import annotations

import dataclasses
import hashlib
import http.client
import json
import os
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from hmac import digest
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


STACK = "mu-singapore"
DATE = "Tue, 24 Nov 2026 00:00:00 GMT"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A workspace with the project's own program."""
    folder = tmp_path_factory.mktemp("whole")
    yield start_run(folder)
    fake_server.stop(folder / "fake")


def lines(run: Run) -> list[dict[str, str]]:
    """What GetLogs gives of the stack's store, signed as the log service has it (its help centre, "Request signatures")."""
    state = run.one(STACK, "alicloud:log/store:Store")["inputs"]
    asked = {"from": "0", "to": "9999999999", "type": "log"}
    resource = f"/logstores/{state['logstoreName']}?" + "&".join(f"{name}={asked[name]}" for name in sorted(asked))
    signature = b64encode(digest(run.secret_key.encode(), f"GET\n\n\n{DATE}\n{resource}".encode(), hashlib.sha1)).decode()
    key = run.workspace.environment["ALICLOUD_ACCESS_KEY"]
    connection = http.client.HTTPConnection(run.fake.address, timeout=30)
    host = f"{state['projectName']}.127.0.0.1"
    connection.request("GET", resource, headers={"Host": host, "Date": DATE, "Authorization": f"LOG {key}:{signature}"})
    found: list[dict[str, str]] = json.load(connection.getresponse())
    connection.close()
    return found


def test_what_a_replica_writes_comes_into_the_store_of_its_stack(whole: Run) -> None:
    whole.pulumi("stack", "init", STACK)
    whole.serve(STACK, monitoring={"contacts": [{"name": "oncall", "email": "oncall@example.com"}], "logs": {"retentionDays": 7}})
    assert "CreateResourceLog" not in whole.up(STACK)
    (replica,) = whole.instances("ap-southeast-1", "deepseek_v4_flash_prod")
    written = [row["content"] for row in lines(whole) if row["instance"] == replica.instance_name]
    assert "INFO:     Application startup complete." in written
    whole.settled(STACK)


def test_logs_that_are_taken_out_end_before_their_store_goes(whole: Run) -> None:
    whole.serve(STACK, monitoring={"contacts": [{"name": "oncall", "email": "oncall@example.com"}]})
    whole.up(STACK)
    assert not {"log-project", "log-store"} & set(kinds(whole))
    ended = [row["action"] for row in whole.fake.ask("requests")["requests"] if row["action"] in ("DeleteResourceLog", "DeleteLogStore")]
    assert ended == ["DeleteResourceLog", "DeleteLogStore"]


def test_a_stack_with_logs_leaves_nothing(whole: Run) -> None:
    whole.serve(STACK, monitoring={"contacts": [{"name": "oncall", "email": "oncall@example.com"}], "logs": {}})
    whole.up(STACK)
    assert lines(whole) == []  # those from the delivery on
    whole.fake.ask("requests", "DELETE")
    whole.destroy(STACK)
    assert "DeleteResourceLog" in whole.fake.ask("requests")["actions"]
    whole.nothing_is_left()
