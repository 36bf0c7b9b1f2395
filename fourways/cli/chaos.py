"""`fourways fakes chaos`: cycles of up, change, refresh, destroy in parallel lanes, with faults and killed processes, judged one by one."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from fourways.chaos.plan import plan
from fourways.chaos.table import Outcome, summary
from fourways.cli import fake_server
from fourways.cli.chaos_lane import Lane
from fourways.cli.demo import console
from fourways.cli.errors import FAILED, USAGE, UserError
from fourways.cli.project import ROOT, stack_file
from stacks.settings import read_stack_file

#: Much of a cycle is waiting for the alicloud plugin's own pauses: an `up` with a NAT gateway took 25-30 s and 4-5 s of processor time.
LANES_OF_A_CORE = 3
MOST_LANES = 12  # a lane's processes take about half a gigabyte


def chaos(*, stack: str, cycles: int, first: int, seed: int, lanes: int | None, folder: Path | None) -> int:
    """Run the cycles and print what came of them. 0: every cycle was clean; 1: one was not, or not all were run. What ended a lane before
    its time is raised after the tables: UserError or CloudError, else a fault of the driver itself."""
    if read_stack_file(stack_file(stack)).serving.kind != "model-unit":
        raise UserError(f"stack {stack} is not of kind model-unit: chaos changes units, replicas and network of such a stack", USAGE)
    for ending in (signal.SIGINT, signal.SIGTERM):
        # Also where a shell has started it in the background, with Ctrl-C ignored: what it has started must not outlive it.
        signal.signal(ending, signal.default_int_handler)
    base = folder or ROOT / ".fourways" / "chaos"
    base.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=f"seed-{seed}-", dir=base))
    number = min(cycles, lanes or min(LANES_OF_A_CORE * (os.cpu_count() or 1), MOST_LANES))
    console.print(f"target: [bold]fake[/] ({number} of their own in {place}); seed {seed}, cycles {first} to {first + cycles - 1}")
    begun = time.monotonic()
    with _Display(cycles, number) as display:
        outcomes, problems = _run(stack, range(first, first + cycles), seed, number, place, display)
    console.print(summary(outcomes, stack, time.monotonic() - begun))
    if not any(place.iterdir()):
        place.rmdir()
    for other in problems[1:]:
        console.print(f"another lane: {other}", markup=False, soft_wrap=True)
    if problems:
        if isinstance(problems[0], UserError | OSError):
            raise UserError(f"a lane could not start or go on: {problems[0]}") from problems[0]
        raise problems[0]
    return 0 if len(outcomes) == cycles and all(outcome.clean for outcome in outcomes) else FAILED


def _run(stack: str, numbers: range, seed: int, lanes: int, place: Path, display: _Display) -> tuple[list[Outcome], list[Exception]]:
    """Outcomes by number, and what ended lanes before their time. Ctrl-C ends the lanes in order; the cycles that have ended are kept."""
    stop = threading.Event()
    outcomes: list[Outcome] = []
    problems: list[Exception] = []
    waiting = _Numbers(numbers)

    def work(lane_number: int) -> None:
        try:
            for outcome in _lane(lane_number, stack, seed, waiting, place, stop, display.teller(lane_number)):
                outcomes.append(outcome)
                display.ended(outcome)
        except Exception as error:  # noqa: BLE001 - raised after the tables
            stop.set()  # a lane that cannot even start will not do better the next time
            problems.append(error)

    with ThreadPoolExecutor(max_workers=lanes) as pool:
        working = [pool.submit(work, lane_number) for lane_number in range(1, lanes + 1)]
        while True:
            try:
                for lane in working:
                    lane.result()
                break
            except KeyboardInterrupt:
                console.print("interrupted: ending what runs")
                stop.set()
    return sorted(outcomes, key=lambda outcome: outcome.plan.cycle), problems


def _lane(
    number: int, stack: str, seed: int, waiting: _Numbers, place: Path, stop: threading.Event, tell: Callable[[str], None]
) -> Iterator[Outcome]:
    """The outcomes of one lane. A cycle that failed leaves its folder behind as it is, and the next one starts afresh."""
    lane: Lane | None = None
    try:
        while not stop.is_set() and (cycle := waiting.take()) is not None:
            lane = lane or _start(number, stack, place, stop, tell)
            outcome = lane.cycle(plan(seed, cycle))
            if outcome.failures:
                lane.close(keep=True)
                lane = None
            yield outcome
    finally:
        if lane is not None:
            lane.close(keep=False)


def _start(number: int, stack: str, place: Path, stop: threading.Event, tell: Callable[[str], None]) -> Lane:
    folder = Path(tempfile.mkdtemp(prefix=f"lane-{number}-", dir=place))
    try:
        return Lane(number, stack, folder, stop, tell)
    except BaseException:
        fake_server.stop(folder / "fake")  # a lane that could not start must not leave its fake running
        raise


class _Numbers:
    """Hands out each number once, to whichever lane is free."""

    def __init__(self, numbers: range) -> None:
        self._left = iter(numbers)
        self._lock = threading.Lock()

    def take(self) -> int | None:
        with self._lock:
            return next(self._left, None)


class _Display:
    """A bar and a line a lane on a terminal; where output is piped, a line a cycle."""

    def __init__(self, cycles: int, lanes: int) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._all = self._progress.add_task("cycles", total=cycles)
        self._lanes = [self._progress.add_task(f"lane {number}", total=None, visible=console.is_terminal) for number in range(1, lanes + 1)]
        self._failed = 0

    def __enter__(self) -> _Display:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def teller(self, lane: int) -> Callable[[str], None]:
        """What a lane calls to say what it does."""
        return lambda text: self._progress.update(self._lanes[lane - 1], description=f"lane {lane}  {text}")

    def ended(self, outcome: Outcome) -> None:
        self._progress.advance(self._all)
        if not console.is_terminal or not outcome.clean:
            self._progress.console.print(outcome.line(), markup=False, soft_wrap=True)
            for failure in outcome.failures:
                self._progress.console.print(f"  {failure}", markup=False, soft_wrap=True)
