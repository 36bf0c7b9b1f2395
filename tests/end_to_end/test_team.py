"""Two people on one stack whose state is in an S3-compatible bucket: one is refused while the other works, and nothing is lost."""

from __future__ import annotations

import dataclasses
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fourways import cleanup
from fourways.cli import sweep, sweep_states
from fourways.cli.workspace import make_project
from fourways.recovery import states
from tests.end_to_end import kills
from tests.end_to_end.buckets import KEYS, Bucket, bucket
from tests.end_to_end.conftest import Run

STACK = kills.STACK
KINDS = {"vpc": 1, "vswitch": 2, "security-group": 1, "eas-resource-group": 1, "eas-service": 1}
HELD_SECONDS = 120.0
UP = ("up", "--yes", "--skip-preview", *kills.AT)


@dataclasses.dataclass(frozen=True)
class Team:
    """Two checkouts with the same passphrase, the same cloud and the same bucket."""

    ann: Run
    bob: Run
    bucket: Bucket


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    folder = tmp_path_factory.mktemp("ann")
    with bucket() as states_of_all:
        alone = kills.start_run(folder, kills.SPEED)
        environment = {**alone.workspace.environment, **KEYS, "PULUMI_BACKEND_URL": states_of_all.url}
        ann = dataclasses.replace(alone, workspace=dataclasses.replace(alone.workspace, environment=environment))
        ann.pulumi("stack", "init", STACK, "--non-interactive")
        yield Team(ann, colleague(ann, tmp_path_factory.mktemp("bob")), states_of_all)
    kills.stop(folder)


def colleague(of: Run, folder: Path) -> Run:
    """Another checkout: a project folder of its own, with the stack files as they are committed."""
    make_project(folder)
    shutil.copytree(of.workspace.stacks, folder / "stacks")
    return dataclasses.replace(of, workspace=dataclasses.replace(of.workspace, folder=folder, stacks=folder / "stacks"))


def hold(run: Run, *actions: str) -> None:
    """The cloud answers these late."""
    run.fake.ask("faults", "POST", [{"kind": "slow", "action": action, "times": None, "seconds": HELD_SECONDS} for action in actions])


def whole(team: Team, machines: int) -> None:
    """Both read the same state, it holds exactly what the cloud has, the cloud bills that, and nobody holds a lock."""
    exports = [one.workspace.state(STACK) for one in (team.ann, team.bob)]
    assert exports[0] == exports[1]
    assert kills.pending(team.ann) == []
    assert team.bucket.locks() == []
    there = Counter(row["kind"] for row in kills.inventory(team.ann))
    # Machines are parts of their group, which the state holds as one thing with a number.
    assert there == Counter(KINDS) + Counter({"eas-dedicated-machine": machines})
    recorded = {id_ for type_, id_ in states.owned(exports[0]) if not type_.startswith("pulumi:")}
    ids = {row["id"] for row in kills.inventory(team.ann) if row["kind"] in KINDS}
    assert {id_.rsplit("/", 1)[-1] for id_ in recorded} == ids
    assert len(team.ann.open_bills()) == machines


def test_while_one_works_the_other_is_refused_and_may_look(team: Team) -> None:
    hold(team.ann, "CreateResource")
    process = kills.begin(team.ann, *UP)
    kills.wait_until(lambda: process.poll() is not None or kills.changes(team.ann)["CreateResource"] == 1)
    assert process.poll() is None, process.communicate()[0]
    assert len(team.bucket.locks()) == 1
    said = team.bob.pulumi(*UP, fails=True)
    assert "the stack is currently locked by 1 lock(s)" in said
    assert f"(pid {process.pid})" in said
    team.bob.pulumi("destroy", "--yes", "--skip-preview", *kills.AT, fails=True)
    team.bob.pulumi("refresh", "--yes", "--skip-preview", *kills.AT, fails=True)
    assert "WARN" not in team.bob.pulumi("preview", *kills.AT)
    assert kills.changes(team.ann)["CreateVpc"] == kills.changes(team.ann)["CreateResource"] == 1
    assert len(team.bucket.locks()) == 1
    team.ann.fake.ask("faults", "DELETE")
    said, _ = process.communicate(timeout=kills.LIMIT)
    assert process.returncode == 0, said
    whole(team, 1)


def test_what_the_other_changes_afterwards_comes_on_top(team: Team) -> None:
    team.bob.configure(STACK, {"capacity": {"units": 8}})
    team.bob.pulumi(*UP)
    whole(team, 2)
    shutil.copytree(team.bob.workspace.stacks, team.ann.workspace.stacks, dirs_exist_ok=True)
    team.ann.settled(STACK)


def test_both_at_the_same_moment_make_nothing_twice(team: Team) -> None:
    team.ann.destroy(STACK)
    assert team.ann.open_bills() == []
    processes = [kills.begin(one, *UP) for one in (team.ann, team.bob)]
    said = [process.communicate(timeout=kills.LIMIT)[0] for process in processes]
    codes = [process.returncode for process in processes]
    # Each looks for another's lock before and after it writes its own: one is refused, or both are. Or one came when the other had ended.
    for code, text in zip(codes, said, strict=True):
        assert code == 0 or "currently locked" in text, text
    if 0 in codes:
        whole(team, 2)
    else:
        assert (kills.inventory(team.ann), team.ann.open_bills(), team.bucket.locks()) == ([], [], [])
    team.bob.pulumi(*UP)
    whole(team, 2)
    team.ann.settled(STACK)


def test_a_killed_holder_s_lock_is_taken_off_by_recover(team: Team) -> None:
    kill_in_the_middle(team, {"capacity": {"units": 4}}, "DeleteResourceInstances")
    assert "currently locked" in team.bob.pulumi(*UP, fails=True)
    code, said = kills.recover(team.bob)
    assert code == 0, said
    assert "is gone" in said
    assert "lock: removed" in said
    team.bob.pulumi(*UP)
    whole(team, 1)


def test_a_killed_holder_s_lock_is_taken_off_by_cancel(team: Team) -> None:
    kill_in_the_middle(team, {"capacity": {"units": 8}}, "CreateResourceInstances")
    assert "currently locked" in team.bob.pulumi(*UP, fails=True)
    team.bob.pulumi("cancel", "--yes", "--stack", STACK)
    assert team.bucket.locks() == []
    code, said = kills.recover(team.bob)  # a lock that is gone says nothing of what was cut off
    assert code == 0, said
    assert "lock: there is none" in said
    team.bob.pulumi(*UP)
    whole(team, 2)


def kill_in_the_middle(team: Team, serving: dict[str, Any], action: str) -> None:
    """Ann's update is killed while the cloud answers; both have the new settings."""
    for one in (team.ann, team.bob):
        one.configure(STACK, serving)
    hold(team.ann, action)
    before = kills.changes(team.ann)
    process = kills.begin(team.ann, *UP)
    assert kills.kill_when(process, lambda: (kills.changes(team.ann) - before)[action] >= 1)
    team.ann.fake.ask("faults", "DELETE")
    assert len(team.bucket.locks()) == 1


def test_sweep_reads_the_bucket_s_states(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in team.bob.workspace.environment.items():
        monkeypatch.setenv(name, value)
    known = sweep_states.read(team.bob.workspace)
    assert [state.stack for state in known.states if any(state.ids())] == [STACK]
    found = sweep.look(cleanup.RealCloud(keys=known.keys), ["ap-southeast-1"], known.states, sweep.Wanted())
    assert (found.leftovers, found.unseen) == ((), ())
    assert team.bob.workspace.state_stacks(only_up=True) == [STACK]


def test_the_other_may_take_it_all_down(team: Team) -> None:
    team.bob.destroy(STACK)
    team.bob.nothing_is_left()
    assert team.bucket.locks() == []
