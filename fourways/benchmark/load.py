"""One point: a closed loop (N workers over one iterator, no barrier) or an open loop (requests go out when they are due)."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter_ns

from fourways.benchmark.arrivals import poisson
from fourways.benchmark.lane import Lane, Manner
from fourways.benchmark.measures import Window
from fourways.benchmark.plan import WARM_UP, Load, Plan
from fourways.benchmark.samples import Sample
from fourways.benchmark.tally import Tally
from fourways.benchmark.target import Target
from fourways.benchmark.validity import Client
from fourways.benchmark.workload import Ask

#: Connections opened at a time: a burst of TLS handshakes is refused by some gateways and holds up this side.
_OPENING = 8
#: Open connections that an open loop keeps in hand, and the fewest that it begins with.
_SPARE = 8


@dataclass(frozen=True)
class Measured:
    """All requests of a point, warm-up included; the window says which count. None: it never opened."""

    samples: list[Sample]
    window: Window | None
    client: Client | None
    closed_by: str
    abandoned: int


@dataclass(frozen=True, kw_only=True)
class Job:
    """One share of one point: `part` makes its prompts unlike those of any other share; `held` as in `Tally`."""

    target: Target
    plan: Plan
    load: Load
    manner: Manner
    part: str
    held: bool = False


async def run_point(job: Job, watch: Callable[[Tally], None] | None = None) -> Measured:
    """Carry out a point. `watch` gets the tally at the start; `tally.end("interrupt")` stops it, and keeps what was measured."""
    loop = _OpenLoop(job) if job.load.open_loop else _ClosedLoop(job)
    if watch is not None:
        watch(loop.tally)
    # Nothing made so far is looked at by the collector again: its pauses would be in the stamps.
    gc.collect()
    gc.freeze()
    try:
        return await loop.run()
    finally:
        gc.unfreeze()


class _Loop:
    def __init__(self, job: Job, warm_up: int | None) -> None:
        self.job = job
        self.tally = Tally(warm_up, job.plan.seconds, job.plan.requests, held=job.held)
        self.samples: list[Sample] = []
        self.asks: Iterator[Ask] = job.plan.workload.asks(f"{job.load.name}/{job.part}")
        self._tls = job.target.tls()
        self._chance = random.Random(f"{job.plan.workload.seed}/{job.part}/retries")
        self._lanes: list[Lane] = []
        #: Tasks that ended by a fault of ours.
        self.faulty: list[asyncio.Task[None]] = []

    async def run(self) -> Measured:
        try:
            abandoned = await self.drive()
        finally:
            await asyncio.gather(*(lane.close() for lane in self._lanes))
        return Measured(self.samples, self.tally.window, self.tally.client, self.tally.closed_by, abandoned)

    async def drive(self) -> int:
        """Make the load until the tally closes; returns how many requests were given up."""
        raise NotImplementedError

    async def lanes(self, count: int) -> list[Lane]:
        """New connections, opened a few at a time."""
        made = [Lane(self.job.target, self._tls, self.job.manner, self._chance) for _ in range(count)]
        self._lanes += made
        for begin in range(0, count, _OPENING):
            await asyncio.gather(*(lane.open() for lane in made[begin : begin + _OPENING]))
        return made

    async def one(self, lane: Lane, scheduled: int) -> None:
        ask = next(self.asks)
        sample = Sample(ask.index, scheduled=scheduled)
        self.tally.began()
        await lane.ask(ask, sample)
        self.samples.append(sample)
        self.tally.ended(sample)

    async def finish(self, tasks: set[asyncio.Task[None]]) -> int:
        """Wait for what is under way when the window closes, since its latencies count; after an interrupt give it up."""
        tasks = set(tasks)
        if tasks and self.tally.closed_by != "interrupt":
            stop = asyncio.ensure_future(self.tally.interrupted.wait())
            both = asyncio.ensure_future(asyncio.wait(tasks))
            await asyncio.wait({stop, both}, return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
            both.cancel()
        left = self.tally.under_way
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, *self.faulty, return_exceptions=True):
            if isinstance(result, Exception):
                raise result
        return left


class _ClosedLoop(_Loop):
    def __init__(self, job: Job) -> None:
        self.concurrency = job.load.concurrency or 1
        super().__init__(job, WARM_UP * self.concurrency)

    async def drive(self) -> int:
        lanes = await self.lanes(self.concurrency)
        step = self.job.plan.stagger / self.concurrency
        tasks = {asyncio.create_task(self._work(lane, step * number)) for number, lane in enumerate(lanes)}
        closing = asyncio.create_task(self.tally.closing.wait())
        await asyncio.wait({closing, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        closing.cancel()
        if not self.tally.closing.is_set():  # a worker ends before that only by a fault of ours, which `finish` raises
            self.tally.end("interrupt")
        return await self.finish(tasks)

    async def _work(self, lane: Lane, delay: float) -> None:
        await asyncio.sleep(delay)
        while not self.tally.closing.is_set():
            await self.one(lane, perf_counter_ns())


class _OpenLoop(_Loop):
    """How many requests are under way at a time is the endpoint's doing: the warm-up is twice what it was when the first ended."""

    def __init__(self, job: Job) -> None:
        super().__init__(job, None)
        self._free: list[Lane] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._filling: asyncio.Task[None] | None = None

    async def drive(self) -> int:
        self._free = await self.lanes(_SPARE)
        rate = self.job.load.rate or 1.0
        start = perf_counter_ns()
        for offset in poisson(rate, f"{self.job.plan.workload.seed}/{self.job.load.name}/{self.job.part}/arrivals"):
            due = start + int(offset * 1e9)
            if await self._closes_before(due):
                break
            self._send(due)
        if self._filling is not None:
            await self._filling
        return await self.finish(self._tasks)

    async def _closes_before(self, due: int) -> bool:
        wait = (due - perf_counter_ns()) / 1e9
        if wait > 0:
            closing = self.tally.closing
            sleeping = asyncio.create_task(closing.wait())
            await asyncio.wait({sleeping}, timeout=wait)
            sleeping.cancel()
        else:
            # Behind schedule: answers must still be read.
            await asyncio.sleep(0)
        return self.tally.closing.is_set()

    def _send(self, due: int) -> None:
        if self._free:
            lane = self._free.pop()
        else:
            lane = Lane(self.job.target, self._tls, self.job.manner, self._chance)
            self._lanes.append(lane)
        task = asyncio.create_task(self._serve(lane, due))
        self._tasks.add(task)
        task.add_done_callback(self._served)
        if len(self._free) < _SPARE and (self._filling is None or self._filling.done()):
            self._filling = asyncio.create_task(self._fill())

    async def _serve(self, lane: Lane, due: int) -> None:
        await self.one(lane, due)
        if self.tally.warm_up is None:
            self.tally.warm_up = max(1, WARM_UP * (self.tally.under_way + 1))
        self._free.append(lane)

    def _served(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.faulty.append(task)
            self.tally.end("interrupt")

    async def _fill(self) -> None:
        self._free += await self.lanes(_SPARE)
