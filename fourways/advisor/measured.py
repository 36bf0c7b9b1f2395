"""What a benchmark's results say for advice: how much the measured capacity carries at the latency that is wanted.

What was measured on the fake is refused: its curves are made up, and advice from them would be invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from stacks.workload import Latency, Workload

SECONDS_AN_HOUR = 3600
CLOUD = "cloud"
"""The one target whose measurements are of something real."""
#: Kinds of stacks that are the same way of serving.
WAYS = {"eas": "model-unit"}
#: From so much more or less output than in the workload on, it is said that the mix differs.
OTHER_MIX = Decimal("0.1")


class FakeResults(ValueError):
    """Results that were measured on the fake cloud. The text says what to do instead."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One run. `tokens_per_hour` at the best point that meets the latency, None where none does (then `why` says it). `hourly` is the price
    of the measured capacity with its currency, None where it was not recorded, holds not all that is billed, or nothing is billed by the
    hour."""

    kind: str
    stack: str
    capacity: str
    region: str
    tokens_per_hour: Decimal | None
    limited_by: str = "throughput"
    point: str = ""
    hourly: tuple[Decimal, str] | None = None
    assumed: bool = False
    """Whether the price is an assumption, as the run recorded it."""
    notes: tuple[str, ...] = ()
    why: str = ""


def measured(folder: Path, workload: Workload) -> Measured:
    """Read one folder of results. Raises FakeResults, and ResultsError for what cannot be read."""
    # It brings numpy, which nobody without results has to wait for.
    from fourways.benchmark.results import load

    run = load(folder)
    header = run.header
    if header["target"] != CLOUD:
        raise FakeResults(
            f"{folder} was measured on the {header['target']}, whose throughput is made up: no advice is given from it. "
            "Measure on the real cloud "
            "(fourways bench --stack STACK), or leave it out: assumed throughputs are used then, and marked so"
        )
    endpoint, recorded = header["endpoint"], header.get("hourly_price") or {}
    fields = {
        "kind": WAYS.get(endpoint["kind"], endpoint["kind"]),
        "stack": str(header["stack"]),
        "capacity": str(endpoint["capacity"]),
        "region": str(endpoint["region"]),
        "hourly": _price(recorded),
        "assumed": bool(recorded.get("assumed")),
    }
    usable = [point for point in run.points if point["valid"] and not point["interrupted"] and point["completed"]]
    good = [point for point in usable if meets(point, workload.latency)]
    if not good:
        why = "no valid point was measured" if not usable else f"no point meets {_wanted(workload.latency)}"
        return Measured(tokens_per_hour=None, why=f"{folder.name}: {why}", **fields)
    best = max(good, key=_throughput)
    output = Decimal(str(best["output_throughput"])) / _throughput(best)
    notes = [f"measured in {folder.name}, point {best['name']}"]
    notes += [f"beside it {part['amount']} {part['currency']} an hour, not counted here" for part in recorded.get("beside", ())]
    notes += [f"no price is known of {name}" for name in recorded.get("unknown", ())]
    if (model := str(endpoint["model"])) != workload.model:
        notes.append(f"measured under the name {model}, the workload asks for {workload.model}: only if they are one does it hold")
    if abs(output - workload.output_share) > OTHER_MIX:
        notes.append(f"measured with {output:.0%} output, the workload has {workload.output_share:.0%}")
    return Measured(
        tokens_per_hour=_throughput(best) * SECONDS_AN_HOUR,
        limited_by="latency" if max(map(_throughput, usable)) > _throughput(best) else "throughput",
        point=str(best["name"]),
        notes=tuple(notes),
        **fields,
    )


def meets(point: Mapping[str, Any], latency: Latency) -> bool:
    """Whether 95 of 100 requests of a point are as fast as wanted. What was not measured does not meet a target."""
    targets = ((latency.ttft_ms, "p95_ttft_ms"), (latency.tpot_ms, "p95_tpot_ms"))
    return all(most is None or (point.get(key) is not None and Decimal(str(point[key])) <= most) for most, key in targets)


def _throughput(point: Mapping[str, Any]) -> Decimal:
    return Decimal(str(point["total_token_throughput"]))


def _price(recorded: Mapping[str, Any]) -> tuple[Decimal, str] | None:
    """None too where a part of it has no price: the rest alone would be too low."""
    return (Decimal(str(recorded["amount"])), str(recorded["currency"])) if recorded and not recorded.get("unknown") else None


def _wanted(latency: Latency) -> str:
    told = [f"{name} of {most:f} ms" for name, most in (("TTFT", latency.ttft_ms), ("TPOT", latency.tpot_ms)) if most is not None]
    return f"a p95 {' and '.join(told)}"
