"""The same workers on several machines: a Dask cluster, one share of a point on each of its workers, raw samples merged exactly.

Each share connects and warms up; when all are warm, all open their windows, and each returns its raw samples on the common clock of day. A
point's window is where all shares' windows overlap; its measures come from all samples of all shares, never from shares' measures.
Machines' clocks must agree to much less than a window (NTP); latencies are differences on one machine and do not depend on that.
The endpoint's key travels to the workers through the scheduler: use a cluster of your own, or TLS (`tls://`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from fourways.benchmark import loops
from fourways.benchmark.lane import Manner
from fourways.benchmark.load import Job, run_point
from fourways.benchmark.measures import Window
from fourways.benchmark.plan import Load, Plan
from fourways.benchmark.run import Display, PointSamples, collected
from fourways.benchmark.samples import Samples
from fourways.benchmark.tally import Tally
from fourways.benchmark.target import Target

_CONNECT_SECONDS = 30
#: Seconds between looks at the shares.
_EVERY = 0.1
#: What runs in this process, so that it can be stopped from outside.
_running: dict[str, tuple[asyncio.AbstractEventLoop, Tally]] = {}


class ClusterError(Exception):
    """The cluster cannot be used. The message says what is missing."""


@dataclass(frozen=True)
class Cluster:
    """An engine for `measure_endpoint`. `address` of a Dask scheduler, such as tcp://10.0.0.1:8786."""

    address: str

    def __call__(self, target: Target, plan: Plan, load: Load, manner: Manner, display: Display) -> PointSamples:
        """Raises ClusterError."""
        with _client(self.address) as client:
            workers = sorted(client.scheduler_info(n_workers=-1)["workers"])
            if not workers:
                raise ClusterError(f"the Dask cluster at {self.address} has no worker")
            parts = shares(load, len(workers))
            # How many requests have ended is known only here, so only from here can their number close the windows.
            own = replace(plan, requests=None)
            jobs = [
                Job(target=target, plan=own, load=part, manner=manner, part=str(number), held=True) for number, part in enumerate(parts)
            ]
            display.point(load, None)
            futures = [
                client.submit(take_share, job, workers=[worker], allow_other_workers=False, pure=False, retries=0)
                for job, worker in zip(jobs, workers, strict=False)
            ]
            used = workers[: len(jobs)]
            try:
                _conduct(client, futures, used, plan.requests)
            except KeyboardInterrupt:
                client.run(end_shares, "interrupt", workers=used)
            return merged(client.gather(futures))


def _conduct(client: Any, futures: list[Any], workers: list[str], requests: int | None) -> None:
    """Open the windows when all shares are warm; close them when `requests` have ended in all. Returns when all shares have ended."""
    opened = False
    while not all(future.done() for future in futures):
        time.sleep(_EVERY)
        states = client.run(shares_here, workers=workers).values()
        if not opened and all(state and all(warm for warm, _ in state) for state in states):
            client.run(open_shares, workers=workers)
            opened = True
        elif opened and requests is not None and sum(ended for state in states for _, ended in state) >= requests:
            client.run(end_shares, "requests", workers=workers)
        elif not opened and any(future.done() for future in futures):
            # One has given up or failed before all were warm: there will be no point.
            client.run(end_shares, "unreachable", workers=workers)


def shares(load: Load, count: int) -> list[Load]:
    """A point as at most `count` that make it together: concurrency in whole numbers, rate in equal parts."""
    if load.concurrency is None:
        return [Load(rate=(load.rate or 0.0) / count)] * count
    count = min(count, load.concurrency)
    return [Load(concurrency=load.concurrency // count + (number < load.concurrency % count)) for number in range(count)]


def take_share(job: Job) -> PointSamples:
    """On a worker: carry out a share, and put its samples on the clock of day."""
    ahead = clock_of_day()
    taken = collected(loops.run(_stoppable(job)))
    window = taken.window and Window(taken.window.open + ahead, taken.window.close + ahead)
    return replace(taken, samples=taken.samples.shifted(ahead), window=window)


def shares_here() -> list[tuple[bool, int]]:
    """On a worker: whether each share that runs there is warm, and how many requests that were due in its window have ended."""
    return [(tally.warm, tally.due_inside) for _, tally in list(_running.values())]


def open_shares() -> None:
    """On a worker: open the windows."""
    for loop, tally in list(_running.values()):
        loop.call_soon_threadsafe(tally.begin)


def end_shares(why: str) -> None:
    """On a worker: close what runs there, and keep what was measured."""
    for loop, tally in list(_running.values()):
        loop.call_soon_threadsafe(tally.end, why)


def merged(parts: list[PointSamples]) -> PointSamples:
    """One point of all shares: all samples, and the window in which all of them made load."""
    windows = [part.window for part in parts if part.window is not None]
    both = Window(max(each.open for each in windows), min(each.close for each in windows)) if len(windows) == len(parts) else None
    reasons = [part.closed_by for part in parts]
    closed_by = next((each for each in ("interrupt", "unreachable", "requests") if each in reasons), "time")
    return PointSamples(
        Samples.merged(part.samples for part in parts),
        both if both is not None and both.close > both.open else None,
        [client for part in parts for client in part.clients],
        closed_by,
        sum(part.abandoned for part in parts),
    )


def clock_of_day(tries: int = 9) -> int:
    """Nanoseconds that the clock of day is ahead of the monotonic one: of several tries the one that was interrupted least."""
    best = None
    for _ in range(tries):
        before, day, after = time.perf_counter_ns(), time.time_ns(), time.perf_counter_ns()
        if best is None or after - before < best[0]:
            best = (after - before, day - (before + after) // 2)
    assert best is not None
    return best[1]


async def _stoppable(job: Job) -> Any:
    def watch(tally: Tally) -> None:
        _running[job.part] = (asyncio.get_running_loop(), tally)

    try:
        return await run_point(job, watch)
    finally:
        _running.pop(job.part, None)


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError("--scheduler needs Dask: pip install 'fourways[cluster]'") from None
    connect: Callable[..., Any] = Client
    try:
        return connect(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(f"no Dask scheduler answers at {address} ({error})") from error
