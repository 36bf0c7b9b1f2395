"""What a run writes down before it makes anything: enough for whoever finds it dead to take it all down. Written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from fourways.cloud.ownership import OwnershipError, format_time, parse_time

FORMAT = 1
FILE = "journal.json"
SLACK_SECONDS = 5.0
"""How far apart two readings of one process's start may be: it is counted from the boot time, which clocks correct."""

Step = Literal["planned", "up", "measuring", "destroying", "left", "gone"]
"""Where a copy stands. `left`: its destroy did not end well. What is `planned` or `gone` has nothing."""


class JournalError(Exception):
    """A journal that cannot be read. The message names the file."""


@dataclass(frozen=True, kw_only=True)
class Process:
    """Who runs it: `started` in epoch seconds, since a pid is given to others later."""

    host: str
    pid: int
    started: float

    def is_this(self, other: Process) -> bool:
        """Whether both readings are of one process."""
        return (self.host, self.pid) == (other.host, other.pid) and abs(self.started - other.started) <= SLACK_SECONDS


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One copy: of which stack, under which name, where."""

    source: str
    stack: str
    region: str
    step: Step = "planned"


@dataclass(frozen=True, kw_only=True)
class Journal:
    """One run. `backend` is the URL of the states, `budget` as it was typed, `ended` when nothing was left any more."""

    run: str
    project: str
    target: str
    account: str
    folder: str
    backend: str
    began: datetime
    expires_at: datetime
    budget: tuple[str, ...]
    process: Process
    entries: tuple[Entry, ...]
    ended: datetime | None = None

    @property
    def stacks(self) -> tuple[str, ...]:
        """The copies' own names."""
        return tuple(entry.stack for entry in self.entries)

    @property
    def regions(self) -> tuple[str, ...]:
        """Where they are, sorted."""
        return tuple(sorted({entry.region for entry in self.entries}))

    def at(self, stack: str, step: Step) -> Journal:
        """With that copy at another step."""
        return replace(self, entries=tuple(replace(entry, step=step) if entry.stack == stack else entry for entry in self.entries))


def write(journal: Journal) -> None:
    """Into the run's folder, and onto the disk: who reads it sees this journal or the one before, also after a loss of power."""
    folder = Path(journal.folder)
    part = folder / f"{FILE}.part"
    data = {"format": FORMAT, **asdict(journal)}
    for name in ("began", "expires_at", "ended"):
        data[name] = format_time(data[name]) if data[name] else None
    with part.open("w") as file:
        json.dump(data, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, folder / FILE)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path) -> Journal:
    """The journal in a file. Raises JournalError."""
    try:
        data: dict[str, Any] = json.loads(path.read_text())
        if data.pop("format") != FORMAT:
            raise JournalError(f"{path} is of another version of fourways: take its run down with that one")
        return Journal(
            **{
                **data,
                "began": parse_time(data["began"]),
                "expires_at": parse_time(data["expires_at"]),
                "ended": parse_time(data["ended"]) if data["ended"] else None,
                "budget": tuple(data["budget"]),
                "process": Process(**data["process"]),
                "entries": tuple(Entry(**entry) for entry in data["entries"]),
            }
        )
    except (OSError, KeyError, TypeError, ValueError, OwnershipError) as error:
        raise JournalError(f"{path} cannot be read as a run's journal ({type(error).__name__}: {error})") from error


def find(folder: Path) -> list[Journal]:
    """All runs below a folder that have not ended, the oldest first. Raises JournalError: a run that cannot be read may be billed."""
    found = [read(path) for path in folder.glob(f"*/{FILE}")]
    return sorted((journal for journal in found if journal.ended is None), key=lambda journal: (journal.began, journal.run))


def going_on(journal: Journal, here: str, processes: Iterable[Process], now: datetime) -> bool:
    """Whether the run may still be at work: its process is among `processes` of the host `here`. Another host cannot be asked: its run
    counts as at work until it has expired, for the host may be a container that nobody will meet again."""
    if journal.process.host != here:
        return now < journal.expires_at
    return any(journal.process.is_this(process) for process in processes)
