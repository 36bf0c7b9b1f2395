"""A short run of the chaos driver, as a user types it: one cycle in which the CLI is killed, and one in which the fake is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from fourways.chaos.injections import Step
from fourways.chaos.plan import plan

SEED, FIRST = 17862, 3


def test_the_seed_is_what_this_test_needs() -> None:
    """The plan may change: then another seed must be found."""
    kinds = [[(step, injection.kind) for step, injection in plan(SEED, number).injections()] for number in (FIRST, FIRST + 1)]
    assert kinds == [[(Step.up, "kill-cli")], [(Step.up, "kill-fake")]]


def test_killed_runs_end_with_nothing_left(tmp_path: Path) -> None:
    arguments = ("--cycles", "2", "--seed", str(SEED), "--first", str(FIRST), "--lanes", "2", "--folder", str(tmp_path))
    command = [sys.executable, "-m", "fourways.cli.main", "fakes", "chaos", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "200"})
    assert result.returncode == 0, result.stdout + result.stderr
    assert "2 of 2 cycles clean" in result.stdout
    assert "0 intervals open" in result.stdout
    for kind in ("kill-cli", "kill-fake"):
        assert re.search(rf"{kind} +│ +1 │ +1 │ +1 │ +0 ", result.stdout), result.stdout
    assert list(tmp_path.iterdir()) == []
