"""Points: closed and open loop, their windows, what ends them."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from fourways.benchmark.lane import Manner
from fourways.benchmark.load import Job, Measured, run_point
from fourways.benchmark.plan import Load, Plan
from fourways.benchmark.tally import Tally
from fourways.benchmark.target import Target
from fourways.benchmark.workload import Length, Workload
from tests.benchmark.endpoint import Reply, endpoint, full

WORKLOAD = Workload(input=Length(10, 20), output=Length(2, 6), seed=1, run="r")


def _job(target: Target, load: Load, **plan: Any) -> Job:
    wanted = Plan(**{"loads": (load,), "workload": WORKLOAD, "seconds": 600.0, "requests": 12, "stagger": 0.0, "timeout": 60.0, **plan})
    return Job(target=target, plan=wanted, load=load, manner=Manner(timeout=60), part="0")


def _run(job: Job) -> tuple[Measured, Tally]:
    seen: list[Tally] = []
    return asyncio.run(run_point(job, seen.append)), seen[0]


@pytest.mark.parametrize("load", [Load(concurrency=1), Load(concurrency=5), Load(rate=400.0)])
def test_a_point_runs_until_its_requests_have_ended(load: Load) -> None:
    with endpoint(lambda _, body: full(body)) as server:
        measured, tally = _run(_job(server.target, load))
    assert measured.window is not None
    assert measured.closed_by == "requests"
    assert measured.abandoned == 0
    inside = [sample for sample in measured.samples if measured.window.open <= sample.scheduled < measured.window.close]
    assert len(inside) >= 12
    assert all(sample.error == "" for sample in measured.samples)
    assert len(measured.samples) == len(server.asked) == tally.done
    assert {sample.index for sample in measured.samples} == set(range(len(measured.samples)))
    assert measured.client is not None


def test_the_window_opens_after_a_warm_up_of_twice_the_concurrency() -> None:
    with endpoint(lambda _, body: full(body)) as server:
        measured, _ = _run(_job(server.target, Load(concurrency=4)))
    assert measured.window is not None
    # Up to three more may have been read, and not yet looked at, when the eighth opened it.
    assert 8 <= sum(sample.ended < measured.window.open for sample in measured.samples) < 8 + 4


def test_each_worker_has_a_connection_of_its_own_before_it_asks() -> None:
    with endpoint(lambda _, body: full(body)) as server:
        measured, _ = _run(_job(server.target, Load(concurrency=7)))
    assert len(server.connections) == 7
    assert not any(sample.connected for sample in measured.samples)


def test_time_closes_a_window_and_what_is_under_way_is_waited_for() -> None:
    with endpoint(lambda _, body: full(body)) as server:
        measured, tally = _run(_job(server.target, Load(concurrency=3), requests=None, seconds=0.2))
    assert measured.window is not None
    assert measured.closed_by == "time"
    assert tally.under_way == measured.abandoned == 0
    assert all(sample.ended for sample in measured.samples)


def test_no_worker_waits_for_another() -> None:
    """The first answer does not come until ten later ones have been asked for: a run with a barrier would wait for ever."""
    enough = threading.Event()

    def script(number: int, body: dict[str, Any]) -> Reply:
        if number >= 10:
            enough.set()
        return full(body)

    async def first(number: int) -> None:
        if number == 0:
            await asyncio.get_running_loop().run_in_executor(None, enough.wait)

    with endpoint(script, before=first) as server:
        measured, _ = _run(_job(server.target, Load(concurrency=2)))
    assert [sample.index for sample in measured.samples].index(0) >= 9


def test_an_interrupt_keeps_what_was_measured() -> None:
    seen: list[Tally] = []

    def script(number: int, body: dict[str, Any]) -> Reply:
        if number == 30:
            loop.call_soon_threadsafe(seen[0].end, "interrupt")
        return full(body)

    async def run() -> Measured:
        nonlocal loop
        loop = asyncio.get_running_loop()
        return await run_point(_job(server.target, Load(concurrency=3), requests=None), seen.append)

    loop: asyncio.AbstractEventLoop
    with endpoint(script) as server:
        measured = asyncio.run(run())
    assert measured.closed_by == "interrupt"
    assert measured.window is not None
    assert len(measured.samples) >= 27
    assert all(sample.ended for sample in measured.samples)


@pytest.mark.parametrize("load", [Load(concurrency=2), Load(rate=5000.0)])
def test_an_endpoint_that_is_gone_ends_the_point(load: Load) -> None:
    with endpoint(lambda _, body: full(body)) as server:
        gone = server.target
    measured, _ = _run(_job(gone, load, requests=None))
    assert measured.closed_by == "unreachable"


def test_failed_requests_are_samples_too() -> None:
    with endpoint(lambda number, body: full(body) if number % 3 else Reply([b"{}"], status=429)) as server:
        measured, tally = _run(_job(server.target, Load(concurrency=2)))
    failed = [sample for sample in measured.samples if sample.error == "429"]
    assert len(failed) == sum(number % 3 == 0 for number in range(len(server.asked)))
    assert tally.errors["429"] > 0


@pytest.mark.parametrize("load", [Load(concurrency=2), Load(rate=300.0)])
def test_a_fault_of_ours_is_raised_and_not_measured(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr("fourways.benchmark.lane.encode", broken)
    with endpoint(lambda _, body: full(body)) as server, pytest.raises(RuntimeError, match="a fault"):
        _run(_job(server.target, load))
