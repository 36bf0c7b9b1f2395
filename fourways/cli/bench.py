"""`fourways bench --stack NAME`: measure a stack's endpoint, with nothing but its outputs."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from fourways import costs
from fourways.benchmark.cluster import Cluster, ClusterError
from fourways.benchmark.plan import Plan, PlanError, parse_loads, parse_slo
from fourways.benchmark.probe import EndpointError
from fourways.benchmark.results import ResultsError
from fourways.benchmark.retries import Retry
from fourways.benchmark.run import measure_endpoint
from fourways.benchmark.target import Target, TargetError
from fourways.benchmark.workload import Length, Workload, WorkloadError
from fourways.cli.bench_display import BenchDisplay, table
from fourways.cli.bench_spending import Spending
from fourways.cli.demo import console, say_target
from fourways.cli.errors import FAILED, USAGE, UserError
from fourways.cli.project import ROOT, stack_file
from fourways.cli.workspace import Workspace, current_workspace
from fourways.costs.serving import ServingPrices, billed_model, serving_prices

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
    plan, given = plan_of(wanted), price_of(wanted.hourly_price)
    workspace = current_workspace(fake=wanted.fake)
    say_target(workspace)
    ca = workspace.fake.ca.read_text() if workspace.fake else None
    folder = wanted.out or ROOT / ".fourways" / "bench" / f"{wanted.stack}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    began = time.monotonic()
    engine = Cluster(wanted.scheduler) if wanted.scheduler else None
    try:
        target = Target.from_outputs(workspace.outputs(wanted.stack), ca=ca, fake=workspace.fake is not None)
        prices = given or prices_of(workspace, wanted.stack, target)
        console.print(f"{target.model} at {target.base_url} ({target.kind}, {target.capacity}); Ctrl-C stops and keeps what was measured")
        console.print("\n".join(price_lines(prices)), markup=False)
        display = BenchDisplay(console, plan, Spending(prices, lambda: time.monotonic() - began, fake=target.fake))
        run = measure_endpoint(target, plan, folder, stack=wanted.stack, display=display, engine=engine, **in_header(prices))
    except (TargetError, EndpointError, ResultsError, ClusterError) as error:
        raise UserError(str(error)) from error
    console.print(table(run.points, run.header["target"]))
    console.print(f"results: {folder}", soft_wrap=True)
    stopped = run.header["stopped_by"]
    if stopped == "interrupt":
        console.print("[yellow]interrupted[/]: what was measured until then is kept")
    if run.points:
        console.print(f"report: fourways report {folder}", soft_wrap=True, highlight=False)
    if stopped == "interrupt":
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


def price_of(text: str | None) -> ServingPrices | None:
    """An hourly price such as 203.5CNY, instead of all that the price book says. Raises UserError."""
    if text is None:
        return None
    found = _PRICE.fullmatch(text)
    if found is None:
        raise UserError(f"an hourly price is written as 203.5CNY, not {text!r}", USAGE)
    return ServingPrices(hourly={found["currency"]: Decimal(found["amount"])}, main=found["currency"])


def prices_of(workspace: Workspace, stack: str, target: Target) -> ServingPrices:
    """What the stack costs as it stands in its state. Raises CostError."""
    state = workspace.state(stack)
    return serving_prices(costs.estimate_state(state), kind=target.kind, model=billed_model(state, target.model), region=target.region)


def in_header(prices: ServingPrices) -> dict[str, Any]:
    """The prices as `measure_endpoint` keeps them in a run's header."""
    return {"price": prices.hourly_json(), "token_prices": prices.tokens.as_json() if prices.tokens else None}


def price_lines(prices: ServingPrices) -> list[str]:
    """What the measurement costs, and what of it is not known."""
    lines = []
    if prices.hourly:
        amounts = " and ".join(f"{amount.normalize():f} {currency}" for currency, amount in sorted(prices.hourly.items()))
        lines.append(f"price: {amounts} an hour{' (assumed in part)' if prices.assumed else ''}; --hourly-price states another")
    if (tokens := prices.tokens) is not None:
        what = "tokens beyond the reservation" if prices.overflow_only else "tokens"
        amounts = " and ".join(f"{_amount(price)} {side}" for side, price in (("in", tokens.input), ("out", tokens.output)))
        lines.append(f"price: {what} {amounts} {tokens.currency} per million{' (assumed)' if tokens.assumed else ''}")
    lines += [f"not in the cost: {name}" for name in prices.unknown]
    return lines or ["price: none is known; --hourly-price states one"]


def _amount(price: Decimal | None) -> str:
    return "unknown" if price is None else f"{price.normalize():f}"
