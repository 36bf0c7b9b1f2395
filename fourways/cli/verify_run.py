"""Runs the steps of `fourways verify` on one side, the cloud or the fake, and takes everything down again however they ended."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fourways.cli.fake_server import FakeServer
from fourways.cli.guarded import Guard, StoppedError, Why, run_pulumi, say, tail
from fourways.cli.teardown import destroyed
from fourways.cli.workspace import Workspace
from fourways.verify.asking import Asker
from fourways.verify.money import Purse
from fourways.verify.probes import AFTER, parameters
from fourways.verify.report import Recording, StepRecord
from fourways.verify.statuses import Sequence
from fourways.verify.steps import DESTROY, STEPS, Step


@dataclass
class PurseGuard(Guard):
    """Stops at the purse's end too. The purse runs from the first step on."""

    purse: Purse | None = None
    started: float | None = None

    def start(self) -> None:
        self.started = self.clock()

    @property
    def seconds(self) -> float:
        return 0.0 if self.started is None else max(0.0, self.clock() - self.started)

    def limit(self) -> StoppedError | None:
        if self.purse is not None and self.seconds >= self.purse.seconds:
            return StoppedError(Why.budget, f"the budget is reached: {self.purse.words(self.seconds)}")
        return None


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
    guard: PurseGuard
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
        began = time.monotonic()

        def told(attempt: int, well: bool) -> None:
            record.outcome = "ok" if well else "not as expected"
            say(f"  {self.name:<5} {DESTROY.name:<8} {record.outcome:<16} {time.monotonic() - began:6.0f} s")
            if not well and not attempt:
                say(f"  {self.name}: destroy failed, trying again after a refresh:\n{self.tail()}")

        return destroyed(self.workspace, self.stack, lambda step: self._pulumi(step, record.statuses, self._only_time(step)), told)

    def tail(self) -> str:
        """The end of what pulumi said."""
        return tail(self.log)

    def _only_time(self, step: Step) -> Callable[[float], StoppedError | None]:
        """The guard of a teardown: neither budget nor Ctrl-C stops it."""
        return lambda since: Guard(clock=self.guard.clock).reason(since, step.minutes)

    def _pulumi(self, step: Step, statuses: list[str], reason: Callable[[float], StoppedError | None]) -> int:
        """Run pulumi, looking at the statuses meanwhile; its exit code. Raises StoppedError once a pulumi that was stopped has ended."""
        sequence = Sequence(self.asker, {"region": self.asker.region, "service": self.service}, statuses)
        since = self.guard.clock()
        return run_pulumi(
            self.workspace,
            step.pulumi,
            stack=self.stack,
            log=self.log,
            reason=lambda: reason(since),
            pause=self.pause,
            beat=lambda: self.beat(sequence),
            tell=lambda text: say(f"  {self.name}: {text}"),
        )


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
