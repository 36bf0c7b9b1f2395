"""What the bootstrap says: everything goes to stderr, so that `path` can be used in a shell."""

import sys
import time


class Problem(Exception):
    """Something the user has to know: what is missing and what to do about it. Its text is the whole message."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class Progress:
    """A running step: on a terminal one line that is rewritten, elsewhere (CI logs) a line each `QUIET_SECONDS`."""

    QUIET_SECONDS = 30.0

    def __init__(self, title: str) -> None:
        self.title = title
        self.started = self._shown = time.monotonic()
        self._terminal = sys.stderr.isatty()
        say(f"{title} ...")

    def update(self, detail: str) -> None:
        now = time.monotonic()
        if now - self._shown < (0.2 if self._terminal else self.QUIET_SECONDS):
            return
        self._shown = now
        line = f"  {detail} ({elapsed(now - self.started)})"
        if self._terminal:
            print(f"\r\033[K{line[:110]}", end="", file=sys.stderr, flush=True)
        else:
            say(line)

    def done(self, detail: str = "done") -> None:
        self.clear()
        say(f"  {detail} ({elapsed(time.monotonic() - self.started)})")

    def clear(self) -> None:
        if self._terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def elapsed(seconds: float) -> str:
    return f"{int(seconds) // 60}m{int(seconds) % 60:02d}s" if seconds >= 60 else f"{seconds:.1f}s"
