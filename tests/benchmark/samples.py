"""Samples made up for tests of what is computed from them."""

from __future__ import annotations

from array import array
from typing import Any

from hypothesis import strategies as st

from fourways.benchmark.samples import COUNTS, ERRORS, Sample

MS = 1_000_000


def sample(
    index: int = 0, at: float = 0.0, *, ttft: float = 100.0, gaps: tuple[float, ...] = (10.0, 10.0), tokens: int | None = None, **more: Any
) -> Sample:
    """Due and sent at `at` milliseconds; the first piece after `ttft`, then one after each gap; ends with the last piece."""
    stamps = [round((at + ttft + sum(gaps[:count])) * MS) for count in range(len(gaps) + 1)]
    given = {
        "scheduled": round(at * MS), "first_sent": round(at * MS), "sent": round(at * MS), "first": stamps[0], "last": stamps[-1],
        "ended": stamps[-1], "prompt_tokens": 7, "output_tokens": len(stamps) if tokens is None else tokens, "attempts": 1, "status": 200,
        "chunks": array("q", stamps),
    }  # fmt: skip
    return Sample(index, **(given | more))


@st.composite
def any_sample(draw: st.DrawFn) -> Sample:
    """A request as it may end, within about two seconds."""
    gaps = tuple(draw(st.lists(st.floats(0, 50), max_size=6)))
    error = draw(st.sampled_from(["", "", "", *ERRORS]))
    attempts = draw(st.integers(1, 3))
    made = sample(
        draw(st.integers(0, 99)),
        draw(st.floats(1, 1500)),
        ttft=draw(st.floats(0, 400)),
        gaps=gaps,
        tokens=draw(st.integers(0, 20)),
        error=error,
        first_error=error if attempts == 1 else draw(st.sampled_from(ERRORS[1:4])),
        attempts=attempts,
        overflow=draw(st.booleans()),
        count=draw(st.sampled_from(COUNTS)),
    )
    made.scheduled -= draw(st.integers(0, MS // 2))
    return made
