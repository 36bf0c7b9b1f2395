"""A whole run: the probe, then each point, each written as soon as it is there. An interrupt keeps what was measured."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from fourways.benchmark import counting, loops
from fourways.benchmark.lane import Manner
from fourways.benchmark.load import Job, Measured, run_point
from fourways.benchmark.machine import machine, versions
from fourways.benchmark.measures import Window
from fourways.benchmark.plan import Load, Plan
from fourways.benchmark.points import point
from fourways.benchmark.probe import probe
from fourways.benchmark.results import Run, Writer, load
from fourways.benchmark.samples import Samples
from fourways.benchmark.tally import Tally
from fourways.benchmark.target import Target
from fourways.benchmark.validity import Client
from fourways.benchmark.words import COUNTED_BY, is_exact_for


class Display(Protocol):
    """What a run tells of itself while it goes on."""

    def point(self, load: Load, tally: Tally | None) -> None:
        """A point begins; no tally where it runs on other machines."""

    def measured(self, point: dict[str, Any]) -> None:
        """A point is there."""


class Silent:
    """No display."""

    def point(self, load: Load, tally: Tally | None) -> None: ...

    def measured(self, point: dict[str, Any]) -> None: ...


@dataclass(frozen=True)
class PointSamples:
    """A point's raw samples on one clock, wherever they were taken. `window` None: it was stopped before its window opened."""

    samples: Samples
    window: Window | None
    clients: list[Client]
    closed_by: str
    abandoned: int = 0


#: Carries out a point; what `local` does in this process, `cluster` does on many.
Engine = Callable[[Target, Plan, Load, Manner, Display], PointSamples]


def measure_endpoint(
    target: Target,
    plan: Plan,
    folder: Path,
    *,
    stack: str,
    price: dict[str, Any] | None = None,
    token_prices: dict[str, Any] | None = None,
    display: Display | None = None,
    engine: Engine | None = None,
) -> Run:
    """Measure all points of the plan into `folder`. `price`: {amount, currency, assumed} an hour, and `token_prices`:
    {input, output, cached, currency, assumed} per million, are kept in the header for reports.

    Raises EndpointError where the endpoint does not answer at all, ResultsError where the folder has a run.
    """
    show, carry_out = display or Silent(), engine or local
    run_id = plan.workload.run or secrets.token_hex(4)
    plan = replace(plan, workload=replace(plan.workload, run=run_id))
    probed = loops.run(probe(target, plan))
    header = {
        "run": run_id,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "target": target.name,
        "stack": stack,
        "endpoint": target.public(),
        "plan": plan.as_dict(),
        "tokenizer": {"counted_by": COUNTED_BY, "exact_for_model": is_exact_for(target.model)},
        "probe": probed.seen,
        "hourly_price": price,
        "token_prices": token_prices,
        "versions": versions(),
        "machine": machine(),
    }
    writer = Writer(folder, header)
    stopped = ""
    try:
        for each in plan.loads:
            stopped = _point(writer, show, each, plan, carry_out(target, plan, each, probed.manner, show))
            if stopped:
                break
    except KeyboardInterrupt:  # between two points, where no loop of ours listens for it
        stopped = "interrupt"
    writer.end(complete=not stopped, stopped_by=stopped or None, ended=datetime.now(UTC).isoformat(timespec="seconds"))
    return load(folder)


def _point(writer: Writer, show: Display, each: Load, plan: Plan, taken: PointSamples) -> str:
    """Write and show a point; returns why the run must stop, '' if it need not."""
    if taken.window is not None:
        written = point(each, plan, taken.samples, taken.window, taken.clients, closed_by=taken.closed_by, abandoned=taken.abandoned)
        writer.add(written, taken.samples)
        show.measured(written)
    if taken.closed_by == "unreachable":
        return "unreachable"
    return "interrupt" if taken.closed_by == "interrupt" or taken.abandoned else ""


def local(target: Target, plan: Plan, each: Load, manner: Manner, display: Display) -> PointSamples:
    """In this process, on a loop of its own; the first Ctrl-C closes the point."""
    job = Job(target=target, plan=plan, load=each, manner=manner, part="0")
    return collected(loops.run(_interruptible(job, display)))


def collected(measured: Measured) -> PointSamples:
    """Counts completed, rows turned into columns."""
    missing = any(sample.count == "chunks" and sample.text for sample in measured.samples)
    counting.fill(measured.samples, counting.tokenizer() if missing else None)
    clients = [measured.client] if measured.client is not None else []
    return PointSamples(Samples.of(measured.samples), measured.window, clients, measured.closed_by, measured.abandoned)


async def _interruptible(job: Job, display: Display) -> Measured:
    begun: list[Tally] = []

    def watch(tally: Tally) -> None:
        begun.append(tally)
        display.point(job.load, tally)

    def stop() -> None:
        for tally in begun:
            tally.end("interrupt")

    with _on_interrupt(stop):
        return await run_point(job, watch)


@contextmanager
def _on_interrupt(act: Callable[[], object]) -> Iterator[None]:
    """Ctrl-C calls `act`. Outside the main thread signals are somebody else's."""
    running = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)
    try:
        running.add_signal_handler(signal.SIGINT, act)
    except (ValueError, RuntimeError):
        yield
        return
    try:
        yield
    finally:
        running.remove_signal_handler(signal.SIGINT)
        if before is not None:
            signal.signal(signal.SIGINT, before)  # the loop leaves Python's own, which is not always what was there
