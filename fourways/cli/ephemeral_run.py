"""Brings each copy up, measures it and takes it down, one after another; whatever happens, what was made is destroyed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.status import Status

from fourways.benchmark.cluster import ClusterError
from fourways.benchmark.plan import Load, Plan
from fourways.benchmark.probe import EndpointError
from fourways.benchmark.results import ResultsError, Run
from fourways.benchmark.run import Display, Engine, measure_endpoint
from fourways.benchmark.tally import Tally
from fourways.benchmark.target import Target, TargetError
from fourways.cli.bench import in_header, prices_of
from fourways.cli.bench_display import BenchDisplay
from fourways.cli.bench_spending import Spending
from fourways.cli.demo import console
from fourways.cli.ephemeral_plan import Priced
from fourways.cli.ephemeral_runs import destroy, keys_of, log_of, note, poll_seconds
from fourways.cli.errors import UserError
from fourways.cli.guarded import Guard, StoppedError, Why, run_pulumi, say, tail
from fourways.cli.teardown import nothing_left
from fourways.cli.workspace import Workspace
from fourways.costs.documents import CostError
from fourways.ephemeral.budget import Lane, Meter
from fourways.ephemeral.journal import Entry, Journal, Step
from fourways.ephemeral.planned import TEARDOWN_MINUTES
from fourways.verify.steps import STEPS

UP = STEPS[0]
LOOK_SECONDS = 0.5
"""Between two looks at the budget while a point is measured."""


@dataclass
class RunGuard(Guard):
    """Stops at the budget and before the time to live ends. `raises`: a signal also breaks off what the process itself does."""

    meter: Meter | None = None
    expires: float = float("inf")
    raises: bool = False

    def limit(self) -> StoppedError | None:
        now = self.clock()
        if self.meter is not None and (words := self.meter.reached(now)):
            return StoppedError(Why.budget, f"the budget is reached ({TEARDOWN_MINUTES} minutes are kept for the teardown): {words}")
        if self.left(now) <= 0:
            return StoppedError(Why.expiry, f"the time to live ends in less than {TEARDOWN_MINUTES} minutes")
        return None

    def left(self, now: float) -> float:
        """Seconds until the teardown must begin."""
        return self.expires - TEARDOWN_MINUTES * 60 - now

    @contextmanager
    def breaking_off(self) -> Iterator[None]:
        """A signal ends what runs in this process by KeyboardInterrupt, until the first point of a measurement, which ends in order."""
        self.raises = True
        try:
            yield
        finally:
            self.raises = False

    def _note(self, number: int, frame: Any) -> None:
        super()._note(number, frame)
        if self.raises:
            raise KeyboardInterrupt


@dataclass
class Outcome:
    """What came of one copy. `error` is empty where all of it was measured; `clean` says that nothing of it is left."""

    source: str
    stack: str
    error: str = ""
    run: Run | None = None
    clean: bool = True

    @property
    def limited_by_client(self) -> bool:
        return self.run is not None and any(not point["valid"] for point in self.run.points)


@dataclass
class EphemeralRun:
    """One run over all copies. `let_in` is told a copy's networks before it is asked (on the fake)."""

    workspace: Workspace
    journal: Journal
    priced: Sequence[Priced]
    plan: Plan
    guard: RunGuard
    meter: Meter
    ca: str | None = None
    engine: Engine | None = None
    let_in: Callable[[Priced], object] = lambda _: None
    outcomes: list[Outcome] = field(default_factory=list)
    stopped: StoppedError | None = None

    def run(self) -> list[Outcome]:
        """All copies. One that fails does not hide the others; what stops the run is in `stopped`, and the rest is told as not measured."""
        for number, one in enumerate(self.priced, 1):
            outcome = Outcome(source=one.copy.source, stack=one.copy.stack)
            self.outcomes.append(outcome)
            if self.stopped is None:
                self.stopped = self.guard.stop()
            if self.stopped is not None:
                outcome.error = f"not begun: {self.stopped}"
                continue
            self._one(one, outcome, f"[{number}/{len(self.priced)}] {one.copy.source}")
        return self.outcomes

    def _one(self, one: Priced, outcome: Outcome, title: str) -> None:
        stack = one.copy.stack
        lane = self.meter.lanes[stack]
        lane.began = self.guard.clock()
        outcome.clean = False
        try:
            self._bring_up(one, title)
            outcome.run = self._measure(one, title)
            if outcome.run.header["stopped_by"] == "unreachable":
                outcome.error = "the endpoint could no longer be reached; what was measured until then is kept"
            elif outcome.run.header["stopped_by"]:
                raise self.guard.stop() or StoppedError(Why.interrupted, "stopped by SIGINT")
        except StoppedError as stop:
            outcome.error = str(stop)
            if stop.why is not Why.failed and stop.why is not Why.time:
                self.stopped = stop
            say(f"{title}: {stop}")
        except KeyboardInterrupt:
            self.stopped = self.guard.stop() or StoppedError(Why.interrupted, "interrupted")
            outcome.error = str(self.stopped)
        except (UserError, TargetError, EndpointError, ResultsError, ClusterError, CostError) as error:
            outcome.error = str(error)
            say(f"{title}: {error}")
        finally:  # an error of our own must not leave machines running either
            outcome.clean = self._take_down(one, title)
            if outcome.clean:
                lane.ended = self.guard.clock()
            elif self.stopped is None:
                self.stopped = StoppedError(Why.failed, f"{stack} could not be taken down")

    def _bring_up(self, one: Priced, title: str) -> None:
        stack = one.copy.stack
        self._at(stack, "up")
        since = self.guard.clock()
        with self._showing(title, "up") as beat:
            code = run_pulumi(
                self.workspace,
                UP.pulumi,
                stack=stack,
                log=log_of(self.journal),
                reason=lambda: self.guard.reason(since, UP.minutes),
                pause=poll_seconds(),
                beat=beat,
            )
        if code:
            raise StoppedError(Why.failed, f"`pulumi up` ended with {code}:\n{tail(log_of(self.journal))}")

    def _measure(self, one: Priced, title: str) -> Run:
        copy = one.copy
        self._at(copy.stack, "measuring")
        self.let_in(one)
        lane = self.meter.lanes[copy.stack]
        with self.guard.breaking_off():
            target = Target.from_outputs(self.workspace.outputs(copy.stack), ca=self.ca, fake=self.workspace.fake is not None)
            prices = prices_of(self.workspace, copy.stack, target)
            say(f"{title}: measuring {target.model} at {target.base_url} ({target.kind}, {target.capacity})")
            spending = LaneSpending(lane, self.meter, self.guard)
            display = Watched(BenchDisplay(console, self.plan, spending), self.guard, spending)
            folder = results_folder(self.journal, copy.source)
            return measure_endpoint(target, self.plan, folder, stack=copy.source, display=display, engine=self.engine, **in_header(prices))

    def _take_down(self, one: Priced, title: str) -> bool:
        """Whether nothing of the copy is left."""
        copy = one.copy
        self._at(copy.stack, "destroying")
        with self._showing(title, "destroy"):
            gone = destroy(self.workspace, self.journal, Entry(source=copy.source, stack=copy.stack, region=copy.settings.region))
        keys = [] if gone else keys_of(self.workspace, [copy.stack])
        where, what, run = [copy.settings.region], f"the tags of {copy.stack}", self.journal.run
        clean = nothing_left([copy.stack], where, self.journal.project, what=what, run=run, keys=keys) and gone
        self._at(copy.stack, "gone" if clean else "left")
        return clean

    def _at(self, stack: str, step: Step) -> None:
        self.journal = note(self.journal, stack, step)

    @contextmanager
    def _showing(self, title: str, what: str) -> Iterator[Callable[[], None]]:
        """A line before and after, and on a terminal one that is renewed meanwhile."""
        began = time.monotonic()

        def words() -> str:
            return f"{title}: {what}, {time.monotonic() - began:.0f} s | {self.where()}"

        say(f"{title}: {what} | {self.where()}")
        with renewed(words) as renew:
            yield renew
        say(f"{title}: {what} took {time.monotonic() - began:.0f} s")

    def where(self) -> str:
        """Time left, and cost so far."""
        return standing(self.meter, self.guard)


class LaneSpending(Spending):
    """A copy's tokens, kept where the meter counts them; its words are those of the whole run."""

    def __init__(self, lane: Lane, meter: Meter, guard: RunGuard) -> None:
        super().__init__(lane.prices, lambda: 0.0, fake=False)
        self._lane, self._meter, self._guard = lane, meter, guard

    def renew(self) -> None:
        """What was used until now is in the meter."""
        self._lane.used = self.used

    def words(self) -> str:
        self.renew()
        return standing(self._meter, self._guard)


class Watched:
    """A display that also looks whether the run must stop, and then closes the point in order. A point on other machines has no tally here
    by which it could be closed: whether there is time and money for it is asked before it begins."""

    def __init__(self, shown: Display, guard: RunGuard, spending: LaneSpending) -> None:
        self._shown, self._guard, self._spending = shown, guard, spending

    def point(self, load: Load, tally: Tally | None) -> None:
        self._guard.raises = False  # from here on a point ends in order
        if tally is None and self._guard.stop() is not None:
            raise KeyboardInterrupt  # which `measure_endpoint` keeps what was measured at
        self._shown.point(load, tally)
        if tally is not None:
            self._look(tally)

    def measured(self, point: dict[str, Any]) -> None:
        self._shown.measured(point)
        self._spending.renew()

    def _look(self, tally: Tally) -> None:
        self._spending.renew()
        if (stop := self._guard.stop()) is not None:
            if not tally.interrupted.is_set():
                say(f"{stop}; closing the point")
            tally.end("interrupt")
            return
        asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look, tally)


@contextmanager
def renewed(words: Callable[[], str]) -> Iterator[Callable[[], None]]:
    """A line on the terminal, renewed by each call. Where the terminal is gone nothing is shown: a destroy must not end because of it."""
    if not console.is_terminal:
        yield lambda: None
        return
    status = Status(words(), console=console)

    def renew() -> None:
        with suppress(OSError):
            status.update(words())

    with suppress(OSError):
        status.start()
    try:
        yield renew
    finally:
        with suppress(OSError):
            status.stop()


def results_folder(journal: Journal, source: str) -> Path:
    """Where a copy's results are."""
    return Path(journal.folder) / "results" / source


def standing(meter: Meter, guard: RunGuard) -> str:
    """`2 h 10 min left, at most 12.40 of 200 USD`."""
    now = guard.clock()
    minutes = max(0, round(guard.left(now) / 60))
    left = f"{minutes // 60} h {minutes % 60} min left" if minutes >= 60 else f"{minutes} min left"
    return f"{left}, {meter.words(now)}"


def lanes(priced: Sequence[Priced]) -> dict[str, Lane]:
    """One a copy, by its stack."""
    return {one.copy.stack: Lane(prices=one.prices) for one in priced}
