"""Runs the steps of `fourways verify` on one side, the cloud or the fake, and takes everything down again however they ended."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import RenderableType

from fourways.cli.demo import console
from fourways.cli.fake_server import FakeServer
from fourways.cli.workspace import Workspace
from fourways.verify.asking import Asker
from fourways.verify.money import Purse
from fourways.verify.probes import AFTER, parameters
from fourways.verify.report import Recording, StepRecord
from fourways.verify.statuses import Sequence
from fourways.verify.steps import DESTROY, MEND, STEPS, Step

GRACE_SECONDS = 600.0
"""How long pulumi may take to end in order once it was told to stop: what runs is not cut off, since what it makes is billed."""
KILL_SECONDS = 30.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Why(StrEnum):
    """Why a run stopped before its last step."""

    budget = "the budget"
    interrupted = "an interruption"
    time = "the time limit of a step"
    failed = "a failure"


def say(*lines: RenderableType) -> None:
    """Print, and go on where the terminal or the pipe is gone: a teardown must not end because nobody reads about it."""
    with contextlib.suppress(OSError):
        for line in lines:
            console.print(line, markup=False, highlight=False, soft_wrap=isinstance(line, str))


class StoppedError(Exception):
    """The run goes no further; what it made must be taken down. The message says more."""

    def __init__(self, why: Why, message: str) -> None:
        super().__init__(message)
        self.why = why


@dataclass
class Guard:
    """Says when to stop. The purse runs from the first step on, by the wall clock: a machine asleep is billed all the same."""

    purse: Purse | None = None
    clock: Callable[[], float] = time.time
    started: float | None = None
    interrupted: str | None = None

    def start(self) -> None:
        self.started = self.clock()

    @property
    def seconds(self) -> float:
        return 0.0 if self.started is None else max(0.0, self.clock() - self.started)

    def reason(self, since: float, minutes: int) -> StoppedError | None:
        """Why a step that began at `since` must stop, or None."""
        if self.interrupted:
            return StoppedError(Why.interrupted, f"stopped by {self.interrupted}")
        if self.purse is not None and self.seconds >= self.purse.seconds:
            return StoppedError(Why.budget, f"the budget is reached: {self.purse.words(self.seconds)}")
        if self.clock() - since > minutes * 60:
            return StoppedError(Why.time, f"not done after {minutes} minutes")
        return None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Ctrl-C, a closed terminal and a polite kill are noted: pulumi is told to stop first, then what exists is taken down."""

        def note(number: int, _: FrameType | None) -> None:
            self.interrupted = signal.Signals(number).name
            say(f"{self.interrupted}: stopping and taking everything down; this is not cut short")

        before = {number: signal.signal(number, note) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@dataclass
class Side:
    """One side of the comparison. `beat` looks at the statuses once; `pause` is seconds between two looks."""

    name: str
    workspace: Workspace
    asker: Asker
    stack: str
    project: str
    service: str
    beat: Callable[[Sequence], None]
    pause: float
    guard: Guard
    change: Callable[[], object]
    recording: Recording = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """What pulumi said."""
        return self.workspace.folder / "pulumi.log"

    def run(self) -> None:
        """All steps but the teardown. Raises StoppedError."""
        self.guard.start()
        for step in STEPS:
            if step.change:
                self.change()
            self.step(step)

    def step(self, step: Step) -> None:
        """One step with its probes. Raises StoppedError where it was stopped, or failed and must not."""
        record = self.recording[step.name] = StepRecord()
        began = time.monotonic()
        code = self._pulumi(step, record.statuses, lambda since: self.guard.reason(since, step.minutes))
        seconds = time.monotonic() - began
        record.outcome = "ok" if code == 0 else "not as expected"
        money = f"  {self.guard.purse.words(self.guard.seconds)}" if self.guard.purse else ""
        say(f"  {self.name:<5} {step.name:<8} {record.outcome:<16} {seconds:6.0f} s{money}")
        if code and step.must:
            raise StoppedError(Why.failed, f"`pulumi {step.pulumi[0]}` ended with {code} on the {self.name}:\n{self.tail()}")
        self.probe(step.name)

    def probe(self, step: str) -> None:
        """Ask what is asked after a step."""
        if not AFTER.get(step):
            return
        if step != DESTROY.name:
            self.parameters = parameters(
                self.workspace.state(self.stack),
                self.workspace.outputs(self.stack),
                region=self.asker.region,
                project=self.project,
                stack=self.stack,
            )
        for probe in AFTER[step]:
            if step != DESTROY.name and (stop := self.guard.reason(self.guard.clock(), 1)):
                raise stop
            if self.asker.missing(probe, self.parameters):
                continue
            self.recording[step].answers[probe.name] = self.asker.ask(probe, self.parameters)

    def tear_down(self) -> bool:
        """Destroy; where that fails, refresh and destroy again. Never cut short. True when pulumi says that all is gone."""
        record = self.recording[DESTROY.name] = StepRecord()
        for attempt, steps in enumerate(((DESTROY,), (MEND, DESTROY))):
            if attempt:
                say(f"  {self.name}: destroy failed, trying again after a refresh:\n{self.tail()}")
                self.workspace.capture("cancel", "--yes", "--stack", self.stack)  # the lock of a pulumi that had to be killed
            began = time.monotonic()
            code = 1
            for step in steps:
                try:
                    code = self._pulumi(step, record.statuses, self._only_time(step))
                except StoppedError:
                    code = -1
            record.outcome = "ok" if code == 0 else "not as expected"
            say(f"  {self.name:<5} {DESTROY.name:<8} {record.outcome:<16} {time.monotonic() - began:6.0f} s")
            if code == 0:
                return True
        return False

    def tail(self, lines: int = 20) -> str:
        """The end of what pulumi said."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:]) + f"\n(all of it: {self.log})"

    def _only_time(self, step: Step) -> Callable[[float], StoppedError | None]:
        """The guard of a teardown: neither budget nor Ctrl-C stops it."""
        return lambda since: Guard(clock=self.guard.clock).reason(since, step.minutes)

    def _pulumi(self, step: Step, statuses: list[str], reason: Callable[[float], StoppedError | None]) -> int:
        """Run pulumi, looking at the statuses meanwhile; its exit code. Raises StoppedError once a pulumi that was stopped has ended."""
        command = [str(self.workspace.pulumi), *step.pulumi, "--non-interactive", "--stack", self.stack]
        sequence = Sequence(self.asker, {"region": self.asker.region, "service": self.service}, statuses)
        since = self.guard.clock()
        stop: StoppedError | None = reason(since)
        if stop is not None:
            raise stop
        with self.log.open("a") as log:
            # A session of its own: a Ctrl-C reaches pulumi through this process only, and never a destroy.
            process = subprocess.Popen(
                command, cwd=self.workspace.folder, env=self.workspace.environment, stdout=log, stderr=log, start_new_session=True
            )
            try:
                while not _ended(process, self.pause):
                    self.beat(sequence)
                    if stop is None and (stop := reason(since)) is not None:
                        say(f"  {self.name}: {stop}; waiting for pulumi to end in order")
                        _end(process, lambda: self.beat(sequence), self.pause)
            except BaseException:  # whatever it was: a destroy must not meet a pulumi that is still at work
                _end(process, lambda: None, self.pause)
                raise
        self.beat(sequence)
        if stop is not None:
            raise stop
        return process.returncode


def fake_beat(fake: FakeServer) -> Callable[[Sequence], None]:
    """A look at a fake whose clock stands still, then its time moved on to the next transition: so no status is missed."""

    def beat(sequence: Sequence) -> None:
        due = fake.ask("clock")["next_due"]
        sequence.look()
        if due is not None:
            fake.ask("clock", "POST", {"step": due})

    return beat


def write_down(path: Path, facts: Mapping[str, Any]) -> None:
    """What somebody needs who finds this run dead, written before anything exists."""
    path.write_text(json.dumps(facts, indent=2) + "\n")


def _ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(process: subprocess.Popen[bytes], beat: Callable[[], None], pause: float) -> None:
    """Ask for an orderly end, then for a quick one (the engine takes a second interrupt so, pulumi 3.259.0), then kill."""
    for number, limit in ((signal.SIGINT, GRACE_SECONDS), (signal.SIGINT, KILL_SECONDS), (signal.SIGKILL, KILL_SECONDS)):
        process.send_signal(number)
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            if _ended(process, pause):
                return
            beat()
    process.wait()
