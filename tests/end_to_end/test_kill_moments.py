"""The short version of `python -m tests.end_to_end.kill_moments`: two moments in the middle of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end import kills
from tests.end_to_end.kill_moments import HOLD_SECONDS, kill_at, moments, undisturbed


@pytest.mark.parametrize("count", [1, 2, 20])
def test_moments_are_spread_over_the_whole_run_and_a_seed_repeats_them(count: int) -> None:
    chosen = moments(count, 18, seed=7)
    assert chosen == moments(count, 18, seed=7)
    assert chosen[0].call == 1
    assert count == 1 or chosen[-1].call == 18
    assert [moment.call for moment in chosen] == sorted(moment.call for moment in chosen)
    assert all(0 <= moment.wait <= 1.5 * HOLD_SECONDS for moment in chosen)


def test_two_moments(tmp_path: Path) -> None:
    run = kills.start(tmp_path)
    try:
        whole = undisturbed(run)
        for moment in moments(4, whole.total(), seed=2)[1:3]:
            outcome = kill_at(run, moment, whole)
            assert outcome.problems == (), outcome
    finally:
        kills.stop(tmp_path)
