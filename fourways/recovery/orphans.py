"""Plugins whose engine is gone: they go on changing the cloud, so they are ended before anybody looks at it.

After `kill -9` of the CLI the alicloud plugin runs on until its own health check, every five minutes, misses the engine (seen with pulumi
3.259.0: a TagResources was sent after the CLI's death). Strict: the executable is a Pulumi plugin's or the process is our provider, it is
this user's, it works on the same target (the cloud, or this very fake), and the engine's address among its arguments refuses connections.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from fourways.cloud.target import FAKE_VARIABLE

PLUGINS = ("pulumi-resource-", "pulumi-language-")
_ADDRESS = re.compile(r"127\.0\.0\.1:\d{1,5}")
OWN_END_SECONDS = 15.0
"""How long plugins that watch their engine get to end by themselves: our provider misses it after 2 s and has 10 s for its last words."""
TERM_SECONDS = 5.0
KILL_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class Orphan:
    """`ends` says whether it ends by itself: language hosts and our provider do."""

    process: psutil.Process
    name: str
    engine: str
    ends: bool

    def __str__(self) -> str:
        return f"{self.name} (process {self.process.pid}, engine {self.engine})"


def plugin(executable: str, arguments: Sequence[str], provider: Path) -> tuple[str, bool] | None:
    """(name, whether it ends by itself) of a plugin process; None for any other. `provider` is the folder of our provider, run by
    Python."""
    name = Path(executable or (arguments[0] if arguments else "")).name
    if name.startswith(PLUGINS):
        return name, name.startswith("pulumi-language-")
    if name.startswith("python") and str(provider) in arguments[1:4]:
        return "the fourways provider", True
    return None


def engine_address(arguments: Sequence[str]) -> str | None:
    """The engine's address: the last argument that is one (pulumi/sdk 3.259.0, plugin.go: the address is the plugin's first positional)."""
    return next((argument for argument in reversed(arguments) if _ADDRESS.fullmatch(argument)), None)


def refuses(address: str) -> bool:
    """Whether nothing listens there. Anything but a refusal counts as an engine that lives."""
    host, _, port = address.partition(":")
    if int(port) > 65535:
        return False
    try:
        with socket.create_connection((host, int(port)), timeout=2) as connection:
            # Where nobody listens, Linux may give the caller that very port and connect it to itself.
            return bool(connection.getsockname() == connection.getpeername())
    except ConnectionRefusedError:
        return True
    except OSError:
        return False


def find(provider: Path, *, processes: Iterable[psutil.Process] | None = None, gone: Callable[[str], bool] = refuses) -> list[Orphan]:
    """The orphans of this user. `provider` is the folder of our provider."""
    found = []
    for process in psutil.process_iter() if processes is None else processes:
        try:
            with process.oneshot():
                if process.uids().real != os.getuid() or process.status() == psutil.STATUS_ZOMBIE:
                    continue
                arguments = process.cmdline()
                if process.environ().get(FAKE_VARIABLE, "") != os.environ.get(FAKE_VARIABLE, ""):
                    continue
                known = plugin(process.exe(), arguments, provider)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        address = engine_address(arguments) if known else None
        if known and address and gone(address):
            found.append(Orphan(process=process, name=known[0], engine=address, ends=known[1]))
    return found


def end(orphans: Sequence[Orphan]) -> list[Orphan]:
    """Waits for those that end by themselves, ends the others (SIGTERM, then SIGKILL) and returns once they are gone: any that are left."""
    for orphan in orphans:
        if not orphan.ends:
            _signal(orphan, psutil.Process.terminate)
    left = _wait([orphan for orphan in orphans if orphan.ends], OWN_END_SECONDS)
    for orphan in left:
        _signal(orphan, psutil.Process.terminate)
    left = _wait(orphans, TERM_SECONDS)
    for orphan in left:
        _signal(orphan, psutil.Process.kill)
    return _wait(left, KILL_SECONDS)


def _signal(orphan: Orphan, send: Callable[[psutil.Process], None]) -> None:
    try:
        send(orphan.process)  # psutil compares the start time first: a pid that was given to another process is not touched
    except psutil.NoSuchProcess:
        return


def _wait(orphans: Sequence[Orphan], seconds: float) -> list[Orphan]:
    _, alive = psutil.wait_procs([orphan.process for orphan in orphans], timeout=seconds)
    return [orphan for orphan in orphans if orphan.process in alive and not _is_zombie(orphan.process)]


def _is_zombie(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
