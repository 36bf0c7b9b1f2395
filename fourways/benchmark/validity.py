"""Whether a point measured the endpoint or the client. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: Share of one core from which the client's event loop is the queue that requests wait in.
MOST_CPU = 0.9
#: Milliseconds by which a stamp or a send may be late, at the 99th percentile: what a free core keeps to easily, ...
MOST_LATE_MS = 10.0
#: ... or this share of the median TTFT where that is more: it is then within the noise of what is measured.
MOST_LATE_SHARE = 0.05


@dataclass(frozen=True)
class Client:
    """The client while the window was open: CPU time of its process / the window, and how late its event loop ran timers, milliseconds."""

    cpu_share: float
    lag_p99_ms: float
    lag_max_ms: float


def limits(point: Mapping[str, Any], clients: list[Client]) -> list[str]:
    """Why a point is invalid: in what the client was the limit. Empty: it was not."""
    allowed = max(MOST_LATE_MS, MOST_LATE_SHARE * (point["median_ttft_ms"] or 0.0))
    cpu, lag = max(each.cpu_share for each in clients), max(each.lag_p99_ms for each in clients)
    found = []
    if cpu > MOST_CPU:
        found.append(f"the client used {cpu:.0%} of a core (limit {MOST_CPU:.0%}): use several machines (--scheduler)")
    if lag > allowed:
        found.append(f"the client's event loop was {lag:.1f} ms late at p99 (limit {allowed:.1f} ms): its machine is too busy")
    delay = point["p99_dispatch_delay_ms"]
    if delay is not None and delay > allowed:
        found.append(f"requests were sent {delay:.1f} ms after they were due at p99 (limit {allowed:.1f} ms)")
    return found


def remarks(point: Mapping[str, Any], *, enough: int) -> list[str]:
    """What a reader should know of a point that is valid. `enough`: requests from which percentiles mean something."""
    found = []
    if point["requests"] < enough:
        found.append(f"few requests: {point['requests']} of at least {enough}; measure for longer")
    for name, count in point["counted_without_usage"].items():
        if count:
            found.append(f"output tokens of {count} requests were counted by {name}: the server states no usage")
    if point["stopped_early"]:
        found.append(f"{point['stopped_early']} answers were ended by the model before the tokens that were asked for")
    if point["connections_opened_late"]:
        found.append(f"{point['connections_opened_late']} requests waited for a connection to be opened")
    if point["cached_share"] and point["cached_share"] > 0:
        found.append(f"{point['cached_share']:.0%} of input tokens came from the server's prefix cache")
    return found
