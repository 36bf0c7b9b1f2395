"""Two runs, measure by measure: what differs, and what is noise. Pure.

Differences are B - A. The intervals of one comparison hold together, all of them with 95 % (the largest deviation of all measures, in units
of each one's standard error, is what is bounded: single-step max-t, Westfall and Young 1993): with many measures side by side, one in
twenty would else look real by chance. They are widened for the small number of stretches: Student's t instead of the normal distribution.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import hypot, isnan, nan
from typing import Any

import numpy as np

from fourways.report.blocks import FEW, Resampled, TooShort, resample
from fourways.report.objective import stands
from fourways.report.reading import Deployment, ReportError, is_open_loop, samples_of, window_of

LEVEL = 0.95
DRAWINGS = 1000
HIGHER, LOWER, NOISE, SAME, UNKNOWN = "higher", "lower", "noise", "same", "cannot tell"
SHARES = ("goodput_share", "error_share")


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One measure at one point. `verdict`: B is `higher` or `lower`; `noise`: the interval holds zero; `same`; or `cannot tell`, and `why`.
    Values are None where there is nothing to say."""

    point: str
    measure: str
    a: float | None
    b: float | None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: str = UNKNOWN
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """`only` names the points that one of them alone has."""

    a: str
    b: str
    differences: Sequence[Difference]
    only: Mapping[str, Sequence[str]]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "level": LEVEL, "drawings": DRAWINGS}


def compare(a: Deployment, b: Deployment, *, seed: int = 0) -> Comparison:
    """At the points that both have. Raises ReportError for runs that asked different things, or have no point in common."""
    different = sorted(key for key in a.workload if a.workload[key] != b.workload.get(key))
    if different:
        said = ", ".join(f"{key} {a.workload[key]} and {b.workload.get(key)}" for key in different)
        raise ReportError(f"{a.name} and {b.name} were asked different things ({said}): their difference would say nothing of the two")
    of_a, of_b = ({point["name"]: point for point in each.points} for each in (a, b))
    common = [name for name in of_a if name in of_b]
    if not common:
        raise ReportError(f"{a.name} ({', '.join(of_a)}) and {b.name} ({', '.join(of_b)}) have no point in common")
    pairs = [_pair(a, b, of_a[name], of_b[name], seed + number) for number, name in enumerate(common)]
    bound = _bound([pair for pair in pairs if isinstance(pair, _Pair)])
    differences = [
        each
        for name, pair in zip(common, pairs, strict=True)
        for each in (pair.differences(name, bound) if isinstance(pair, _Pair) else _unjudged(name, of_a[name], of_b[name], pair))
    ]
    only = {a.name: [name for name in of_a if name not in of_b], b.name: [name for name in of_b if name not in of_a]}
    return Comparison(a=a.name, b=b.name, differences=differences, only=only)


def _pair(a: Deployment, b: Deployment, of_a: dict[str, Any], of_b: dict[str, Any], seed: int) -> _Pair | str:
    """Both resampled, or why that cannot be."""
    for side, point in ((a, of_a), (b, of_b)):
        if not stands(point):
            return f"{side.name} is {'invalid' if not point['valid'] else 'interrupted'} there"
    made = []
    for number, (side, point) in enumerate(((a, of_a), (b, of_b))):
        samples, window = samples_of(side.run, point), window_of(point)
        try:
            made.append(resample(samples, window, point, open_loop=is_open_loop(point), drawings=DRAWINGS, seed=2 * seed + number))
        except TooShort as error:
            return f"{side.name}: {error}"
    return _Pair(made[0], made[1], of_a, of_b)


@dataclass(frozen=True)
class _Pair:
    """A point of A and of B."""

    a: Resampled
    b: Resampled
    point_a: Mapping[str, Any]
    point_b: Mapping[str, Any]

    def judged(self) -> list[str]:
        """Measures that both have and that rest on enough."""
        return [name for name in self.a.drawn if name in self.b.drawn and not self._few(name)]

    def spread(self, name: str) -> tuple[float, Any]:
        """Standard error of B - A, widened; and each drawing's deviation in units of it."""
        drawn = self.b.drawn[name] - self.a.drawn[name]
        plain = float(np.nanstd(drawn, ddof=1))
        if not plain > 0:
            return 0.0, np.zeros(DRAWINGS)
        error = hypot(*(side.widened * float(np.nanstd(side.drawn[name], ddof=1)) for side in (self.a, self.b)))
        return error, np.abs(np.nan_to_num(drawn - np.nanmean(drawn))) / plain

    def differences(self, point: str, bound: float) -> list[Difference]:
        return [self._difference(point, name, bound) for name in self.a.measured if name in self.b.measured]

    def _difference(self, point: str, name: str, bound: float) -> Difference:
        a, b = self.a.measured[name], self.b.measured[name]
        why = self.a.unsure.get(name) or self.b.unsure.get(name) or self._few(name)
        if why or isnan(a) or isnan(b):
            return Difference(point=point, measure=name, a=_or_none(a), b=_or_none(b), why=why or "nothing to measure")
        error, _ = self.spread(name)
        reach = student(bound, min(self.a.stretches, self.b.stretches) - 1) * error
        low, high = b - a - reach, b - a + reach
        verdict = HIGHER if low > 0 else LOWER if high < 0 else SAME if low == high == 0 else NOISE
        return Difference(point=point, measure=name, a=a, b=b, difference=b - a, low=low, high=high, verdict=verdict)

    def _few(self, name: str) -> str:
        """Why a share says too little: hardly any request is on its rarer side. That none is, in either run, is the same and no doubt."""
        if name not in SHARES or name not in self.a.measured or name not in self.b.measured:
            return ""
        requests = (self.point_a["requests"], self.point_b["requests"])
        cases = sum(share * number for share, number in zip((self.a.measured[name], self.b.measured[name]), requests, strict=True))
        rarer = round(min(cases, sum(requests) - cases))
        return f"only {rarer} requests, in both together, make the difference; at least {FEW} are needed" if 0 < rarer < FEW else ""


def _bound(pairs: Sequence[_Pair]) -> float:
    """How many standard errors the largest deviation of all measures keeps within, with LEVEL."""
    every = [pair.spread(name)[1] for pair in pairs for name in pair.judged()]
    return float(np.quantile(np.max(every, axis=0), LEVEL)) if every else nan


def student(z: float, freedom: int) -> float:
    """The quantile of Student's t that goes with the normal distribution's `z` (expansion: Abramowitz and Stegun 26.7.5)."""
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def _unjudged(name: str, a: Mapping[str, Any], b: Mapping[str, Any], why: str) -> list[Difference]:
    """What was measured stays in sight."""
    shown = ("mean_ttft_ms", "mean_tpot_ms", "output_throughput")
    return [Difference(point=name, measure=measure, a=a[measure], b=b[measure], why=why) for measure in shown]


def _or_none(value: float) -> float | None:
    return None if isnan(value) else value
