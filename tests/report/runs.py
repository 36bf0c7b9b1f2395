"""Runs made up for tests of reports: the runner's own samples, points and writer, and no endpoint."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fourways.benchmark.measures import Window
from fourways.benchmark.plan import Load, Plan
from fourways.benchmark.points import point
from fourways.benchmark.results import Writer
from fourways.benchmark.samples import Sample, Samples
from fourways.benchmark.validity import Client
from fourways.benchmark.workload import Length, Workload
from tests.benchmark.samples import MS, sample

SECONDS = 10.0
SLO = {"ttft_ms": 200.0, "tpot_ms": 20.0}
LOADS = (Load(concurrency=1), Load(concurrency=4), Load(concurrency=8))
WELL = Client(cpu_share=0.1, lag_p99_ms=0.5, lag_max_ms=1.0)
BUSY = Client(cpu_share=0.99, lag_p99_ms=0.5, lag_max_ms=1.0)
#: Tokens of a prompt and of an answer.
PROMPT, ANSWER = 40, 10
#: Milliseconds for which what slows all requests alike stays as it is.
SPELL = 60
Change = Callable[[Sample], None]


def asked(
    load: Load, *, seed: int = 0, ttft: float = 100.0, tpot: float = 10.0, drift: float = 0.0, change: Change | None = None
) -> Samples:
    """A point's requests. Closed loop: as many workers as the load says; open loop: evenly due. Latencies grow with the load. `drift`:
    by how much they move up and down for all requests under way alike, so that neighbours in time are like each other."""
    chance = random.Random(f"{seed} {load.name}")
    common = [0.0]
    for _ in range(int(SECONDS * 1000 / SPELL) + 200):
        common.append(0.8 * common[-1] + chance.gauss(0, 0.6))
    slower = 1 + 0.05 * (load.concurrency or 4)
    rows: list[Sample] = []
    if load.open_loop:
        starts = [[1000 * number / (load.rate or 1)] for number in range(int(SECONDS * (load.rate or 1)))]
    else:
        starts = [[float(worker)] for worker in range(load.concurrency or 1)]
    for (start,) in starts:
        at = start + 1
        while at < SECONDS * 1000:
            pace = slower * max(0.2, 1 + drift * common[int(at / SPELL)]) * chance.uniform(0.9, 1.1)
            gaps = (tpot * pace,) * (ANSWER - 1)
            made = sample(len(rows), at, ttft=ttft * pace, gaps=gaps, prompt_tokens=PROMPT, wanted_input=PROMPT, wanted_output=ANSWER)
            if change is not None:
                change(made)
            rows.append(made)
            if load.open_loop:
                break
            at = made.ended / MS
    return Samples.of(sorted(rows, key=lambda each: each.ended))


def write(
    folder: Path,
    *,
    stack: str = "mu-singapore",
    kind: str = "model-unit",
    target: str = "cloud",
    loads: Sequence[Load] = LOADS,
    slo: dict[str, float] | None = None,
    hourly: dict[str, Any] | None = None,
    tokens: dict[str, Any] | None = None,
    clients: dict[str, Client] | None = None,
    closed_by: dict[str, str] | None = None,
    stopped_by: str | None = None,
    measured: int | None = None,
    workload: Workload | None = None,
    seed: int = 0,
    **more: Any,
) -> Path:
    """A folder as `fourways bench` writes it. `clients` and `closed_by` by point, where not as they should be; `measured`: only so many
    points were."""
    asked_for = workload or Workload(input=Length(PROMPT, PROMPT), output=Length(ANSWER, ANSWER), seed=seed, run=f"{stack}{seed}")
    plan = Plan(loads=tuple(loads), workload=asked_for, seconds=SECONDS, slo=SLO if slo is None else slo)
    header = {
        "run": f"{stack}-{seed}",
        "started": "2026-11-30T12:00:00+00:00",
        "target": target,
        "stack": stack,
        "endpoint": {
            "base_url": "http://127.0.0.1/v1",
            "model": "m",
            "kind": kind,
            "region": "ap-southeast-1",
            "capacity": "4 x MU1",
            "expires_at": None,
        },
        "plan": plan.as_dict(),
        "tokenizer": {"counted_by": "qwen.tiktoken", "exact_for_model": False},
        "probe": {},
        "hourly_price": hourly,
        "token_prices": tokens,
        "versions": {"python": "3.11"},
        "machine": {"system": "Linux", "processor": "a processor", "cores": 2},
    }
    writer = Writer(folder, header)
    for load in loads[:measured]:
        samples = asked(load, seed=seed, **more)
        client = (clients or {}).get(load.name, WELL)
        ended = (closed_by or {}).get(load.name, "time")
        writer.add(point(load, plan, samples, Window(0, round(SECONDS * 1000) * MS), [client], closed_by=ended), samples)
    if stopped_by != "killed":
        writer.end(complete=stopped_by is None, stopped_by=stopped_by, ended="2026-11-30T12:10:00+00:00")
    return folder


CNY = {"amount": "216", "currency": "CNY", "assumed": False}
BY_TOKEN = {"input": "2", "output": "8", "cached": None, "currency": "CNY", "assumed": False}


def capacity(folder: Path, **more: Any) -> Path:
    """Paid by the hour."""
    return write(folder, **{"hourly": CNY, **more})


def token(folder: Path, **more: Any) -> Path:
    """Paid by the token."""
    return write(folder, **{"stack": "token-singapore", "kind": "token", "tokens": BY_TOKEN, **more})


def fails(every: int, error: str = "429", status: int = 429) -> Change:
    """Every so manieth request is refused."""

    def change(made: Sample) -> None:
        if made.index % every == 0:
            made.error = made.first_error = error
            made.status, made.output_tokens, made.chunks = status, 0, made.chunks[:0]

    return change


def overflows(every: int) -> Change:
    """Every so manieth request is served beyond the reservation."""

    def change(made: Sample) -> None:
        made.overflow = made.index % every == 0

    return change


def retries(every: int) -> Change:
    """Every so manieth request needs a second attempt."""

    def change(made: Sample) -> None:
        if made.index % every == 0:
            made.attempts, made.first_error = 2, "429"

    return change
