"""The order of the steps of `fourways recover`, without a process: a `pulumi` of a few lines, and a cloud of a few answers."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from fourways.cleanup.cloud import Cloud
from fourways.cli import recover as recovering
from fourways.cli.errors import UserError
from fourways.cli.project import STACKS
from fourways.cli.recover import Recovery
from fourways.cli.workspace import Workspace
from fourways.cloud import clients, ownership
from fourways.cloud.errors import CloudError, Outcome
from fourways.recovery import marks, orphans

STACK = "mu-singapore"
REGION = "ap-southeast-1"
SERVICE = "fourways:eas:Service"
URN = f"urn:pulumi:{STACK}::fourways::{SERVICE}::chat"
PROVIDER_URN = f"urn:pulumi:{STACK}::fourways::pulumi:providers:fourways::default"


@dataclass(frozen=True)
class Pulumi(Workspace):
    """Keeps one state, and what it was asked and told, in order. `fails` names a command that fails."""

    store: dict[str, Any] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    fails: str = ""

    def capture(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = " ".join(arguments[:2] if arguments[0] == "stack" else arguments[:1])
        self.log.append(command)
        answer = {
            "whoami": {"url": "file:///nowhere"},
            "stack ls": [{"name": STACK}],
            "stack export": self.store,
            "preview": {"steps": []},
        }.get(command, {})
        if command == self.fails:
            return subprocess.CompletedProcess(arguments, 1, "", "error: it failed")
        if command == "stack import":
            state = json.loads(Path(arguments[arguments.index("--file") + 1]).read_text())
            self.store.clear()
            self.store.update(state)
        return subprocess.CompletedProcess(arguments, 0, json.dumps(answer), "")


@dataclass
class Eas(Cloud):
    """One service, or none."""

    log: list[str]
    labels: dict[str, str] | None

    def call(self, product: str, version: str, action: str, params: Mapping[str, Any], region: str) -> dict[str, Any]:  # noqa: ARG002 - no such thing
        return {"RequestId": "r"}

    def eas(self, action: str, region: str, *path: str, **request: Any) -> dict[str, Any]:  # noqa: ARG002 - one service
        row = {"ServiceName": "chat", "Labels": [{"LabelKey": key, "LabelValue": value} for key, value in (self.labels or {}).items()]}
        if action == "delete_service_label":
            assert self.labels is not None
            self.log.append("label off")
            for key in request["keys"]:
                del self.labels[key]
        if action == "describe_service":
            if self.labels is None:
                raise CloudError(action, outcome=Outcome.NOT_FOUND, message="none", status=404)
            return row
        return {"RequestId": "r", **({"Services": [row], "TotalCount": 1} if action == "list_services" and self.labels else {})}

    def model_studio(self, action: str, region: str, *path: str, **request: Any) -> dict[str, Any]:  # noqa: ARG002 - no such thing
        return {"requestId": "r"}

    def dashscope(self, *_: Any) -> dict[str, Any]:
        return {"deployments": [], "total": 0}

    def logs(self, *_: Any, **__: Any) -> dict[str, Any]:
        return {"projects": [], "count": 0, "total": 0, "tagResources": []}


def entry(id_: str = "") -> dict[str, Any]:
    made = {"urn": URN, "type": SERVICE, "custom": True, "inputs": {"name": "chat", "region": REGION}}
    return {**made, "id": id_} if id_ else made


def state(resources: list[dict[str, Any]], operations: list[dict[str, Any]] | None = None, target: str = "cloud") -> dict[str, Any]:
    provider = {"urn": PROVIDER_URN, "type": "pulumi:providers:fourways", "custom": True, "id": "p", "inputs": {"target": target}}
    deployment = {"resources": [provider, *resources], "pending_operations": operations or []}
    return {"version": 3, "deployment": deployment}


@pytest.fixture(autouse=True)
def nothing_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orphans, "find", lambda _provider: [])
    monkeypatch.setattr(clients, "account_id", lambda: "1000")
    monkeypatch.delenv("FOURWAYS_FAKE", raising=False)


def recovery(store: dict[str, Any], labels: dict[str, str] | None, *, dry_run: bool = False, fails: str = "") -> tuple[Recovery, list[str]]:
    pulumi = Pulumi(Path(), dict(os.environ), Path("pulumi"), None, STACKS, store, [], fails)
    made = Recovery(pulumi, STACK, yes=True, dry_run=dry_run, lag=0)
    made.cloud = Eas(pulumi.log, labels)  # type: ignore[assignment]
    return made, pulumi.log


def own(**more: str) -> dict[str, str]:
    return {**ownership.urn_labels(URN), **{f"fourways-{key}": value for key, value in more.items()}}


def changes(log: list[str]) -> list[str]:
    return [command for command in log if command in ("stack import", "refresh", "label off", "cancel")]


CREATING = [{"type": "creating", "resource": entry()}]


def test_recorded_refreshed_marked_and_only_then_the_label_comes_off() -> None:
    store = state([], CREATING)
    made, log = recovery(store, own(creating="a1"))
    assert made.run() == 0
    assert changes(log) == ["stack import", "refresh", "stack import", "label off"]
    recorded = store["deployment"]["resources"][-1]
    assert (recorded["id"], recorded["initErrors"]) == (f"{REGION}/chat", [marks.UNFINISHED])
    assert "pending_operations" not in store["deployment"]


@pytest.mark.parametrize("fails", ["stack import", "refresh"])
def test_what_fails_before_it_leaves_the_label_on(fails: str) -> None:
    labels = own(creating="a1")
    made, log = recovery(state([], CREATING), labels, fails=fails)
    with pytest.raises(UserError, match="it failed"):
        made.run()
    assert labels == own(creating="a1")
    assert "label off" not in log


def test_killed_after_the_state_was_written_the_next_run_takes_the_label_off() -> None:
    store = state([entry(f"{REGION}/chat")])
    made, log = recovery(store, own(creating="a1"))
    assert made.run() == 0
    assert changes(log) == ["refresh", "stack import", "label off"]
    again, log = recovery(store, own())
    assert again.run() == 0
    assert changes(log) == ["refresh"]


def test_a_dry_run_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    store = state([], CREATING)
    before = json.dumps(store)
    made, log = recovery(store, own(creating="a1"), dry_run=True)
    assert made.run() == 1
    assert changes(log) == []
    assert json.dumps(store) == before
    assert "would be recorded" in capsys.readouterr().out


def test_somebody_elses_service_is_left_alone_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    store = state([], CREATING)
    made, log = recovery(store, {"fourways-project": "fourways", "fourways-stack": "other"})
    assert made.run() == 1
    assert "stack other" in capsys.readouterr().out
    assert store["deployment"]["pending_operations"] == CREATING
    assert "stack import" not in log


def test_what_is_tagged_and_in_no_state_is_listed_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    made, _ = recovery(state([]), {"fourways-project": "fourways", "fourways-stack": STACK})
    assert made.run() == 1
    said = capsys.readouterr().out
    assert f"pulumi import {SERVICE} NAME {REGION}/chat --stack {STACK}" in said
    assert f"fourways sweep --delete --stack {STACK}" in said


def test_a_state_of_the_other_target_stops_before_anything_is_looked_up() -> None:
    made, log = recovery(state([], CREATING, target="fake"), None)
    with pytest.raises(UserError, match="'fake'"):
        made.run()
    assert changes(log) == []


def test_a_no_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    made, log = recovery(state([], CREATING), own(creating="a1"))
    made.yes = False
    monkeypatch.setattr(recovering.Confirm, "ask", lambda *_args, **_more: False)
    with pytest.raises(UserError, match="stopped"):
        made.run()
    assert changes(log) == []
