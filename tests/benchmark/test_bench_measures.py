"""Measures, by hand and against a second implementation that loops over requests with the standard library."""

from __future__ import annotations

import statistics
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourways.benchmark.measures import Window, apart, measure, summary
from fourways.benchmark.samples import ERRORS, Sample, Samples
from tests.benchmark.samples import MS, any_sample, sample

WINDOW = Window(200 * MS, 1200 * MS)


def _measure(rows: list[Sample], **options: Any) -> dict[str, Any]:
    return measure(Samples.of(rows), WINDOW, **{"open_loop": False, "slo": {}, **options})


def test_by_hand() -> None:
    rows = [
        sample(0, 150, ttft=100, gaps=(10, 10)),  # due before the window: its tokens count, its latencies do not
        sample(1, 300, ttft=100, gaps=(10, 30)),
        sample(2, 400, ttft=200, gaps=(20,), tokens=5),  # two chunks of 2.5 tokens
        sample(3, 1150, ttft=100, gaps=(10,)),  # due inside, answered after: latencies count, tokens do not
        sample(4, 500, gaps=(), error="429", first_error="429", status=429, first=0, last=0, output_tokens=0),
    ]
    found = _measure(rows, slo={"ttft_ms": 150, "tpot_ms": 15})
    assert found["requests"] == 4
    assert found["completed"] == 3
    assert found["failed"] == 1
    assert found["errors"]["429"] == 1
    assert found["error_statuses"] == {"429": 1}
    assert found["duration"] == 1.0
    assert found["total_output_tokens"] == found["output_throughput"] == 3 + 3 + 5
    assert found["total_input_tokens"] == 3 * 7
    assert found["total_token_throughput"] == 11 + 21
    assert found["output_tpm"] == 660
    assert found["completed_in_window"] == found["request_throughput"] == 3
    assert found["mean_ttft_ms"] == pytest.approx((100 + 200 + 100) / 3)
    assert found["median_ttft_ms"] == 100
    assert found["std_ttft_ms"] == pytest.approx(statistics.stdev([100, 200, 100]))
    assert found["mean_tpot_ms"] == pytest.approx((20 + 5 + 10) / 3)
    assert found["mean_itl_ms"] == pytest.approx((10 + 30 + 20 + 10) / 4)
    assert found["mean_e2el_ms"] == pytest.approx((140 + 220 + 110) / 3)
    assert found["interactivity"] == pytest.approx(1000 / found["mean_tpot_ms"])
    # Only request 3 is quick enough in both, of four.
    assert found["goodput_share"] == 0.25
    assert found["request_goodput"] == 1.0


def test_open_loop_counts_from_when_a_request_was_due() -> None:
    late = sample(0, 300, ttft=100)
    late.scheduled -= 40 * MS
    assert _measure([late])["mean_ttft_ms"] == 100
    assert _measure([late], open_loop=True)["mean_ttft_ms"] == 140
    assert _measure([late])["mean_dispatch_delay_ms"] == 40


def test_without_retries_a_second_attempt_is_a_failure() -> None:
    rows = [sample(0, 300), sample(1, 400, ttft=900, attempts=2, first_error="429")]
    with_retries, without = _measure(rows), _measure(rows, retries=False)
    assert (with_retries["completed"], with_retries["failed"], with_retries["retried"]) == (2, 0, 1)
    assert (without["completed"], without["failed"], without["errors"]["429"]) == (1, 1, 1)
    assert with_retries["mean_ttft_ms"] == 500
    assert without["mean_ttft_ms"] == 100
    assert without["total_output_tokens"] == 3


def test_nothing_measured_is_null_and_not_a_crash() -> None:
    found = _measure([], slo={"ttft_ms": 1})
    assert found["requests"] == found["output_throughput"] == 0
    assert found["mean_ttft_ms"] is found["std_itl_ms"] is found["interactivity"] is found["goodput_share"] is None


def test_what_overflowed_is_told_apart() -> None:
    rows = Samples.of([sample(0, 300, ttft=100), sample(1, 300, ttft=300, overflow=True)])
    within, over = (measure(apart(rows, overflow=which), WINDOW, open_loop=False, slo={}) for which in (False, True))
    assert (within["completed"], within["mean_ttft_ms"]) == (1, 100)
    assert (over["completed"], over["mean_ttft_ms"]) == (1, 300)


@given(st.lists(st.floats(0, 1e6), max_size=50))
def test_a_summary_is_that_of_the_standard_library(values: list[float]) -> None:
    found = summary(np.array(values), "x")
    if values:
        assert found["mean_x"] == pytest.approx(statistics.fmean(values), abs=1e-6)
        assert found["median_x"] == pytest.approx(statistics.median(values), abs=1e-6)
    if len(values) > 1:
        assert found["std_x"] == pytest.approx(statistics.stdev(values), rel=1e-6, abs=1e-6)
        cuts = statistics.quantiles(values, n=100, method="inclusive")
        assert found["p95_x"] == pytest.approx(cuts[94], abs=1e-6)
        assert found["p99_x"] == pytest.approx(cuts[98], abs=1e-6)


@given(st.lists(any_sample(), max_size=12), st.booleans(), st.booleans())
def test_against_a_plain_loop(rows: list[Sample], open_loop: bool, retries: bool) -> None:
    slo = {"ttft_ms": 150.0, "e2el_ms": 300.0}
    found = _measure(rows, open_loop=open_loop, slo=slo, retries=retries)
    ttft, tpot, itl, good, output = [], [], [], 0, 0.0
    population = [row for row in rows if WINDOW.open <= row.scheduled < WINDOW.close]
    for row in rows:
        error = row.error if retries else row.first_error
        if error:
            continue
        output += sum(row.output_tokens / len(row.chunks) for stamp in row.chunks if WINDOW.open <= stamp < WINDOW.close)
        if row not in population:
            continue
        begun = row.scheduled if open_loop else row.first_sent
        ttft.append((row.first - begun) / 1e6)
        if row.output_tokens > 1:
            tpot.append((row.last - row.first) / 1e6 / (row.output_tokens - 1))
        itl += [(after - before) / 1e6 for before, after in zip(row.chunks, row.chunks[1:], strict=False)]
        good += ttft[-1] <= 150 and (row.ended - begun) / 1e6 <= 300
    errors = [row.error if retries else row.first_error for row in population]
    assert found["errors"] == {name: errors.count(name) for name in ERRORS if name}
    assert found["requests"] == len(population) == found["completed"] + found["failed"]
    assert found["output_throughput"] == pytest.approx(output)
    for name, values in (("ttft", ttft), ("tpot", tpot), ("itl", itl)):
        assert found[f"mean_{name}_ms"] == (pytest.approx(statistics.fmean(values)) if values else None)
    assert found["goodput_share"] == (pytest.approx(good / len(population)) if population else None)
