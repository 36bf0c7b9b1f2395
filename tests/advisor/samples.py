"""Workloads and folders of results to advise on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fourways.costs.rates import Rates
from stacks.workload import Workload

REGION = "cn-beijing"
RATES = Rates.parse(["USD=7CNY"])
TEAM = {"size": 2, "hourlyRate": 100, "currency": "USD"}


def workload(**fields: Any) -> Workload:
    """7 M tokens a day, a third of them output, in the first 10 hours of every day, unless told otherwise. Keys as in a stack file."""
    usual = {"tokensPerDay": 7_200_000, "outputShare": "0.25", "peakTpm": 60_000, "hours": {"start": 0, "end": 10}}
    return Workload.model_validate_json(json.dumps({**usual, **fields}))


def point(concurrency: int, tokens_per_second: float, **fields: Any) -> dict[str, Any]:
    """A valid point with a quarter of output."""
    return {
        "name": f"c{concurrency}",
        "valid": True,
        "interrupted": False,
        "completed": 100,
        "total_token_throughput": tokens_per_second,
        "output_throughput": tokens_per_second / 4,
        "p95_ttft_ms": 100.0 * concurrency,
        "p95_tpot_ms": 10.0,
        **fields,
    }


def results(folder: Path, *points: dict[str, Any], target: str = "cloud", kind: str = "model-unit", **header: Any) -> Path:
    """A folder as a benchmark leaves it, as far as advice reads it."""
    folder.mkdir()
    endpoint = {"kind": kind, "region": REGION, "capacity": "4 x MU1", "model": "deepseek-v4-flash"}
    usual = {
        "format": 1,
        "target": target,
        "stack": "mu-beijing",
        "endpoint": endpoint,
        "hourly_price": {"amount": "216", "currency": "CNY"},
    }
    names = [f"{one['name']}.json" for one in points]
    (folder / "run.json").write_text(json.dumps({**usual, **header, "points": names}))
    for name, one in zip(names, points, strict=True):
        (folder / name).write_text(json.dumps(one))
    return folder
