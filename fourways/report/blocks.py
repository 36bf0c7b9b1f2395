"""How sure a point's measures are: a block bootstrap over stretches of its window. Pure.

Requests that follow each other are not independent: those that are under way together share batches and queues. A bootstrap that draws
single requests takes them for independent, and its intervals are too narrow. So the window is cut into equal stretches, whole stretches are
drawn (with all requests that were due and all tokens that came in them), and each measure is taken of what was drawn (Carlstein 1986,
non-overlapping blocks). There are few and long ones, at most `MOST` (Schmeiser 1982), each at least as long as a request takes on average,
and longer until neighbouring ones are no longer clearly correlated (the rule of batch means, Fishman 1978). What correlation is left widens
the standard errors as that of an autoregressive process does. A window with fewer than `LEAST` such stretches is too short to say anything.

It holds what varies within a run. What varies from run to run (another machine, another hour) is not in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fourways.benchmark.measures import Floats, Window, origins, tpot_ms
from fourways.benchmark.samples import Samples

Ints = npt.NDArray[np.int64]
Measure = Callable[[Ints], Floats]
#: Stretches: with fewer, their spread is unknown; more would be shorter and more alike.
LEAST, MOST = 6, 20
#: Standard errors of a correlation from which it is clear.
CLEAR = 2
#: Requests beyond a percentile, or on the rarer side of a share, below which it says too little.
FEW = 10
QUANTILES = {"median_ttft_ms": 0.5, "p95_ttft_ms": 0.95, "p99_ttft_ms": 0.99}


@dataclass(frozen=True)
class Resampled:
    """A point's measures, each as measured and in every drawing, from so many stretches of so many seconds; `widened` is what standard
    errors are multiplied by. `unsure` says of a measure why it cannot be judged."""

    stretches: int
    seconds: float
    widened: float
    measured: dict[str, float]
    drawn: dict[str, Floats]
    unsure: dict[str, str]


class TooShort(ValueError):
    """The window has too few stretches that are independent. The text says so."""


def resample(samples: Samples, window: Window, point: Mapping[str, Any], *, open_loop: bool, drawings: int, seed: int) -> Resampled:
    """Raises TooShort."""
    seen = _Seen.of(samples, window, point, open_loop=open_loop)
    count, related = stretches(seen, window)
    block = seen.block(window, count)
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(count, np.full(count, 1 / count), size=drawings)
    measures, unsure = _measures(seen, window, block, count)
    once = np.ones((1, count), dtype=np.int64)
    return Resampled(
        stretches=count,
        seconds=window.seconds / count,
        widened=float(np.sqrt(count / (count - 1) * (1 + related) / (1 - related))),
        measured={name: float(of(once)[0]) for name, of in measures.items()},
        drawn={name: of(drawn) for name, of in measures.items() if name not in unsure},
        unsure=unsure,
    )


@dataclass(frozen=True)
class _Seen:
    """What measures are taken from: of the requests due in the window, and of the tokens that came in it."""

    due: Ints
    well: npt.NDArray[np.bool_]
    good: npt.NDArray[np.bool_] | None
    ttft: Floats
    tpot: Floats
    e2el: Floats
    span: Floats
    gaps: Ints
    token_stamps: Ints
    tokens: Floats

    @classmethod
    def of(cls, samples: Samples, window: Window, point: Mapping[str, Any], *, open_loop: bool) -> _Seen:
        counted = window.holds(samples.column("scheduled"))
        well = samples.column("error") == 0
        begun = origins(samples, open_loop=open_loop)
        ttft, e2el = (samples.column("first") - begun) / 1e6, (samples.column("ended") - begun) / 1e6
        tpot, sizes = tpot_ms(samples), np.diff(samples.offsets)
        meets = well.copy()
        values = {"ttft_ms": ttft, "tpot_ms": np.nan_to_num(tpot, nan=0.0), "e2el_ms": e2el}
        for name, limit in point["slo"].items():
            meets &= values[name] <= limit
        each = np.divide(samples.column("output_tokens"), sizes, out=np.zeros(len(samples)), where=(sizes > 0) & well)
        inside = window.holds(samples.chunks)
        return cls(
            due=samples.column("scheduled")[counted],
            well=well[counted],
            good=meets[counted] if point["slo"] else None,
            ttft=ttft[counted],
            tpot=tpot[counted],
            e2el=e2el[counted],
            span=(samples.column("last") - samples.column("first"))[counted] / 1e6,
            gaps=np.maximum(sizes - 1, 0)[counted],
            token_stamps=samples.chunks[inside],
            tokens=np.repeat(each, sizes)[inside],
        )

    def block(self, window: Window, count: int) -> tuple[Ints, Ints]:
        """Into which of `count` stretches each request and each token falls."""
        return _stretch(self.due, window, count), _stretch(self.token_stamps, window, count)


def stretches(seen: _Seen, window: Window) -> tuple[int, float]:
    """How many, and how neighbouring ones are still correlated; see above. Raises TooShort."""
    if not seen.well.any():
        raise TooShort("no request ended well")
    takes = float(seen.e2el[seen.well].mean()) / 1000
    count = min(MOST, int(window.seconds / takes)) if takes > 0 else MOST
    while count >= LEAST:
        of_request, of_token = seen.block(window, count)
        means = _mean(of_request[seen.well], seen.ttft[seen.well], count)(np.eye(count, dtype=np.int64))
        means = np.where(np.isnan(means), np.nanmean(means), means)
        paces = np.bincount(of_token, weights=seen.tokens, minlength=count).astype(np.float64)
        related = max(neighbours(means), neighbours(paces), 0.0)
        if related < CLEAR / np.sqrt(count):
            return count, related
        count = count * 2 // 3
    raise TooShort(
        f"the window ({window.seconds:.0f} s; a request takes {takes:.1f} s) has fewer than {LEAST} stretches that do not depend "
        "on each other: measure for longer"
    )


def neighbours(values: Floats) -> float:
    """Correlation of each value with the next, corrected for its bias of -1/n (Kendall 1954); 0 where they do not vary."""
    off = values - values.mean()
    varies = float((off**2).sum())
    return float((off[1:] * off[:-1]).sum()) / varies + 1 / len(values) if varies > 0 else 0.0


def _measures(seen: _Seen, window: Window, block: tuple[Ints, Ints], count: int) -> tuple[dict[str, Measure], dict[str, str]]:
    """Each measure as a function of how often each stretch was drawn (a row a drawing); and those that cannot be judged."""
    (of_request, of_token), well = block, seen.well
    paced = well & ~np.isnan(seen.tpot)
    measures: dict[str, Measure] = {
        "mean_ttft_ms": _mean(of_request[well], seen.ttft[well], count),
        "mean_tpot_ms": _mean(of_request[paced], seen.tpot[paced], count),
        "mean_itl_ms": _mean(of_request[well], seen.span[well], count, weights=seen.gaps[well]),
        "mean_e2el_ms": _mean(of_request[well], seen.e2el[well], count),
        "output_throughput": _rate(of_token, seen.tokens, count, window.seconds),
        "error_share": _mean(of_request, (~well).astype(float), count),
        **{name: _quantile(of_request[well], seen.ttft[well], count, quantile) for name, quantile in QUANTILES.items()},
    }
    unsure = {name: few for name, quantile in QUANTILES.items() if (few := _few(round(well.sum() * (1 - quantile)), "requests beyond it"))}
    if seen.good is not None:
        measures["goodput_share"] = _mean(of_request, seen.good.astype(float), count)
    if not paced.any():
        measures.pop("mean_tpot_ms")
    if not seen.gaps[well].any():
        measures.pop("mean_itl_ms")
    return measures, unsure


def _few(number: int, what: str) -> str:
    return f"only {number} {what}, at least {FEW} are needed" if number < FEW else ""


def _stretch(stamps: Ints, window: Window, count: int) -> Ints:
    return np.minimum((stamps - window.open) * count // (window.close - window.open), count - 1)


def _mean(of: Ints, values: Floats, count: int, *, weights: Ints | None = None) -> Measure:
    """Sum of `values` / number of them (or sum of `weights`)."""
    sums = np.bincount(of, weights=values, minlength=count)
    numbers = np.bincount(of, weights=weights, minlength=count)

    def measure(drawn: Ints) -> Floats:
        below = drawn @ numbers
        result: Floats = np.divide(drawn @ sums, below, out=np.full(len(drawn), np.nan), where=below > 0)
        return result

    return measure


def _rate(of: Ints, amounts: Floats, count: int, seconds: float) -> Measure:
    sums = np.bincount(of, weights=amounts, minlength=count)

    def measure(drawn: Ints) -> Floats:
        result: Floats = drawn @ sums / seconds
        return result

    return measure


def _quantile(of: Ints, values: Floats, count: int, quantile: float) -> Measure:
    """Interpolated linearly, as everywhere in this project."""
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    # Of each stretch, how many are among the so many lowest: what was drawn is never written out.
    upto = np.cumsum(np.eye(count, dtype=np.int64)[of[order]], axis=0)

    def ranks(drawn: Ints, place: Ints) -> Ints:
        """By bisection, which of `ranked` stands at a place among what was drawn."""
        low, high = np.zeros(len(drawn), dtype=np.int64), np.full(len(drawn), len(ranked) - 1)
        while (low < high).any():
            middle = (low + high) // 2
            reached = (upto[middle] * drawn).sum(axis=1) > place
            low, high = np.where(reached, low, middle + 1), np.where(reached, middle, high)
        return low

    def measure(drawn: Ints) -> Floats:
        number = drawn @ upto[-1]
        place = quantile * np.maximum(number - 1, 0)
        below = np.floor(place).astype(np.int64)
        low, high = (ranked[ranks(drawn, at)] for at in (below, np.ceil(place).astype(np.int64)))
        return np.where(number > 0, low + (high - low) * (place - below), np.nan)

    return measure
