"""What an engine counts: requests at work and waiting, tokens, latencies. Gauges and counters of /metrics are read from here."""

from __future__ import annotations

from dataclasses import dataclass, field

from fourways.fakes.services.shared.completions import Job
from fourways.fakes.services.shared.curves import Pace

# Buckets in seconds; those of vLLM's time_to_first_token_seconds, shortened: assumed to do for all of them.
BUCKETS = (0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0, 40.0, 80.0)


@dataclass(frozen=True)
class Load:
    """Requests at work and waiting, the share of the KV cache in use (0 to 1), and how busy the GPUs are (0 to 100)."""

    running: int = 0
    waiting: int = 0
    kv_cache: float = 0.0
    gpu: float = 0.0


@dataclass
class Histogram:
    """Cumulative counts by BUCKETS, as Prometheus wants them."""

    counts: list[int] = field(default_factory=lambda: [0] * len(BUCKETS))
    total: float = 0.0
    number: int = 0

    def observe(self, value: float) -> None:
        self.total += value
        self.number += 1
        for place, bound in enumerate(BUCKETS):
            self.counts[place] += value <= bound


@dataclass
class Meter:
    """`busy`: when each request that was taken ends, in epoch seconds; those that wait for a slot are among them."""

    busy: list[float] = field(default_factory=list)
    prompt_tokens: int = 0
    generation_tokens: int = 0
    finished: dict[str, int] = field(default_factory=dict)
    first_token: Histogram = field(default_factory=Histogram)
    each_token: Histogram = field(default_factory=Histogram)
    whole: Histogram = field(default_factory=Histogram)
    queued: Histogram = field(default_factory=Histogram)

    def under_way(self, now: float) -> list[float]:
        """The ends of what has not ended, soonest first; the rest is forgotten."""
        self.busy = sorted(end for end in self.busy if end > now)
        return self.busy

    def take(self, job: Job, begin: float, pace: Pace, now: float) -> float:
        """Count a request whose work begins at `begin`; returns the moment at which it ends. Counted now, though it ends later: what a
        machine that dies has not said, nobody reads any more."""
        made = len(job.completion)
        end = begin + pace.first + pace.each * max(0, made - 1)
        self.busy.append(end)
        self.prompt_tokens += job.prompt_tokens
        self.generation_tokens += made * job.choices
        self.finished[job.finish_reason] = self.finished.get(job.finish_reason, 0) + job.choices
        self.queued.observe(begin - now)
        self.first_token.observe(begin - now + pace.first)
        self.each_token.observe(pace.each)
        self.whole.observe(end - now)
        return end

    def release(self, end: float) -> None:
        """The answer has gone out, or its client away."""
        if end in self.busy:
            self.busy.remove(end)
