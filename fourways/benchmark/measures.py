"""From raw samples to the measures of one point. Pure; the definitions of this project are here and nowhere else.

- Population: requests due inside the window, however they ended and whenever; latencies are of those that ended well.
- TTFT: from sent (open loop: from due) to the first piece of the answer, reasoning included. E2EL: from the same to the end of the answer.
- TPOT: (last - first piece) / (output tokens - 1), a request. ITL: gaps between chunks, all together; a chunk may hold several tokens.
- Throughput: tokens stamped inside the window / the window. A request's output tokens are spread evenly over its chunks; its input tokens
  count when its first piece comes. Requests due before the window count for what falls inside; failed ones do not count.
- Goodput: requests that meet every SLO; `goodput_share` of all requests of the population, `request_goodput` a second (as vLLM's key).
- Deviations divide by n - 1; percentiles interpolate linearly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fourways.benchmark.samples import ERRORS, Samples

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
SLOS = ("ttft_ms", "tpot_ms", "e2el_ms")


@dataclass(frozen=True)
class Window:
    """From `open` to `close`, nanoseconds of the samples' clock; the close is not inside."""

    open: int
    close: int

    @property
    def seconds(self) -> float:
        return (self.close - self.open) / 1e9

    def holds(self, stamps: npt.NDArray[np.int64]) -> Mask:
        inside: Mask = (stamps >= self.open) & (stamps < self.close)
        return inside


def measure(samples: Samples, window: Window, *, open_loop: bool, slo: Mapping[str, float], retries: bool = True) -> dict[str, Any]:
    """Keys of `vllm bench serve`, and ours. `retries` False: as a client that never tries again would have seen it: requests that needed
    a second attempt count as failed, by how the first one ended."""
    column = samples.column
    counted = window.holds(column("scheduled"))
    error = column("error") if retries else column("first_error")
    well = error == 0
    return {
        **_counts(samples, window, counted, error),
        **_throughput(samples, window, well),
        **_latencies(samples, counted & well, open_loop=open_loop),
        **_goodput(samples, window, counted, well, open_loop=open_loop, slo=slo),
        **_circumstances(samples, counted, well),
    }


def apart(samples: Samples, *, overflow: bool) -> Samples:
    """Only what the reservation served, or only what overflowed to the shared API."""
    return chosen(samples, samples.column("overflow") == int(overflow))


def chosen(samples: Samples, mask: Mask) -> Samples:
    """The samples of a mask."""
    sizes = np.diff(samples.offsets)
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes[mask])])
    return Samples({name: data[mask] for name, data in samples.columns.items()}, samples.chunks[np.repeat(mask, sizes)], offsets)


def summary(values: Floats, name: str) -> dict[str, float | None]:
    """mean_, median_, std_, p95_, p99_ of values, None where there are too few."""
    some = len(values) > 0
    p50, p95, p99 = np.percentile(values, (50, 95, 99)) if some else (None, None, None)
    figures = {"mean": values.mean() if some else None, "median": p50, "std": values.std(ddof=1) if len(values) > 1 else None}
    return {f"{key}_{name}": None if value is None else float(value) for key, value in {**figures, "p95": p95, "p99": p99}.items()}


def origins(samples: Samples, *, open_loop: bool) -> npt.NDArray[np.int64]:
    """From when a request's latency counts."""
    return samples.column("scheduled") if open_loop else samples.column("first_sent")


def tpot_ms(samples: Samples) -> Floats:
    """Of each request; NaN where one output token or none leaves nothing to divide by."""
    steps = samples.column("output_tokens") - 1
    span = (samples.column("last") - samples.column("first")) / 1e6
    each: Floats = np.divide(span, steps, out=np.full(len(samples), np.nan), where=steps > 0)
    return each


def itl_ms(samples: Samples, mask: Mask) -> Floats:
    """All gaps between chunks within the requests of the mask."""
    if len(samples.chunks) < 2:
        return np.zeros(0)
    owner = np.repeat(np.arange(len(samples)), np.diff(samples.offsets))
    inside = (owner[1:] == owner[:-1]) & mask[owner[1:]]
    gaps: Floats = np.diff(samples.chunks)[inside] / 1e6
    return gaps


def _counts(samples: Samples, window: Window, counted: Mask, error: npt.NDArray[np.int64]) -> dict[str, Any]:
    classes = {name: int(np.count_nonzero(counted & (error == number))) for number, name in enumerate(ERRORS) if name}
    statuses = samples.column("status")[counted & (error != 0)]
    done = (error == 0) & window.holds(samples.column("ended"))
    return {
        "requests": int(counted.sum()),
        "completed": int((counted & (error == 0)).sum()),
        "failed": int((counted & (error != 0)).sum()),
        "errors": classes,
        "error_statuses": {str(status): int(number) for status, number in zip(*np.unique(statuses, return_counts=True), strict=True)},
        "completed_in_window": int(done.sum()),
        "request_throughput": _per(int(done.sum()), window.seconds),
    }


def _throughput(samples: Samples, window: Window, well: Mask) -> dict[str, Any]:
    sizes = np.diff(samples.offsets)
    each = np.divide(samples.column("output_tokens"), sizes, out=np.zeros(len(samples)), where=(sizes > 0) & well)
    output = float(np.repeat(each, sizes)[window.holds(samples.chunks)].sum())
    prompt = int(samples.column("prompt_tokens")[well & window.holds(samples.column("first"))].sum())
    return {
        "duration": window.seconds,
        "total_input_tokens": prompt,
        "total_output_tokens": round(output),
        "output_throughput": _per(output, window.seconds),
        "total_token_throughput": _per(prompt + output, window.seconds),
        "output_tpm": _per(60 * output, window.seconds),
        "total_tpm": _per(60 * (prompt + output), window.seconds),
    }


def _latencies(samples: Samples, mask: Mask, *, open_loop: bool) -> dict[str, Any]:
    begun = origins(samples, open_loop=open_loop)
    tpot = tpot_ms(samples)[mask]
    figures = {
        **summary((samples.column("first") - begun)[mask] / 1e6, "ttft_ms"),
        **summary(tpot[~np.isnan(tpot)], "tpot_ms"),
        **summary(itl_ms(samples, mask), "itl_ms"),
        **summary((samples.column("ended") - begun)[mask] / 1e6, "e2el_ms"),
    }
    pace = figures["mean_tpot_ms"]
    return {**figures, "interactivity": 1000 / pace if pace else None}


def _goodput(samples: Samples, window: Window, counted: Mask, well: Mask, *, open_loop: bool, slo: Mapping[str, float]) -> dict[str, Any]:
    if not slo:
        return {"slo": {}, "request_goodput": None, "goodput_share": None}
    begun = origins(samples, open_loop=open_loop)
    # An answer of one token has no pace to miss.
    seen = {
        "ttft_ms": (samples.column("first") - begun) / 1e6,
        "tpot_ms": np.nan_to_num(tpot_ms(samples), nan=0.0),
        "e2el_ms": (samples.column("ended") - begun) / 1e6,
    }
    good = counted & well
    for name, limit in slo.items():
        good &= seen[name] <= limit
    share = float(good.sum() / counted.sum()) if counted.any() else None
    return {"slo": dict(slo), "request_goodput": _per(int(good.sum()), window.seconds), "goodput_share": share}


def _circumstances(samples: Samples, counted: Mask, well: Mask) -> dict[str, Any]:
    """What stands beside the measures so that they can be judged."""
    column, good = samples.column, counted & well
    sent = counted & (column("first_sent") > 0)
    prompt, cached = int(column("prompt_tokens")[good].sum()), int(column("cached_tokens")[good].sum())
    return {
        **summary((column("first_sent") - column("scheduled"))[sent] / 1e6, "dispatch_delay_ms"),
        "retried": int((counted & (column("attempts") > 1)).sum()),
        "stopped_early": int((good & (column("stopped") > 0)).sum()),
        "overflow": int((good & (column("overflow") > 0)).sum()),
        "counted_without_usage": {name: int((good & samples.where("count", name)).sum()) for name in ("tokenizer", "chunks")},
        "mean_input_tokens": _per(prompt, int(good.sum())),
        "mean_output_tokens": _per(int(column("output_tokens")[good].sum()), int(good.sum())),
        "cached_tokens": cached,
        "cached_share": _per(cached, prompt),
        "connections_opened_late": int((counted & (column("connected") > 0)).sum()),
    }


def _per(amount: float, of: float) -> float | None:
    return amount / of if of else None
