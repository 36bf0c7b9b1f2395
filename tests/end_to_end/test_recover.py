"""Every row of the marker table that the project creates today: SIGKILL between create and answer, recover, exactly one.

One life of a stack: each `up` goes on where the one before was killed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from fourways.cli.stack_state import StackState
from fourways.provider.markers import MARKERS
from fourways.recovery import states
from tests.end_to_end import kills
from tests.end_to_end.conftest import Run

#: Creates that the engine sends side by side are held side by side.
STAGES = (
    {"CreateVpc": 1, "AllocateEipAddress": 1, "CreateResource": 1},
    {"CreateVSwitch": 2, "CreateSecurityGroup": 1},
    {"CreateNatGateway": 1},
    {"AssociateEipAddress": 1},
    {"CreateSnatEntry": 2},
    {"CreateService": 1},
)
HELD_SECONDS = 120.0


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("recover")
    yield kills.start(folder)
    kills.stop(folder)


def test_every_row_that_the_project_makes_is_killed_below() -> None:
    assert {row.create_call for row in MARKERS if row.made} == {action for stage in STAGES for action in stage}


@pytest.mark.parametrize("stage", STAGES, ids=["-".join(stage) for stage in STAGES])
def test_killed_between_create_and_answer(run: Run, stage: dict[str, int]) -> None:
    before = kills.changes(run)
    run.fake.ask("faults", "POST", [{"kind": "slow", "action": action, "times": None, "seconds": HELD_SECONDS} for action in stage])
    process = kills.begin(run, "up", "--yes", "--skip-preview", *kills.AT)
    assert kills.kill_when(process, lambda: (kills.changes(run) - before) >= Counter(stage))
    run.fake.ask("faults", "DELETE")
    held = kills.pending(run)
    code, said = kills.recover(run)
    assert code == 0, said
    assert kills.pending(run) == []
    assert {action: (kills.changes(run) - before)[action] for action in stage} == stage
    assert not kills.copies(run)
    state = run.workspace.state(kills.STACK)
    types = Counter(type_ for type_, _ in states.owned(state))
    for action, count in stage.items():
        row = next(row for row in MARKERS if row.create_call == action)
        assert types[row.resource] == count, f"{row.resource}: {held}\n{said}"


def test_then_up_makes_nothing_twice(run: Run) -> None:
    run.pulumi("up", "--yes", "--skip-preview", *kills.AT)
    run.pulumi("preview", "--expect-no-changes", *kills.AT)
    made = kills.changes(run)
    assert {action: made[action] for stage in STAGES for action in stage} == {
        action: count for stage in STAGES for action, count in stage.items()
    }
    assert not kills.copies(run)


def test_a_state_that_was_lost_is_found_again(run: Run) -> None:
    before, state = kills.changes(run), StackState(run.workspace, kills.STACK)
    known = states.owned(state.export)
    state.write(states.with_parts(state.export, [], []))
    code, said = kills.recover(run)
    assert code == 0, said
    found = states.owned(run.workspace.state(kills.STACK))
    assert {one for one in found if "providers" not in one[0]} == {one for one in known if "providers" not in one[0]}
    run.pulumi("up", "--yes", "--skip-preview", *kills.AT)
    assert not {action for action in kills.changes(run) - before if kills.CREATES.match(action)}


def test_a_destroy_that_was_killed_is_told_by_the_refresh(run: Run) -> None:
    run.fake.ask("faults", "POST", {"kind": "slow", "action": "DeleteNatGateway", "times": None, "seconds": HELD_SECONDS})
    process = kills.begin(run, "destroy", "--yes", "--skip-preview", *kills.AT)
    assert kills.kill_when(process, lambda: kills.changes(run)["DeleteNatGateway"] > 0)
    run.fake.ask("faults", "DELETE")
    assert kills.pending(run) == ["deleting network-nat"]
    code, said = kills.recover(run)
    assert code == 0, said
    assert kills.pending(run) == []
    types = {type_ for type_, _ in states.owned(run.workspace.state(kills.STACK))}
    assert "alicloud:vpc/natGateway:NatGateway" not in types
    assert "alicloud:vpc/network:Network" in types


def test_then_destroy_leaves_nothing(run: Run) -> None:
    run.pulumi("destroy", "--yes", "--skip-preview", *kills.AT)
    assert run.open_bills() == []
    assert kills.inventory(run) == []
    assert run.fake.ask("requests")["unknown"] == {}
    assert run.secret_leaks(run.secret_key) == []
