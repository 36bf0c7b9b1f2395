"""The processes of a run: which is the provider, a plugin, the language host; what a workspace has left running; how all are ended."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil

#: What stands in the command line of each process that a strike may hit.
MARKS = {"provider": "fourways/provider", "plugin": "pulumi-resource-alicloud", "host": "pulumi-language-python"}


def kill_child(parent: int, who: str) -> bool:
    """SIGKILL the provider, plugin or host below the command `parent`; False when there is none (any more, or yet)."""
    hit = False
    for process in _below(parent):
        if MARKS[who] in _command(process):
            hit = _kill(process) or hit
    return hit


def left_running(pulumi_home: Path) -> list[psutil.Process]:
    """Everything that was started in the environment of this workspace and still runs: orphans of killed commands."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get("PULUMI_HOME") == str(pulumi_home):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue  # gone meanwhile, or another user's: none of ours
    return found


def ended(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those that are still there after waiting up to `seconds` for them."""
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return list(alive)


def describe(process: psutil.Process) -> str:
    """Process id and command line."""
    return f"process {process.pid}: {_command(process)}"


def end(processes: list[psutil.Process]) -> None:
    """SIGKILL them all."""
    for process in processes:
        _kill(process)


def kill(pid: int) -> None:
    """SIGKILL one process; one that is gone already is no error."""
    _send(pid, signal.SIGKILL)


def interrupt(pid: int) -> None:
    """What Ctrl-C sends."""
    _send(pid, signal.SIGINT)


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _below(parent: int) -> Iterator[psutil.Process]:
    try:
        yield from psutil.Process(parent).children(recursive=True)
    except psutil.NoSuchProcess:
        return


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return ""


def _kill(process: psutil.Process) -> bool:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return False
    return True
