"""Runs of `pulumi` that can be stopped in order: by Ctrl-C, by a limit, by their own time. What exists is then taken down by who called.

`fourways verify` and `fourways bench --ephemeral` are made of these.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import FrameType

from rich.console import RenderableType

from fourways.cli.demo import console
from fourways.cli.workspace import Workspace

GRACE_SECONDS = 600.0
"""How long pulumi may take to end in order once it was told to stop: what runs is not cut off, since what it makes is billed."""
KILL_SECONDS = 30.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Why(StrEnum):
    """Why a run stopped before its last step."""

    budget = "the budget"
    interrupted = "an interruption"
    time = "the time limit of a step"
    expiry = "the time to live"
    failed = "a failure"


def say(*lines: RenderableType) -> None:
    """Print, and go on where the terminal or the pipe is gone: a teardown must not end because nobody reads about it."""
    with contextlib.suppress(OSError):
        for line in lines:
            console.print(line, markup=False, highlight=False, soft_wrap=isinstance(line, str))


class StoppedError(Exception):
    """The run goes no further; what it made must be taken down. The message says more."""

    def __init__(self, why: Why, message: str) -> None:
        super().__init__(message)
        self.why = why


@dataclass
class Guard:
    """Says when to stop. By the wall clock: a machine asleep is billed all the same. `again` is said at a further Ctrl-C."""

    clock: Callable[[], float] = time.time
    interrupted: str | None = None
    again: str = ""

    def limit(self) -> StoppedError | None:
        """What else ends the run, such as a budget; None where nothing does."""
        return None

    def stop(self) -> StoppedError | None:
        """Why the run must stop now, or None."""
        if self.interrupted:
            return StoppedError(Why.interrupted, f"stopped by {self.interrupted}")
        return self.limit()

    def reason(self, since: float, minutes: float) -> StoppedError | None:
        """Why a step that began at `since` must stop, or None."""
        if (stop := self.stop()) is not None:
            return stop
        if self.clock() - since > minutes * 60:
            return StoppedError(Why.time, f"not done after {minutes:g} minutes")
        return None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Ctrl-C, a closed terminal and a polite kill are noted: pulumi is told to stop first, then what exists is taken down."""
        before = {number: signal.signal(number, self._note) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _note(self, number: int, _: FrameType | None) -> None:
        further = self.interrupted is not None and self.again
        self.interrupted = signal.Signals(number).name
        say(f"{self.interrupted}: stopping and taking everything down; this is not cut short", *([self.again] if further else []))


def run_pulumi(
    workspace: Workspace,
    arguments: Sequence[str],
    *,
    stack: str,
    log: Path,
    reason: Callable[[], StoppedError | None],
    pause: float,
    beat: Callable[[], None] = lambda: None,
    tell: Callable[[str], None] = say,
) -> int:
    """Run `pulumi` on a stack, output to `log`, calling `beat` every `pause` seconds; its exit code.

    Raises StoppedError once a pulumi that `reason` stopped has ended in order, and at once where there is a reason before it starts.
    """
    command = [str(workspace.pulumi), *arguments, "--non-interactive", "--stack", stack]
    stop = reason()
    if stop is not None:
        raise stop
    with log.open("a") as output:
        # A session of its own: a Ctrl-C reaches pulumi through this process only, and never a destroy.
        process = subprocess.Popen(
            command,
            cwd=workspace.folder,
            env=workspace.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            while not _ended(process, pause):
                beat()
                if stop is None and (stop := reason()) is not None:
                    tell(f"{stop}; waiting for pulumi to end in order")
                    _end(process, beat, pause)
        except BaseException:  # whatever it was: a destroy must not meet a pulumi that is still at work
            _end(process, lambda: None, pause)
            raise
    beat()
    if stop is not None:
        raise stop
    return process.returncode


def tail(log: Path, lines: int = 20) -> str:
    """The end of what pulumi said."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join(text.splitlines()[-lines:]) + f"\n(all of it: {log})"


def _ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(process: subprocess.Popen[bytes], beat: Callable[[], None], pause: float) -> None:
    """Ask for an orderly end, then for a quick one (the engine takes a second interrupt so, pulumi 3.259.0), then kill."""
    for number, limit in ((signal.SIGINT, GRACE_SECONDS), (signal.SIGINT, KILL_SECONDS), (signal.SIGKILL, KILL_SECONDS)):
        process.send_signal(number)
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            if _ended(process, pause):
                return
            beat()
    process.wait()
