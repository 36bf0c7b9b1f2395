"""What a client measured against what the server did: pure sums over the truth server's log, and the CPU of a process tree."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import psutil

Row = dict[str, Any]
#: Seconds between looks at a process tree.
_EVERY = 0.25


@dataclass(frozen=True)
class Error:
    """TTFT: mean error in milliseconds. ITL: error of the mean in percent. CPU: percent of one core."""

    requests: int
    ttft_ms: float
    itl_percent: float
    cpu_percent: float


def read(log: Path) -> list[Row]:
    """The requests that the server answered to the end."""
    return [json.loads(line) for line in log.read_text().splitlines()]


def ttft_ms(rows: list[Row]) -> float:
    return fmean((row["chunks"][0] - row["received"]) / 1e6 for row in rows)


def itl_ms(rows: list[Row]) -> float:
    """Mean of all gaps between chunks."""
    return sum(row["chunks"][-1] - row["chunks"][0] for row in rows) / 1e6 / sum(len(row["chunks"]) - 1 for row in rows)


def span(rows: list[Row]) -> tuple[int, int]:
    """From the first request to the last chunk, in nanoseconds."""
    return min(row["received"] for row in rows), max(row["chunks"][-1] for row in rows)


class CpuWatch:
    """CPU time of a process and all its children, ended ones included as long as they were seen, in a thread of this process."""

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._seen: dict[int, float] = {}
        self._marks: list[tuple[int, float]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def percent(self, begin: int, end: int) -> float:
        """Of one core, between two stamps."""
        inside = [mark for mark in self._marks if begin <= mark[0] <= end]
        if len(inside) < 2:
            return float("nan")
        (first, before), (last, after) = inside[0], inside[-1]
        return 100 * (after - before) / ((last - first) / 1e9)

    def _watch(self) -> None:
        while not self._stop.wait(_EVERY):
            try:
                family = [self._root, *self._root.children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            for process in family:
                try:
                    times = process.cpu_times()
                except psutil.NoSuchProcess:
                    continue
                self._seen[process.pid] = times.user + times.system
            self._marks.append((time.perf_counter_ns(), sum(self._seen.values())))
