"""The runner watches itself: CPU time of its process, and how late its event loop is."""

from __future__ import annotations

import asyncio
from array import array
from time import perf_counter_ns, process_time_ns

import numpy as np

from fourways.benchmark.validity import Client

#: Seconds between timers: a hundred a second cost 0.3 % of a core and see each hold-up of 10 ms.
_EVERY = 0.01


class SelfWatch:
    """From `start` to `stop`; both within a running loop."""

    def __init__(self) -> None:
        self._late = array("q")
        self._due = 0
        self._handle: asyncio.TimerHandle | None = None
        self._cpu = self._wall = 0

    def start(self) -> None:
        self._late = array("q")
        self._cpu, self._wall = process_time_ns(), perf_counter_ns()
        self._arm()

    def stop(self) -> Client:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        cpu, wall = process_time_ns() - self._cpu, perf_counter_ns() - self._wall
        late = np.asarray(self._late, dtype=np.float64) / 1e6
        some = len(late) > 0
        return Client(cpu / wall if wall else 0.0, float(np.percentile(late, 99)) if some else 0.0, float(late.max()) if some else 0.0)

    def _arm(self) -> None:
        self._due = perf_counter_ns() + int(_EVERY * 1e9)
        self._handle = asyncio.get_running_loop().call_later(_EVERY, self._ring)

    def _ring(self) -> None:
        self._late.append(max(0, perf_counter_ns() - self._due))
        self._arm()
