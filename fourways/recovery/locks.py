"""The lock that a killed run leaves in a DIY backend (file://, s3:// and the like), and whether its owner is dead.

Source: pulumi/pkg 3.259.0, backend/diy/lock.go. A lock is a file `.pulumi/locks/<stack's full name>/<uuid>.json` with pid, username,
hostname and timestamp; the full name is `organization/<project>/<stack>`, or the stack's name alone in a backend older than projects.
Commands that change a stack fail with "the stack is currently locked by N lock(s)", one line a lock. `pulumi cancel` deletes ALL locks of
a stack, so it is for when all owners are dead. Pulumi Cloud has no such files.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

import psutil

SLACK_SECONDS = 5.0
"""How much later than its lock a process may seem to have started and still be its owner: process times are counted from the boot time."""
_LINE = re.compile(r"^\s*(?P<where>\S+): created by (?P<user>.*)@(?P<host>\S+) \(pid (?P<pid>\d+)\) at (?P<at>\S+)\s*$", re.MULTILINE)
_LOCKED = "the stack is currently locked by"


class LockError(Exception):
    """A lock that cannot be read. The message names the file."""


@dataclass(frozen=True, kw_only=True)
class Lock:
    """One lock; `where` is its file or URL."""

    where: str
    pid: int
    user: str
    host: str
    at: datetime

    def __str__(self) -> str:
        return f"process {self.pid} of {self.user} on {self.host}, since {self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True, kw_only=True)
class Process:
    """What runs under a pid: the program's name and when it started (epoch seconds)."""

    name: str
    started: float


Backend = Literal["file", "diy", "cloud"]


def backend(url: str) -> Backend:
    """Which kind of backend a URL means."""
    scheme = urlsplit(url).scheme
    return "file" if scheme == "file" else "cloud" if scheme in ("http", "https") else "diy"


def folder(url: str, base: Path) -> Path:
    """The folder of a file:// backend; `file://~` is the home folder (pulumi/pkg 3.259.0, backend/diy/backend.go, massageBlobPath), and
    `file://./state` lies where `pulumi` runs, in `base`."""
    parts = urlsplit(url)
    return base / Path(unquote(parts.netloc + parts.path)).expanduser()


def files(url: str, project: str, stack: str, base: Path) -> list[Path]:
    """The lock files of a stack in a file:// backend."""
    locks = folder(url, base) / ".pulumi" / "locks"
    return [path for place in (locks / "organization" / project / stack, locks / stack) for path in sorted(place.glob("*.json"))]


def read(url: str, project: str, stack: str, base: Path) -> list[Lock]:
    """The locks of a stack in a file:// backend. Raises LockError."""
    return [lock for path in files(url, project, stack, base) if (lock := read_one(path)) is not None]


def read_one(path: Path) -> Lock | None:
    """One lock; None where it was given back meanwhile. Raises LockError."""
    try:
        content = json.loads(path.read_text())
        at = _moment(content["timestamp"])
        return Lock(where=str(path), pid=int(content["pid"]), user=str(content["username"]), host=str(content["hostname"]), at=at)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LockError(
            f"the lock {path} cannot be read ({type(error).__name__}): if no pulumi works on the stack, run `pulumi cancel`"
        ) from None


def told(text: str) -> list[Lock]:
    """The locks that an error of `pulumi` names; none where the error is another."""
    if _LOCKED not in text:
        return []
    return [
        Lock(where=line["where"], pid=int(line["pid"]), user=line["user"], host=line["host"], at=datetime.fromisoformat(line["at"]))
        for line in _LINE.finditer(text.split(_LOCKED, 1)[1])
    ]


def judge(lock: Lock, host: str, process: Process | None) -> str | None:
    """Why the lock's owner is dead; None where it may live. Pure: `process` is what runs under the pid on this host, None for nothing.

    Assumed: one host name means one set of processes, which two containers with the same name would break."""
    if lock.host != host:
        return None
    if process is None:
        return f"process {lock.pid} is gone"
    if not process.name.startswith("pulumi"):
        return f"process {lock.pid} is another program now ({process.name})"
    if process.started > lock.at.timestamp() + SLACK_SECONDS:
        return f"process {lock.pid} is younger than the lock"
    return None


def why_dead(lock: Lock, look: Callable[[int], Process | None] | None = None) -> str | None:
    """`judge` on this machine."""
    return judge(lock, socket.gethostname(), (look or running)(lock.pid))


def running(pid: int) -> Process | None:
    """What runs under a pid; a zombie has ended."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return Process(name=process.name(), started=process.create_time())
    except psutil.NoSuchProcess:
        return None


def _moment(text: str) -> datetime:
    """A time as Go writes it; its nanoseconds are cut off, since not every Python takes them. Raises ValueError, also without a zone."""
    found = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    if found.tzinfo is None:
        raise ValueError("a time without a zone")
    return found
