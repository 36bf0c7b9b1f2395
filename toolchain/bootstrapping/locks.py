"""One at a time: two builds at once would need twice the memory and do the same work twice."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .report import say


@contextmanager
def alone(path: Path, doing: str) -> Iterator[int]:
    """Holds the lock file `path`; waits, and says so, while another process has it. The kernel frees it however its holder ends.

    Gives the lock's file descriptor: a child that inherits it keeps the lock, should this process be killed before it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            say(f"another process ({file.read().strip() or 'starting'}) is {doing}: waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        file.truncate()
        file.write(f"pid {os.getpid()}")
        file.flush()
        yield file.fileno()
