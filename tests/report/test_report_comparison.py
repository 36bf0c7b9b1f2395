"""Two runs: what differs, what is noise, and what cannot be told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fourways.benchmark.plan import Load
from fourways.benchmark.workload import Length, Workload
from fourways.report.comparison import Comparison, Difference, compare
from fourways.report.reading import ReportError, read
from tests.report import runs

LOADS = (Load(concurrency=4), Load(concurrency=8))


def _compared(tmp_path: Path, a: dict[str, Any], b: dict[str, Any]) -> Comparison:
    given = {"loads": LOADS}
    return compare(*read([runs.capacity(tmp_path / "a", **(given | a)), runs.token(tmp_path / "b", **(given | b))]))


def _at(found: Comparison, point: str, measure: str) -> Difference:
    return next(each for each in found.differences if (each.point, each.measure) == (point, measure))


def test_a_real_difference_is_found_with_its_sign(tmp_path: Path) -> None:
    found = _compared(tmp_path, {}, {"ttft": 120.0, "seed": 1})
    slower = _at(found, "c8", "mean_ttft_ms")
    assert slower.verdict == "higher"
    assert slower.low is not None
    assert slower.high is not None
    assert 0 < slower.low < 0.2 * (slower.a or 0) < slower.high
    assert slower.difference == pytest.approx((slower.b or 0) - (slower.a or 0))
    assert _at(found, "c8", "output_throughput").verdict == "lower"
    assert _at(found, "c8", "mean_tpot_ms").verdict == "noise"
    assert _at(found, "c8", "error_share").verdict == "same"


def test_an_interval_that_holds_zero_is_noise(tmp_path: Path) -> None:
    found = _compared(tmp_path, {}, {"seed": 1})
    for each in found.differences:
        if each.low is not None and each.high is not None:
            assert (each.verdict == "noise") is (each.low < 0 < each.high)
    assert {each.verdict for each in found.differences} <= {"noise", "same", "cannot tell"}


def test_percentiles_beyond_which_hardly_a_request_lies_cannot_be_told(tmp_path: Path) -> None:
    far = _at(_compared(tmp_path, {}, {"ttft": 300.0}), "c4", "p99_ttft_ms")
    assert (far.verdict, far.low) == ("cannot tell", None)
    assert "requests beyond it, at least 10 are needed" in far.why
    assert None not in (far.a, far.b)


def test_a_handful_of_errors_cannot_be_told_and_many_can(tmp_path: Path) -> None:
    few = _at(_compared(tmp_path / "few", {}, {"change": runs.fails(60)}), "c4", "error_share")
    many = _at(_compared(tmp_path / "many", {}, {"change": runs.fails(4)}), "c4", "error_share")
    assert (few.verdict, few.why) == ("cannot tell", "only 3 requests, in both together, make the difference; at least 10 are needed")
    assert many.verdict == "higher"


def test_points_that_are_invalid_stay_in_sight_and_are_not_judged(tmp_path: Path) -> None:
    found = _compared(tmp_path, {"clients": {"c4": runs.BUSY}}, {"ttft": 200.0, "closed_by": {"c8": "interrupt"}})
    assert {each.point for each in found.differences} == {"c4", "c8"}
    assert {each.verdict for each in found.differences} == {"cannot tell"}
    assert _at(found, "c4", "mean_ttft_ms").why == "mu-singapore is invalid there"
    assert _at(found, "c8", "mean_ttft_ms").why == "token-singapore is interrupted there"
    assert _at(found, "c4", "mean_ttft_ms").b is not None


def test_points_that_one_alone_has_are_named(tmp_path: Path) -> None:
    found = _compared(tmp_path, {}, {"loads": (Load(concurrency=8), Load(rate=5.0))})
    assert {each.point for each in found.differences} == {"c8"}
    assert found.only == {"mu-singapore": ["c4"], "token-singapore": ["r5"]}


def test_runs_that_were_asked_different_things_are_not_compared(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="were asked different things \\(output "):
        _compared(tmp_path, {}, {"workload": Workload(input=Length(40, 40), output=Length(20, 20))})


def test_runs_without_a_common_point_are_not_compared(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"mu-singapore \(c4, c8\) and token-singapore \(c1\) have no point in common"):
        _compared(tmp_path, {}, {"loads": (Load(concurrency=1),)})
