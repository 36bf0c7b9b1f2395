"""Runs of `fourways bench` as a report wants them: one target, names that tell them apart, one SLO for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fourways.benchmark import results
from fourways.benchmark.measures import Window, apart, measure
from fourways.benchmark.results import Run
from fourways.benchmark.samples import Samples

#: What of a point depends on the SLO.
_OF_THE_SLO = ("slo", "request_goodput", "goodput_share")
#: A workload's settings that may differ between two runs which asked the same: what prompts are drawn from.
_DRAWN_FROM = ("seed", "run")


class ReportError(ValueError):
    """Runs that make no report: the message says why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A run: one deployment, measured once. `points` in the order in which they were measured, goodput by the report's SLO."""

    name: str
    run: Run
    points: Sequence[dict[str, Any]]

    @property
    def header(self) -> dict[str, Any]:
        return self.run.header

    @property
    def kind(self) -> str:
        return str(self.header["endpoint"]["kind"])

    @property
    def fake(self) -> bool:
        return bool(self.header["target"] == "fake")

    @property
    def workload(self) -> dict[str, Any]:
        """What was asked, without what prompts were drawn from."""
        return {key: value for key, value in self.header["plan"]["workload"].items() if key not in _DRAWN_FROM}


def read(folders: Sequence[Path], slo: Mapping[str, float] | None = None) -> list[Deployment]:
    """All runs, in the order given. `slo` None: the one by which they were measured. Raises ReportError."""
    if not folders:
        raise ReportError("there is no run to report: name the folders that `fourways bench` wrote")
    try:
        runs = [results.load(folder) for folder in folders]
    except results.ResultsError as error:
        raise ReportError(str(error)) from error
    _refuse_mixtures(runs)
    limits = _one_slo(runs) if slo is None else dict(slo)
    names = _names(runs)
    return [
        Deployment(name=name, run=run, points=[under(run, point, limits) for point in run.points])
        for name, run in zip(names, runs, strict=True)
    ]


def samples_of(run: Run, point: Mapping[str, Any]) -> Samples:
    """A point's raw samples. Raises ReportError."""
    try:
        return run.samples(dict(point))
    except ValueError as error:
        raise ReportError(f"raw samples are needed for this and cannot be read: {error}") from error


def window_of(point: Mapping[str, Any]) -> Window:
    """The point's window, on the clock of its samples."""
    return Window(point["window_open_ns"], point["window_close_ns"])


def is_open_loop(point: Mapping[str, Any]) -> bool:
    """Whether it was measured by rate."""
    return point["max_concurrency"] is None


def under(run: Run, point: dict[str, Any], slo: Mapping[str, float]) -> dict[str, Any]:
    """The point with its goodput under this SLO: as it was written where the SLO is the same, else from its raw samples."""
    if point["slo"] == dict(slo):
        return point
    samples, window, open_loop = samples_of(run, point), window_of(point), is_open_loop(point)

    def again(old: dict[str, Any], chosen: Samples, *, retries: bool = True) -> dict[str, Any]:
        new = measure(chosen, window, open_loop=open_loop, slo=slo, retries=retries)
        return {**old, **{key: new[key] for key in _OF_THE_SLO}}

    renewed = again(point, samples)
    if "without_retries" in point:
        renewed["without_retries"] = again(point["without_retries"], samples, retries=False)
    if "reservation" in point:
        renewed["reservation"] = {
            name: again(part, apart(samples, overflow=name == "overflow")) for name, part in point["reservation"].items()
        }
    return renewed


def _refuse_mixtures(runs: Sequence[Run]) -> None:
    of_target = {target: [run.folder.name for run in runs if run.header["target"] == target] for target in ("fake", "cloud")}
    if all(of_target.values()):
        raise ReportError(
            f"{', '.join(of_target['fake'])} was measured on the fake, {', '.join(of_target['cloud'])} on the cloud: numbers that are "
            "made up do not stand beside measured ones; make two reports"
        )
    twice = [run for run, count in Counter(run.header["run"] for run in runs).items() if count > 1]
    if twice:
        raise ReportError(f"run {', '.join(twice)} is given twice: name each folder once")


def _one_slo(runs: Sequence[Run]) -> dict[str, float]:
    stated = {tuple(sorted(run.header["plan"]["slo"].items())) for run in runs} - {()}
    if len(stated) > 1:
        said = "; ".join(f"{run.folder.name}: {slo_text(run.header['plan']['slo']) or 'none'}" for run in runs)
        raise ReportError(f"the runs were measured by different SLOs ({said}): say which one holds with --slo ttft_ms=2000,tpot_ms=50")
    return dict(stated.pop()) if stated else {}


def slo_text(slo: Mapping[str, float]) -> str:
    """As it is given: ttft_ms=2000,tpot_ms=50."""
    return ",".join(f"{name}={limit:g}" for name, limit in slo.items())


def _names(runs: Sequence[Run]) -> list[str]:
    """The stack; with the run's id where a stack was measured more than once."""
    count = Counter(run.header["stack"] for run in runs)
    return [run.header["stack"] if count[run.header["stack"]] == 1 else f"{run.header['stack']} ({run.header['run']})" for run in runs]
