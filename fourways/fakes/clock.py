"""One clock for the whole fake: real, scaled or stepped, with transitions scheduled on it instead of sleeps."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any


class Clock:
    """The fake's time in epoch seconds, and what will happen on it.

    `speed` is fake seconds per real second: 1 is real time, 60 makes a minute of the fake's transitions pass in a second.
    A stepped clock stands still until `advance` is called. Callbacks must be bound methods of picklable objects, because the
    state of the fake (this queue included) is written to disk and survives a restart. A clock that is read back has gone on meanwhile, as
    the cloud's does: what it showed after the last write, before a SIGKILL, is never shown again.
    """

    def __init__(self, *, speed: float = 1.0, stepped: bool = False, start: float | None = None) -> None:
        if speed <= 0:
            raise ValueError("speed must be above 0; use stepped=True for a clock that stands still")
        self.speed = speed
        self.stepped = stepped
        self._fake_start = time.time() if start is None else start
        self._real_start = time.monotonic()
        self._inside: float | None = None
        self._queue: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._order = itertools.count()

    def now(self) -> float:
        """Epoch seconds; inside a scheduled callback, the moment it was due, so that bills are exact."""
        if self._inside is not None:
            return self._inside
        if self.stepped:
            return self._fake_start
        return self._fake_start + (time.monotonic() - self._real_start) * self.speed

    def set_speed(self, speed: float) -> None:
        """Go on from the present moment at another speed; 0 makes the clock stand still, as a stepped one does."""
        self._fake_start, self._real_start = self.now(), time.monotonic()
        self.speed, self.stepped = speed or 1.0, not speed

    def timestamp(self, at: float | None = None) -> str:
        """`2026-11-24T08:00:00Z`, the form of most Alibaba Cloud answers."""
        return datetime.fromtimestamp(self.now() if at is None else at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def after(self, seconds: float, callback: Callable[..., None], *arguments: Any) -> None:
        """Call `callback(*arguments)` once the clock has moved on by `seconds` (0 or more)."""
        heapq.heappush(self._queue, (self.now() + max(0.0, seconds), next(self._order), callback, arguments))

    def run_due(self) -> None:
        """Run what is due, in order. Called before each request is handled and before each ledger or state is read."""
        limit = self.now()
        while self._queue and self._queue[0][0] <= limit:
            due, _, callback, arguments = heapq.heappop(self._queue)
            self._inside = due
            try:
                callback(*arguments)
            finally:
                self._inside = None

    def advance(self, seconds: float) -> None:
        """Move the clock on and run everything that falls due on the way, each at its own moment."""
        if seconds < 0:
            raise ValueError("a clock does not go back")
        if self.stepped:
            target = self._fake_start + seconds
            while self._queue and self._queue[0][0] <= target:
                self._fake_start = max(self._fake_start, self._queue[0][0])
                self.run_due()
            self._fake_start = target
        else:
            self._fake_start += seconds
        self.run_due()

    def step(self, due: float) -> bool:
        """Move on to the transition that is due at `due`, and no further. False, and nothing happens, when that is not the next one: what
        was called meanwhile has brought in an earlier one, which somebody who watches every state must not miss."""
        if self.next_due() != due:
            return False
        self.advance(max(0.0, due - self.now()))
        return True

    def next_due(self) -> float | None:
        """The moment of the next scheduled transition, or None; lets a test step exactly as far as something happens."""
        return self._queue[0][0] if self._queue else None

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        state["_fake_start"], state["_written"] = self.now(), time.time()
        state["_order"] = next(self._order)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        # Real time passes by the wall clock here: a monotonic one says nothing across two processes.
        gone_by = max(0.0, time.time() - state.pop("_written"))
        self.__dict__.update(state)
        if not self.stepped:
            self._fake_start += gone_by * self.speed
        self._order = itertools.count(state["_order"])
        self._real_start = time.monotonic()
