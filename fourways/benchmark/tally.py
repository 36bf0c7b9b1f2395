"""Where a point stands: when its window opens and closes, and what a display shows of it meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from dataclasses import dataclass
from time import perf_counter_ns

from fourways.benchmark.measures import Window
from fourways.benchmark.samples import Sample
from fourways.benchmark.selfwatch import SelfWatch
from fourways.benchmark.validity import Client

#: Requests whose mean TTFT the display shows.
_RECENT = 50
#: Requests in a row, for each under way, that no connection could be made for: nobody is there, and going on would only flood the log.
_UNREACHABLE = 20


@dataclass
class Tokens:
    """Tokens of all requests that ended, those of the warm-up too: what is billed, unlike what is measured."""

    input: int = 0
    cached: int = 0
    output: int = 0

    def add(self, sample: Sample) -> None:
        """As the server counts, where it does."""
        self.input += sample.prompt_tokens or (sample.wanted_input if sample.output_tokens else 0)
        self.cached += sample.cached_tokens
        self.output += sample.output_tokens


class Tally:
    """`ended` is told of each request. The window opens when `warm_up` requests have ended (None: not known yet), and closes after
    `seconds` or, if given, when `requests` that were due in it have ended. Until it closes, load goes on: no end is thinner than the rest.
    `held`: it opens only when `begin` is called, since others must be warm too.
    """

    def __init__(self, warm_up: int | None, seconds: float, requests: int | None, *, held: bool = False) -> None:
        self.warm_up, self._seconds, self._requests, self._held = warm_up, seconds, requests, held
        self.warm = False
        self.open = self.close = 0
        self.closing = asyncio.Event()
        self.interrupted = asyncio.Event()
        self.closed_by = ""
        self.under_way = self.done = 0
        self.well = 0
        self.tokens = 0
        self.billed, self.overflowed = Tokens(), Tokens()
        self.errors: Counter[str] = Counter()
        self.client: Client | None = None
        self.due_inside = self._unreached = 0
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._self = SelfWatch()
        self._timer: asyncio.TimerHandle | None = None

    def began(self) -> None:
        self.under_way += 1

    def ended(self, sample: Sample) -> None:
        self.under_way -= 1
        self.done += 1
        self.billed.add(sample)
        if sample.overflow:
            self.overflowed.add(sample)
        self._unreached = self._unreached + 1 if sample.error == "connection" and not sample.chunks else 0
        if self._unreached >= _UNREACHABLE * (self.under_way + 1):
            self.end("unreachable")
        if not self.open:
            self.warm = self.warm_up is not None and self.done >= self.warm_up
            if self.warm and not self._held:
                self.begin()
            return
        self.tokens += sample.output_tokens
        if sample.error:
            self.errors[sample.error] += 1
        else:
            self.well += 1
            self._recent.append((sample.first - sample.first_sent) / 1e6)
        self.due_inside += self.open <= sample.scheduled
        if self._requests is not None and self.due_inside >= self._requests:
            self.end("requests")

    def end(self, why: str) -> None:
        """Close the window, for `why`: time, requests, unreachable, interrupt. Only the first closes it; an interrupt also ends waiting."""
        if why == "interrupt":
            self.interrupted.set()
        if self.closing.is_set():
            return
        self.close, self.closed_by = perf_counter_ns(), why
        if self.open:
            self.client = self._self.stop()
        if self._timer is not None:
            self._timer.cancel()
        self.closing.set()

    @property
    def window(self) -> Window | None:
        """None where the point was stopped before its window opened."""
        return Window(self.open, self.close) if self.open and self.close > self.open else None

    @property
    def elapsed(self) -> float:
        """Seconds since the window opened."""
        return ((self.close or perf_counter_ns()) - self.open) / 1e9 if self.open else 0.0

    @property
    def recent_ttft_ms(self) -> float | None:
        return sum(self._recent) / len(self._recent) if self._recent else None

    def begin(self) -> None:
        """Open the window."""
        if self.open or self.closing.is_set():
            return
        self._self.start()
        self.open = perf_counter_ns()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self.end, "time")
