"""One point of the results, from its samples and what was seen of the client. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fourways.benchmark.measures import Window, apart, measure
from fourways.benchmark.plan import ENOUGH, Load, Plan
from fourways.benchmark.samples import Samples
from fourways.benchmark.validity import Client, limits, remarks

#: What `vllm bench serve` writes for a closed loop.
NO_RATE = "inf"


def point(
    load: Load, plan: Plan, samples: Samples, window: Window, clients: Sequence[Client], *, closed_by: str, abandoned: int = 0
) -> dict[str, Any]:
    """All that is said of a point. `without_retries` is there when something was tried again; `reservation` when something overflowed."""
    measured = measure(samples, window, open_loop=load.open_loop, slo=plan.slo)
    reasons = limits(measured, list(clients))
    enough = ENOUGH * (load.concurrency or 1) if not load.open_loop else ENOUGH * max(1, round((load.rate or 0) * _seconds(measured)))
    result = {
        "name": load.name,
        "max_concurrency": load.concurrency,
        "request_rate": load.rate if load.open_loop else NO_RATE,
        **measured,
        "num_prompts": measured["requests"],
        "window_open_ns": window.open,
        "window_close_ns": window.close,
        "clients": len(clients),
        "client_cpu_share": max(each.cpu_share for each in clients),
        "loop_lag_p99_ms": max(each.lag_p99_ms for each in clients),
        "loop_lag_max_ms": max(each.lag_max_ms for each in clients),
        "valid": not reasons,
        "invalid_reasons": reasons,
        "remarks": remarks(measured, enough=enough),
        "closed_by": closed_by,
        "interrupted": closed_by == "interrupt" or abandoned > 0,
        "abandoned": abandoned,
    }
    if measured["retried"]:
        result["without_retries"] = measure(samples, window, open_loop=load.open_loop, slo=plan.slo, retries=False)
    if samples.column("overflow").any():
        result["reservation"] = {
            name: measure(apart(samples, overflow=overflow), window, open_loop=load.open_loop, slo=plan.slo)
            for name, overflow in (("within", False), ("overflow", True))
        }
    return result


def _seconds(measured: dict[str, Any]) -> float:
    """How long a request takes: with the rate, how many are under way (Little)."""
    return float(measured["mean_e2el_ms"] or 0.0) / 1000
