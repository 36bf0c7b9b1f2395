"""Every row of the alicloud plugin in the marker table that the project does not make itself, in a program of its own: SIGKILL between
create and answer, recover, exactly one."""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from fourways.cli.project import ROOT
from fourways.provider.markers import MARKERS
from fourways.recovery import states
from tests.end_to_end import kills
from tests.end_to_end.conftest import Run

PROGRAM = Path(__file__).with_name("program_of_machines")
ROWS = [row for row in MARKERS if not row.made and row.killed and row.resource.startswith("alicloud:")]
#: Both load balancers, of two products, are made by an action of the same name.
HELD = Counter(row.create_call for row in ROWS)
HELD_SECONDS = 120.0


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A stack of the project's name and settings, whose program is another."""
    folder = tmp_path_factory.mktemp("machines")
    started = kills.start(folder)
    project = folder / "Pulumi.yaml"
    project.write_text(yaml.safe_dump({**yaml.safe_load(project.read_text()), "main": os.path.relpath(PROGRAM, folder)}))
    started.configure(kills.STACK, {"nat": False}, key="fourways:network")
    environment = {**started.workspace.environment, "PYTHONPATH": str(ROOT)}
    yield dataclasses.replace(started, workspace=dataclasses.replace(started.workspace, environment=environment))
    kills.stop(folder)


def test_killed_between_create_and_answer(run: Run) -> None:
    rules = [{"kind": "slow", "action": action, "times": None, "seconds": HELD_SECONDS} for action in HELD]
    run.fake.ask("faults", "POST", rules)
    process = kills.begin(run, "up", "--yes", "--skip-preview", *kills.AT)
    assert kills.kill_when(process, lambda: kills.changes(run) >= HELD)
    run.fake.ask("faults", "DELETE")
    assert len([one for one in kills.pending(run) if one.startswith("creating")]) == len(ROWS)
    code, said = kills.recover(run)
    assert code == 0, said
    assert kills.pending(run) == []
    assert {action: kills.changes(run)[action] for action in HELD} == HELD
    assert not kills.copies(run)
    types = Counter(type_ for type_, _ in states.owned(run.workspace.state(kills.STACK)))
    assert {row.resource: types[row.resource] for row in ROWS} == {row.resource: 1 for row in ROWS}, said


def test_then_up_makes_nothing_twice_and_destroy_leaves_nothing(run: Run) -> None:
    run.pulumi("up", "--yes", "--skip-preview", *kills.AT)
    assert {action: kills.changes(run)[action] for action in HELD} == HELD
    assert not kills.copies(run)
    run.pulumi("destroy", "--yes", "--skip-preview", *kills.AT)
    assert run.open_bills() == []
    assert kills.inventory(run) == []
    assert run.fake.ask("requests")["unknown"] == {}
    assert run.secret_leaks(run.secret_key) == []
