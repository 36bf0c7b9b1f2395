"""How sure measures are: exact without drawing, honest with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourways.benchmark.measures import measure
from fourways.benchmark.plan import Load
from fourways.benchmark.samples import Samples
from fourways.report.blocks import LEAST, MOST, TooShort, _quantile, neighbours, resample
from fourways.report.comparison import compare, student
from fourways.report.reading import read, samples_of, window_of
from tests.report import runs


def test_what_was_measured_is_what_the_runner_says(tmp_path: Path) -> None:
    folder = runs.capacity(tmp_path / "a", change=runs.fails(7), loads=(Load(concurrency=8), Load(rate=20.0)))
    run = read([folder])[0]
    for point in run.points:
        open_loop = point["max_concurrency"] is None
        found = resample(samples_of(run.run, point), window_of(point), point, open_loop=open_loop, drawings=10, seed=0)
        assert LEAST <= found.stretches <= MOST
        assert found.measured["error_share"] == pytest.approx(point["failed"] / point["requests"])
        shared = set(found.measured) - {"error_share"}
        assert {name: found.measured[name] for name in shared} == pytest.approx({name: point[name] for name in shared})
        assert len(shared) == 9


@given(
    st.lists(st.tuples(st.integers(0, 3), st.floats(0, 100)), min_size=1, max_size=30),
    st.lists(st.integers(0, 3), min_size=4, max_size=4),
    st.floats(0, 1),
)
def test_a_percentile_of_what_was_drawn_is_numpys(values: list[tuple[int, float]], times: list[int], quantile: float) -> None:
    of, seen = np.array([each for each, _ in values]), np.array([value for _, value in values])
    found = _quantile(of, seen, 4, quantile)(np.array([times]))[0]
    drawn = np.repeat(seen, np.array(times)[of])
    assert found == pytest.approx(np.quantile(drawn, quantile)) if len(drawn) else np.isnan(found)


def test_the_same_seed_draws_the_same(tmp_path: Path) -> None:
    one, other = read([runs.capacity(tmp_path / "a"), runs.capacity(tmp_path / "b", seed=1)])
    assert compare(one, other, seed=3) == compare(one, other, seed=3)
    assert compare(one, other, seed=3) != compare(one, other, seed=4)


def test_a_window_of_a_few_requests_says_nothing(tmp_path: Path) -> None:
    run = read([runs.capacity(tmp_path / "a", loads=(Load(concurrency=1),), tpot=250.0)])[0]
    point = run.points[0]
    with pytest.raises(TooShort, match=r"10 s; a request takes 2\.\d s"):
        resample(samples_of(run.run, point), window_of(point), point, open_loop=False, drawings=10, seed=0)


def test_a_window_that_drifts_all_the_time_says_nothing(tmp_path: Path) -> None:
    """Latencies that climb from the first request to the last: no two stretches are alike."""

    def climbs(made: runs.Sample) -> None:
        later = made.scheduled // 50
        made.first += later
        made.last += later
        made.ended += later

    run = read([runs.capacity(tmp_path / "a", loads=(Load(rate=30.0),), change=climbs)])[0]
    point = run.points[0]
    with pytest.raises(TooShort, match="do not depend on each other"):
        resample(samples_of(run.run, point), window_of(point), point, open_loop=True, drawings=10, seed=0)


def test_no_request_that_ended_well() -> None:
    rows = Samples.of([runs.sample(0, 5, error="429", first_error="429")])
    window = runs.Window(0, 10**9)
    with pytest.raises(TooShort, match="no request ended well"):
        resample(rows, window, measure(rows, window, open_loop=False, slo={}), open_loop=False, drawings=10, seed=0)


def test_neighbours_that_are_alike_correlate() -> None:
    chance = np.random.default_rng(1)
    noise = chance.normal(size=2000)
    walk = np.convolve(noise, np.ones(5) / 5)
    assert abs(neighbours(noise)) < 0.1
    assert neighbours(walk) > 0.7
    assert neighbours(np.ones(9)) == 0


def test_runs_that_differ_by_nothing_but_chance_hardly_ever_differ(tmp_path: Path) -> None:
    """Twenty pairs of runs in which neighbouring requests are alike. Taking requests for independent finds a difference in TTFT in many;
    drawing stretches, in all measures together, in at most two (5 % of 20 is one)."""
    naive = ours = 0
    for number in range(20):
        folders = [
            runs.capacity(tmp_path / f"{number}{side}", loads=(Load(concurrency=8),), drift=0.1, seed=2 * number + side) for side in (0, 1)
        ]
        one, other = read(folders)
        ours += any(each.verdict in ("higher", "lower") for each in compare(one, other).differences)
        a, b = one.points[0], other.points[0]
        error = np.hypot(*(point["std_ttft_ms"] / np.sqrt(point["completed"]) for point in (a, b)))
        naive += abs(a["mean_ttft_ms"] - b["mean_ttft_ms"]) > 1.96 * error
    assert naive >= 6
    assert ours <= 2


def test_students_t() -> None:
    """Against tables: two-sided 95 % and 99 %."""
    assert student(1.959964, 5) == pytest.approx(2.5706, rel=2e-3)
    assert student(1.959964, 19) == pytest.approx(2.0930, rel=1e-4)
    assert student(2.575829, 9) == pytest.approx(3.2498, rel=2e-3)
