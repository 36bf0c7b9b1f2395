"""`fourways fakes chaos` when a lane cannot start: what ran is told all the same, and why the rest did not."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fourways.chaos.plan import Plan
from fourways.chaos.table import Outcome
from fourways.cli import chaos
from fourways.cli.errors import FAILED, UserError
from fourways.cloud.errors import CloudError
from fourways.cloud.errors import Outcome as Ending

STACK = "mu-singapore"
PATIENCE = 30.0


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """The command takes Ctrl-C over for its process."""
    before = {ending: signal.getsignal(ending) for ending in (signal.SIGINT, signal.SIGTERM)}
    yield
    for ending, handler in before.items():
        signal.signal(ending, handler)


def lanes(error: Exception) -> type:
    """Lanes of which the first runs a cycle while the second cannot start. Each takes its number before: they wait for each other."""
    starting, ran = threading.Event(), threading.Event()

    class Lane:
        def __init__(self, number: int, *_: Any) -> None:
            self.number = number
            if number == 2:
                starting.set()
                assert ran.wait(PATIENCE)
                raise error

        def cycle(self, plan: Plan) -> Outcome:
            assert starting.wait(PATIENCE)
            ran.set()
            return Outcome(plan=plan, lane=self.number, seconds=1.0)

        def close(self, *, keep: bool) -> None:
            assert not keep

    return Lane


@pytest.mark.parametrize(
    ("error", "raised", "reason"),
    [
        (UserError("port 4566 is taken", 2), UserError, "a lane could not start or go on: port 4566 is taken"),
        (OSError(28, "No space left on device"), UserError, "a lane could not start or go on: .*No space left on device"),
        (CloudError("CreateVpc", outcome=Ending.REFUSED, message="no"), CloudError, "CreateVpc"),
        (KeyError("a fault of the driver"), KeyError, "a fault of the driver"),
    ],
    ids=["fake", "disk", "cloud", "driver"],
)
def test_the_table_of_what_ran_comes_before_the_reason(
    error: Exception,
    raised: type[Exception],
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(chaos, "Lane", lanes(error))
    with pytest.raises(raised, match=reason) as caught:
        chaos.chaos(stack=STACK, cycles=2, first=0, seed=1, lanes=2, folder=tmp_path)
    said = capsys.readouterr().out
    assert "Injected" in said
    assert "1 of 1 cycles clean" in said
    if isinstance(caught.value, UserError):
        assert caught.value.exit_code == FAILED
