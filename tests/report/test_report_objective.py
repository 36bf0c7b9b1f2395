"""The point that is bought, and the front of those that nobody beats."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourways.report.objective import best, front


def _point(name: str, tokens: float, share: float | None, **more: Any) -> dict[str, Any]:
    slo = {} if share is None else {"ttft_ms": 1.0}
    return {
        "name": name, "total_token_throughput": tokens, "goodput_share": share, "slo": slo, "valid": True, "interrupted": False, **more,
    }  # fmt: skip


def test_the_point_with_most_tokens_of_those_that_meet_the_slo() -> None:
    points = [_point("c1", 10, 1.0), _point("c8", 80, 0.96), _point("c16", 120, 0.94)]
    assert best(points).point == points[1]
    assert best(points, share=0.9).point == points[2]
    assert best(points, share=0.97).point == points[0]


@pytest.mark.parametrize("wrong", [{"valid": False}, {"interrupted": True}])
def test_a_point_that_cannot_be_relied_on_is_never_bought(wrong: dict[str, Any]) -> None:
    points = [_point("c1", 10, 1.0), _point("c8", 80, 1.0, **wrong)]
    assert best(points).point == points[0]
    assert best(points[1:]).point is None
    assert best(points[1:]).why == "no point is valid and whole"


def test_what_is_missing_is_said() -> None:
    assert best([]).why == "no point was measured"
    assert best([_point("c1", 10, None)]).why == "no SLO is stated"
    assert best([_point("c1", 10, 0.5), _point("c2", 10, 0.8)]).why == (
        "no point meets the SLO: at best 80.0% of requests do (at c2), 95% are needed"
    )


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=12))
def test_the_front(points: list[tuple[int, int]]) -> None:
    marks = front([(float(x), float(y)) for x, y in points])
    on = [point for point, mark in zip(points, marks, strict=True) if mark]
    for point, mark in zip(points, marks, strict=True):
        beaten = [other for other in on if other != point and other[0] >= point[0] and other[1] >= point[1]]
        assert bool(beaten) is not mark
