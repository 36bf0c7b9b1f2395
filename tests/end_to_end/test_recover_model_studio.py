"""The rows of the marker table for Model Studio's workspaces, keys, limits and permissions: SIGKILL between create and answer, recover,
exactly one, and a key whose value the state has although its answer was lost."""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from fourways.cli.project import ROOT
from fourways.cloud import modelstudio
from fourways.cloud.credentials import Credentials
from fourways.cloud.target import Target
from fourways.provider.markers import MARKERS
from fourways.provider.names import API_KEY_TYPE, MODEL_LIMITS_TYPE, MODEL_PERMISSIONS_TYPE, WORKSPACE_TYPE
from fourways.recovery import states
from tests.end_to_end import kills
from tests.end_to_end.conftest import Run

PROGRAM = Path(__file__).with_name("program_of_model_studio")
TYPES = (WORKSPACE_TYPE, API_KEY_TYPE, MODEL_LIMITS_TYPE, MODEL_PERMISSIONS_TYPE)
HELD = Counter(row.create_call for row in MARKERS if row.resource in TYPES)
HELD_SECONDS = 120.0
REGION = "ap-southeast-1"


def ask(run: Run, action: str, **request: Any) -> dict[str, Any]:
    """What somebody else would ask beside Pulumi."""
    environment = run.workspace.environment
    keys = Credentials(access_key=environment["ALICLOUD_ACCESS_KEY"], secret_key=run.secret_key, source="the test")
    return modelstudio.call(action, REGION, request=request, target=Target(name="fake", address=run.fake.address), credentials=keys)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A stack of the project's name and settings, whose program is another. Model permissions are one by one in the default workspace."""
    folder = tmp_path_factory.mktemp("model_studio")
    started = kills.start(folder)
    project = folder / "Pulumi.yaml"
    project.write_text(yaml.safe_dump({**yaml.safe_load(project.read_text()), "main": os.path.relpath(PROGRAM, folder)}))
    (default,) = ask(started, "ListWorkspaces")["workspaces"]
    models = [{"model": "deepseek-v4-flash", "inference": True, "deploy": True}]
    place = str(default["workspaceId"])
    ask(started, "UpdateModelPermissions", workspaceId=place, accessAllEntities="CLOSE", models=models)
    environment = {**started.workspace.environment, "PYTHONPATH": str(ROOT), "TEST_WORKSPACE_ID": place}
    yield dataclasses.replace(started, workspace=dataclasses.replace(started.workspace, environment=environment))
    kills.stop(folder)


def test_killed_between_create_and_answer(run: Run) -> None:
    before = kills.changes(run)
    run.fake.ask("faults", "POST", [{"kind": "slow", "action": action, "times": None, "seconds": HELD_SECONDS} for action in HELD])
    process = kills.begin(run, "up", "--yes", "--skip-preview", *kills.AT)
    assert kills.kill_when(process, lambda: kills.changes(run) - before >= HELD)
    run.fake.ask("faults", "DELETE")
    assert len([one for one in kills.pending(run) if one.startswith("creating")]) == len(TYPES)
    code, said = kills.recover(run)
    assert code == 0, said
    assert kills.pending(run) == []
    assert not kills.copies(run)
    types = Counter(type_ for type_, _ in states.owned(run.workspace.state(kills.STACK)))
    assert {type_: types[type_] for type_ in TYPES} == dict.fromkeys(TYPES, 1), said
    assert "its create was cut off; the next `pulumi up`" in said


def test_then_up_makes_nothing_twice_and_the_key_has_its_value(run: Run) -> None:
    made = kills.changes(run)
    run.pulumi("up", "--yes", "--skip-preview", *kills.AT)
    after = kills.changes(run) - made
    assert after == Counter(ResetApiKey=1, UpdateApiKey=1)
    run.pulumi("preview", "--expect-no-changes", *kills.AT)
    value = run.workspace.capture("stack", "output", "value", "--show-secrets", "--stack", kills.STACK).stdout.strip()
    assert value.startswith("sk-")
    assert run.secret_leaks(value, run.secret_key) == []


def test_destroy_leaves_nothing(run: Run) -> None:
    run.pulumi("destroy", "--yes", "--skip-preview", *kills.AT)
    assert kills.inventory(run) == []
    limits = ask(run, "ListModelLimits", workspaceId=run.workspace.environment["TEST_WORKSPACE_ID"])["limits"]
    assert [limit["model"] for limit in limits if limit.get("workspaceLimit")] == []
    assert run.open_bills() == []
    assert run.fake.ask("requests")["unknown"] == {}
