"""`fourways bench --stack NAME`: measure a stack's endpoint, with nothing but its outputs."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fourways.benchmark.cluster import Cluster, ClusterError
from fourways.benchmark.plan import Plan, PlanError, parse_loads, parse_slo
from fourways.benchmark.probe import EndpointError
from fourways.benchmark.results import ResultsError
from fourways.benchmark.retries import Retry
from fourways.benchmark.run import measure_endpoint
from fourways.benchmark.target import Target, TargetError
from fourways.benchmark.workload import Length, Workload, WorkloadError
from fourways.cli.bench_display import BenchDisplay, table
from fourways.cli.demo import console, say_target
from fourways.cli.errors import FAILED, USAGE, UserError
from fourways.cli.project import ROOT, stack_file
from fourways.cli.workspace import current_workspace

INVALID = 3
INTERRUPTED = 130
_PRICE = re.compile(r"\s*(?P<amount>[0-9]+(?:\.[0-9]+)?)\s*(?P<currency>[A-Z]{3})\s*")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The command's options, as they were typed."""

    stack: str
    fake: bool
    concurrency: str
    rate: str
    seconds: float
    requests: int | None
    input: str
    output: str
    prefix_share: float
    prefixes: int
    slo: str
    retry: Retry
    timeout: float
    seed: int
    hourly_price: str | None
    scheduler: str | None
    out: Path | None


def bench(wanted: Wanted) -> int:
    """Measure and print; returns the exit code. Raises UserError."""
    stack_file(wanted.stack)
    plan, price = plan_of(wanted), price_of(wanted.hourly_price)
    workspace = current_workspace(fake=wanted.fake)
    say_target(workspace)
    ca = workspace.fake.ca.read_text() if workspace.fake else None
    folder = wanted.out or ROOT / ".fourways" / "bench" / f"{wanted.stack}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    began = time.monotonic()
    hourly = None if price is None else (float(price["amount"]), str(price["currency"]))
    display = BenchDisplay(console, plan, workspace.target, hourly, lambda: time.monotonic() - began)
    engine = Cluster(wanted.scheduler) if wanted.scheduler else None
    try:
        target = Target.from_outputs(workspace.outputs(wanted.stack), ca=ca, fake=workspace.fake is not None)
        console.print(f"{target.model} at {target.base_url} ({target.kind}, {target.capacity}); Ctrl-C stops and keeps what was measured")
        run = measure_endpoint(target, plan, folder, stack=wanted.stack, price=price, display=display, engine=engine)
    except (TargetError, EndpointError, ResultsError, ClusterError) as error:
        raise UserError(str(error)) from error
    console.print(table(run.points, run.header["target"]))
    console.print(f"results: {folder}", soft_wrap=True)
    stopped = run.header["stopped_by"]
    if stopped == "interrupt":
        console.print("[yellow]interrupted[/]: what was measured until then is kept")
        return INTERRUPTED
    if stopped:
        raise UserError(f"{target.base_url} could no longer be reached; what was measured until then is in {folder}", FAILED)
    return INVALID if any(not point["valid"] for point in run.points) else 0


def plan_of(wanted: Wanted) -> Plan:
    """Raises UserError for options that make no plan."""
    try:
        workload = Workload(
            input=Length.parse(wanted.input),
            output=Length.parse(wanted.output),
            prefix_share=wanted.prefix_share,
            prefixes=wanted.prefixes,
            seed=wanted.seed,
        )
        return Plan(
            loads=parse_loads(wanted.concurrency, wanted.rate),
            workload=workload,
            seconds=wanted.seconds,
            requests=wanted.requests,
            timeout=wanted.timeout,
            retry=wanted.retry,
            slo=parse_slo(wanted.slo),
        )
    except (PlanError, WorkloadError) as error:
        raise UserError(str(error), USAGE) from error


def price_of(text: str | None) -> dict[str, Any] | None:
    """An hourly price such as 203.5CNY. Raises UserError."""
    if text is None:
        return None
    found = _PRICE.fullmatch(text)
    if found is None:
        raise UserError(f"an hourly price is written as 203.5CNY, not {text!r}", USAGE)
    return {"amount": found["amount"], "currency": found["currency"]}
