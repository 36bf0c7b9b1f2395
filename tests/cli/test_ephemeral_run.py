"""The run over copies: what stops it, what does not, and that what was made is taken down. Pulumi stands in; the endpoint is real."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from rich.console import Console

from fourways import costs
from fourways.benchmark.plan import Load, Plan
from fourways.benchmark.run import Silent
from fourways.benchmark.workload import Length, Workload
from fourways.cli import ephemeral_run
from fourways.cli.ephemeral import Exit, exit_code
from fourways.cli.ephemeral_plan import Copy, Priced
from fourways.cli.ephemeral_run import EphemeralRun, LaneSpending, Outcome, RunGuard, Watched, lanes
from fourways.cli.guarded import StoppedError, Why
from fourways.cli.workspace import Workspace
from fourways.costs.rates import Rates
from fourways.costs.serving import ServingPrices, Used
from fourways.ephemeral import copies
from fourways.ephemeral import journal as journals
from fourways.ephemeral.budget import Limits, Meter
from fourways.ephemeral.journal import Entry, Journal, Process
from fourways.ephemeral.planned import TEARDOWN_MINUTES, Planned
from stacks.settings import load
from stacks.stack_file import read_config
from tests.benchmark.endpoint import Reply, endpoint, full

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = 3600.0
SOURCES = ("token-singapore", "mu-singapore")


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: float = NOW.timestamp()

    def __call__(self) -> float:
        return self.now


@dataclass
class Stub:
    """What a run needs of a workspace; `done` is what pulumi was told, in order."""

    url: str
    fake: None = None
    done: list[str] = field(default_factory=list)
    fails: set[str] = field(default_factory=set)

    def outputs(self, _: str) -> dict[str, Any]:
        return {"base_url": self.url, "api_key": "very-secret", "model": "m", "kind": "model-unit", "region": "ap-southeast-1"}

    def state(self, _: str) -> dict[str, Any]:
        return {"deployment": {"resources": []}}

    def state_stacks(self, *, only_up: bool) -> list[str]:
        return [f"only_up={only_up}"]


@dataclass
class Stage:
    """A run over two copies, at 60 CNY an hour each, and the world around it."""

    going: EphemeralRun
    clock: Clock
    stub: Stub
    #: Called with the number of each request that reaches the endpoint.
    at_request: list[Callable[[int], object]]

    def run(self) -> list[Outcome]:
        with self.going.guard.listening():
            return self.going.run()


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    at_request: list[Callable[[int], object]] = []

    def script(number: int, body: dict[str, Any]) -> Reply:
        for act in at_request:
            act(number)
        return full(body)

    monkeypatch.setattr("fourways.benchmark.points.limits", lambda *_: [])
    monkeypatch.setattr(ephemeral_run, "LOOK_SECONDS", 0.01)
    with endpoint(script) as server:
        stub, clock = Stub(server.target.base_url), Clock()

        def pulumi(workspace: Stub, arguments: tuple[str, ...], *, stack: str, reason: Callable[[], StoppedError | None], **_: Any) -> int:
            if (stop := reason()) is not None:
                raise stop
            workspace.done.append(f"{arguments[0]} {stack}")
            return int(f"{arguments[0]} {stack}" in workspace.fails)

        def destroy(workspace: Stub, _: Journal, entry: Entry) -> bool:
            workspace.done.append(f"destroy {entry.stack}")
            return f"destroy {entry.stack}" not in workspace.fails

        monkeypatch.setattr(ephemeral_run, "run_pulumi", pulumi)
        monkeypatch.setattr(ephemeral_run, "destroy", destroy)
        monkeypatch.setattr(ephemeral_run, "nothing_left", lambda *_, **__: True)
        priced = [a_copy(number, source) for number, source in enumerate(SOURCES, 1)]
        meter = Meter(Limits.parse(["1000CNY"], ["CNY"], Rates()), lanes(priced))
        going = EphemeralRun(
            workspace=cast(Workspace, stub),
            journal=a_journal(tmp_path, priced),
            priced=priced,
            plan=Plan(
                loads=(Load(concurrency=1), Load(concurrency=2)),
                workload=Workload(input=Length(9, 9), output=Length(4, 4)),
                requests=6,
                stagger=0.0,
            ),
            guard=RunGuard(meter=meter, clock=clock, expires=clock.now + 10 * HOUR, again="go on with --clean"),
            meter=meter,
        )
        yield Stage(going, clock, stub, at_request)


def a_copy(number: int, source: str) -> Priced:
    config = copies.disposable(read_config(ROOT / "stacks" / f"Pulumi.{source}.yaml"), "abc123", NOW, "3h")
    stack = copies.stack_name("abc123", number)
    return Priced(
        copy=Copy(source=source, stack=stack, settings=load(config, stack=stack), text=""),
        estimate=costs.Estimate(rows=()),
        prices=ServingPrices(hourly={"CNY": Decimal(60)}, main="CNY"),
        planned=Planned(minutes=30, used=Used()),
    )


def a_journal(folder: Path, priced: list[Priced]) -> Journal:
    return Journal(
        run="abc123", project="fourways", target="cloud", account="1", folder=str(folder), backend="file:///x", began=NOW,
        expires_at=NOW.replace(hour=22), budget=("1000CNY",), process=Process(host="here", pid=1, started=0.0),
        entries=tuple(Entry(source=one.copy.source, stack=one.copy.stack, region="ap-southeast-1") for one in priced),
    )  # fmt: skip


WHOLE = ["up bench-abc123-1", "destroy bench-abc123-1", "up bench-abc123-2", "destroy bench-abc123-2"]


def test_each_is_brought_up_measured_and_taken_down_before_the_next(stage: Stage, tmp_path: Path) -> None:
    outcomes = stage.run()
    assert stage.stub.done == WHOLE
    assert [(outcome.source, outcome.error, outcome.clean) for outcome in outcomes] == [(source, "", True) for source in SOURCES]
    assert all(outcome.run is not None and outcome.run.header["complete"] for outcome in outcomes)
    assert [entry.step for entry in journals.read(tmp_path / journals.FILE).entries] == ["gone", "gone"]
    assert exit_code(outcomes, stage.going.stopped, proven=True) == Exit.MEASURED


def test_a_budget_that_is_reached_closes_the_point_and_takes_everything_down(stage: Stage) -> None:
    def time_flies(number: int) -> None:
        if number == 5:
            stage.clock.now += 16.6 * HOUR  # at 60 CNY an hour, 4 short of 1000: less than the teardown costs
            stage.going.guard.expires += 20 * HOUR

    stage.at_request.append(time_flies)
    stage.going.plan = replace(stage.going.plan, requests=100_000)
    outcomes = stage.run()
    assert stage.stub.done == WHOLE[:2]
    assert stage.going.stopped is not None
    assert stage.going.stopped.why is Why.budget
    assert "at most 1,006.00 of 1,000 CNY" in outcomes[0].error  # with the ten minutes that the teardown may take
    assert outcomes[0].run is not None
    assert outcomes[0].run.header["stopped_by"] == "interrupt"
    assert outcomes[1].error.startswith("not begun: the budget is reached")
    assert exit_code(outcomes, stage.going.stopped, proven=True) == Exit.STOPPED


def test_nothing_runs_beyond_the_time_to_live(stage: Stage) -> None:
    def time_flies(number: int) -> None:
        if number == 5:
            stage.clock.now = stage.going.guard.expires - TEARDOWN_MINUTES * 60 + 1

    stage.at_request.append(time_flies)
    stage.going.plan = replace(stage.going.plan, requests=100_000)
    outcomes = stage.run()
    assert stage.stub.done == WHOLE[:2]
    assert "the time to live ends" in outcomes[0].error
    assert exit_code(outcomes, stage.going.stopped, proven=True) == Exit.STOPPED


@pytest.mark.parametrize("number", [1, 5], ids=["in the probe", "in a point"])
@pytest.mark.parametrize("what", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_it_measures_ends_in_a_destroy(stage: Stage, number: int, what: signal.Signals) -> None:
    def press(this: int) -> None:
        if this == number:
            os.kill(os.getpid(), what)

    stage.at_request.append(press)
    stage.going.plan = replace(stage.going.plan, requests=100_000)
    outcomes = stage.run()
    assert stage.stub.done == WHOLE[:2]
    assert exit_code(outcomes, stage.going.stopped, proven=True) == Exit.INTERRUPTED
    assert outcomes[1].error.startswith("not begun")


def test_a_signal_before_the_second_stack_is_not_lost_by_the_loops_of_the_first(stage: Stage) -> None:
    """The event loop of a measurement leaves a handler of its own behind."""
    with stage.going.guard.listening():
        stage.going.run()
        os.kill(os.getpid(), signal.SIGINT)
        assert stage.going.guard.interrupted == "SIGINT"


def test_a_signal_breaks_off_what_may_take_long_until_the_first_point_begins(stage: Stage) -> None:
    guard = stage.going.guard
    with guard.listening(), guard.breaking_off():
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        assert guard.interrupted == "SIGTERM"
        guard.interrupted = None
        Watched(Silent(), guard, cast(LaneSpending, None)).point(Load(concurrency=1), None)
        os.kill(os.getpid(), signal.SIGTERM)


def test_a_point_on_other_machines_does_not_begin_where_the_run_must_stop(stage: Stage) -> None:
    shown: list[Load] = []

    class Shown(Silent):
        def point(self, load: Load, tally: Any) -> None:  # noqa: ARG002 - there is none
            shown.append(load)

    watched = Watched(Shown(), stage.going.guard, cast(LaneSpending, None))
    watched.point(Load(concurrency=1), None)
    stage.clock.now = stage.going.guard.expires
    with pytest.raises(KeyboardInterrupt):
        watched.point(Load(concurrency=2), None)
    assert shown == [Load(concurrency=1)]


def test_a_second_ctrl_c_says_how_to_go_on(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    with stage.going.guard.listening():
        os.kill(os.getpid(), signal.SIGINT)
        assert "go on with --clean" not in capsys.readouterr().out
        os.kill(os.getpid(), signal.SIGINT)
        assert "go on with --clean" in capsys.readouterr().out


def test_a_stack_that_does_not_come_up_is_taken_down_and_the_next_is_measured(stage: Stage) -> None:
    stage.stub.fails = {"up bench-abc123-1"}
    outcomes = stage.run()
    assert stage.stub.done == WHOLE
    assert outcomes[0].error.startswith("`pulumi up` ended with 1")
    assert outcomes[1].error == ""
    assert exit_code(outcomes, stage.going.stopped, proven=True) == Exit.FAILED


def test_an_endpoint_that_refuses_does_not_hide_the_next(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse_first(*_: Any, **__: Any) -> Any:
        monkeypatch.setattr(ephemeral_run, "measure_endpoint", honest)
        raise ephemeral_run.EndpointError("status 401")

    honest = ephemeral_run.measure_endpoint
    monkeypatch.setattr(ephemeral_run, "measure_endpoint", refuse_first)
    outcomes = stage.run()
    assert stage.stub.done == WHOLE
    assert [outcome.error for outcome in outcomes] == ["status 401", ""]


def test_what_cannot_be_taken_down_stops_the_run(stage: Stage, tmp_path: Path) -> None:
    stage.stub.fails = {"destroy bench-abc123-1"}
    outcomes = stage.run()
    assert stage.stub.done == WHOLE[:2]
    assert [outcome.clean for outcome in outcomes] == [False, True]
    assert journals.read(tmp_path / journals.FILE).entries[0].step == "left"
    assert stage.going.meter.lanes["bench-abc123-1"].ended is None, "it goes on costing"
    assert exit_code(outcomes, stage.going.stopped, proven=False) == Exit.NOT_CLEAN


def test_a_fault_of_our_own_leaves_nothing_running(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(ephemeral_run, "measure_endpoint", broken)
    with pytest.raises(ZeroDivisionError):
        stage.run()
    assert stage.stub.done == WHOLE[:2]


class Gone(io.StringIO):
    """A terminal that was closed."""

    def write(self, _: str) -> int:
        raise OSError(errno.EIO, "Input/output error")


def test_a_terminal_that_is_gone_does_not_keep_the_destroy_from_running(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = Console(file=Gone(), force_terminal=True)
    monkeypatch.setattr(ephemeral_run, "console", closed)
    monkeypatch.setattr("fourways.cli.guarded.console", closed)
    with contextlib.suppress(OSError):
        stage.run()
    assert stage.stub.done[-1].startswith("destroy")
    assert stage.stub.done[:2] == WHOLE[:2]


def test_where_a_copy_stands_is_written_down_before_each_step(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who finds the run dead knows of everything that may exist."""
    seen: list[str] = []
    honest = ephemeral_run.run_pulumi

    def looking(*arguments: Any, **options: Any) -> int:
        seen.append(journals.read(tmp_path / journals.FILE).entries[0].step)
        return honest(*arguments, **options)

    monkeypatch.setattr(ephemeral_run, "run_pulumi", looking)
    stage.at_request.append(lambda _: seen.append(journals.read(tmp_path / journals.FILE).entries[0].step))
    stage.run()
    assert seen[0] == "up"
    assert seen[1] == "measuring"
