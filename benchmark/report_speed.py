"""How long a report on 100,000 requests takes, relative to merely loading their raw samples.

Usage: .venv/bin/python benchmark/report_speed.py [--requests 100000] [--chunks 64]
Two runs of six points are made up in a temporary folder, half of the requests each, and written by the runner's own writer. The report does
all that one can: goodput by another SLO than was measured by (from raw samples), costs, the comparison of both runs, HTML, Markdown, JSON.
Prints seconds and the ratio; to hold: < 10 s for 100,000 requests.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from fourways.benchmark import results
from fourways.benchmark.measures import Window
from fourways.benchmark.plan import CONCURRENCIES, Load, Plan
from fourways.benchmark.points import point
from fourways.benchmark.samples import Samples
from fourways.benchmark.validity import Client
from fourways.report import Asked, write

SECONDS = 300
MOST_SECONDS = 10.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--chunks", type=int, default=64)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fourways-report-") as name:
        folder = Path(name)
        runs = [make(folder / str(number), number, options.requests // 2, options.chunks) for number in (1, 2)]
        loading = seconds(lambda: load_all(runs))
        whole = seconds(
            lambda: write(
                Asked(folders=runs, slo={"ttft_ms": 110.0}, share=0.5, compare=("1", "2")), folder / "report.html",
                markdown_to=folder / "r.md", json_to=folder / "r.json",
            )
        )  # fmt: skip
        size = (folder / "report.html").stat().st_size
    print(f"{options.requests:,} requests of {options.chunks} chunks, in 12 points of two runs")
    print(f"loading raw samples     {loading:6.2f} s")
    print(f"the report              {whole:6.2f} s ({size / 1e6:.1f} MB of HTML); to hold: < {MOST_SECONDS:g} s for 100,000")
    print(f"ratio                   {whole / loading:6.2f}")
    return 0 if whole < MOST_SECONDS else 1


def make(folder: Path, number: int, requests: int, chunks: int) -> Path:
    """A run with `requests` requests over its points, each point's share as large as its concurrency, but none below 100."""
    plan = Plan(loads=tuple(Load(concurrency=each) for each in CONCURRENCIES), slo={"ttft_ms": 200.0})
    header = {
        "run": f"run-{number}", "started": "2026-11-30T00:00:00+00:00", "target": "cloud", "stack": f"stack-{number}",
        "endpoint": {"base_url": "", "model": "m", "kind": "model-unit", "region": "none", "capacity": "made up", "expires_at": None},
        "plan": plan.as_dict(), "tokenizer": {"counted_by": "nobody", "exact_for_model": False},
        "hourly_price": {"amount": "216", "currency": "CNY", "assumed": False}, "versions": {},
        "machine": {"system": "none", "processor": "none", "cores": 0},
    }  # fmt: skip
    writer = results.Writer(folder, header)
    client = Client(cpu_share=0.1, lag_p99_ms=0.1, lag_max_ms=0.1)
    for load in plan.loads:
        count = max(100, round(requests * (load.concurrency or 1) / sum(CONCURRENCIES)))
        samples = made_up(count, chunks, np.random.default_rng([number, load.concurrency or 0]))
        writer.add(point(load, plan, samples, Window(0, SECONDS * 10**9), [client], closed_by="time"), samples)
    writer.end(complete=True, stopped_by=None)
    return folder


def made_up(count: int, chunks: int, chance: np.random.Generator) -> Samples:
    """Requests due evenly over the window, with a first piece after about 100 ms and the others every 10 ms or so."""
    due = np.sort(chance.integers(1, SECONDS * 10**9, count))
    gaps = chance.normal(10e6, 1e6, (count, chunks)).clip(1).astype(np.int64)
    gaps[:, 0] = chance.normal(100e6, 10e6, count)
    stamps = due[:, None] + gaps.cumsum(axis=1)
    same = {
        name: np.full(count, value) for name, value in {"prompt_tokens": 256, "output_tokens": chunks, "status": 200, "attempts": 1}.items()
    }
    columns = {name: np.zeros(count, dtype=np.int64) for name in Samples.of([]).columns}
    times = {"scheduled": due, "first_sent": due, "sent": due, "first": stamps[:, 0], "last": stamps[:, -1], "ended": stamps[:, -1]}
    return Samples(columns | same | times, stamps.ravel(), np.arange(count + 1) * chunks)


def load_all(folders: list[Path]) -> None:
    """Read every raw sample of every run."""
    for folder in folders:
        run = results.load(folder)
        for each in run.points:
            run.samples(each)


def seconds(act: Callable[[], object]) -> float:
    """How long a call takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    raise SystemExit(main())
