"""What a run does: its points, and how each is measured."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from fourways.benchmark.measures import SLOS
from fourways.benchmark.retries import Retry
from fourways.benchmark.workload import Workload

CONCURRENCIES = (1, 4, 8, 16, 32, 64)
#: Requests that a point should have, for each that is under way at a time: below, a percentile rests on a handful.
ENOUGH = 10
#: Requests before the clock starts, for each that is under way at a time: caches are warm, and the first wave is spread out.
WARM_UP = 2


class PlanError(ValueError):
    """A plan that cannot be carried out: the message says what is allowed."""


@dataclass(frozen=True)
class Load:
    """One point: `concurrency` requests at any time (closed loop), or `rate` requests a second whatever the answers take (open loop)."""

    concurrency: int | None = None
    rate: float | None = None

    def __post_init__(self) -> None:
        if (self.concurrency is None) == (self.rate is None):
            raise PlanError("a point has either a concurrency or a rate")
        if (self.concurrency is not None and self.concurrency < 1) or (self.rate is not None and self.rate <= 0):
            raise PlanError(f"a concurrency is 1 or more and a rate more than 0, not {self.concurrency or self.rate}")

    @property
    def name(self) -> str:
        """For files and tables: c16, r2.5."""
        return f"c{self.concurrency}" if self.concurrency is not None else f"r{self.rate:g}"

    @property
    def open_loop(self) -> bool:
        return self.rate is not None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`seconds`: a point's window. `requests`: close it earlier, once so many have ended (None: only time closes it). `stagger`: seconds
    over which the workers of a point start, since answers of one length that start together stay together. `slo`: milliseconds."""

    loads: tuple[Load, ...] = tuple(Load(concurrency) for concurrency in CONCURRENCIES)
    workload: Workload = field(default_factory=Workload)
    seconds: float = 300.0
    requests: int | None = None
    timeout: float = 600.0
    retry: Retry = Retry.none
    stagger: float = 2.0
    slo: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.loads:
            raise PlanError("there is no point to measure: give a concurrency or a rate")
        if self.seconds <= 0 or self.timeout <= 0 or (self.requests is not None and self.requests < 1):
            raise PlanError("seconds, timeout and requests are more than 0")

    def as_dict(self) -> dict[str, Any]:
        """For results."""
        return {**asdict(self), "workload": self.workload.as_dict(), "loads": [load.name for load in self.loads]}


def parse_slo(text: str) -> dict[str, float]:
    """From `ttft_ms=2000,tpot_ms=50`. Raises PlanError."""
    limits = {}
    for part in filter(None, text.split(",")):
        name, _, value = part.partition("=")
        try:
            limits[name.strip()] = float(value)
        except ValueError:
            raise PlanError(f"{part!r} is no limit: an SLO is written as ttft_ms=2000,tpot_ms=50") from None
    wrong = [name for name, value in limits.items() if name not in SLOS or not value > 0]
    if wrong:
        raise PlanError(f"an SLO limits {', '.join(SLOS)} to more than 0 milliseconds, not {', '.join(wrong)}")
    return limits


def parse_loads(concurrency: str, rate: str) -> tuple[Load, ...]:
    """From `1,4,8` and `0.5,2`; with neither, the default concurrencies. Raises PlanError."""
    try:
        closed = [Load(concurrency=int(part)) for part in filter(None, concurrency.split(","))]
        opened = [Load(rate=float(part)) for part in filter(None, rate.split(","))]
    except ValueError as error:
        if isinstance(error, PlanError):
            raise
        raise PlanError(f"concurrencies are written as 1,4,8 and rates as 0.5,2, not {concurrency or rate!r}") from None
    chosen = tuple(closed + opened)
    if len(set(chosen)) != len(chosen):
        raise PlanError("the same point is asked for twice")
    return chosen or Plan().loads
