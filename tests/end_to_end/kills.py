"""Runs of the real CLI that are killed with SIGKILL at a moment that the fake's request log names, and what is asked afterwards."""

from __future__ import annotations

import contextlib
import io
import os
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from fourways.cli import fake_server
from fourways.cli import recover as recovering
from fourways.cloud import clients
from fourways.fakes.cloud import READ_ONLY
from tests.end_to_end.conftest import Run, start_run

STACK = "mu-singapore"
AT = ("--stack", STACK, "--non-interactive")
SPEED = 200.0
LIMIT = 600.0
#: Calls that make something.
CREATES = re.compile(r"^(Create|Allocate|Associate|Authorize)")


def start(folder: Path) -> Run:
    """A fresh fake and workspace for the stack with a way out to the Internet."""
    run = start_run(folder, SPEED)
    run.configure(STACK, {"nat": True}, key="fourways:network")
    run.pulumi("stack", "init", STACK, "--non-interactive")
    return run


def stop(folder: Path) -> None:
    fake_server.stop(folder / "fake")


def changes(run: Run) -> Counter[str]:
    """Mutating calls so far, by action."""
    actions = run.fake.ask("requests?action=none")["actions"]
    return Counter({action: count for action, count in actions.items() if not READ_ONLY.match(action)})


def begin(run: Run, *arguments: str) -> subprocess.Popen[str]:
    """A `pulumi` command in the background."""
    return subprocess.Popen(
        [str(run.workspace.pulumi), *arguments],
        cwd=run.workspace.folder,
        env=run.workspace.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def kill_when(process: subprocess.Popen[str], reached: Callable[[], bool], wait: float = 0.0) -> bool:
    """SIGKILL of the CLI `wait` seconds after `reached` says so; False when the command had ended before."""
    deadline = time.monotonic() + LIMIT
    while not reached():
        if process.poll() is not None:
            process.communicate()
            return False
        assert time.monotonic() < deadline, "the moment to kill at never came"
        time.sleep(0.005)
    if wait:
        time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()  # orphans hold the other end
    return True


def wait_until(reached: Callable[[], bool]) -> None:
    """Until `reached` says so; its own assertions end it early."""
    deadline = time.monotonic() + LIMIT
    while not reached():
        assert time.monotonic() < deadline, "what was waited for never came"
        time.sleep(0.005)


def recover(run: Run, *, dry_run: bool = False, lag: float = 0.3) -> tuple[int, str]:
    """Exit code and output of `fourways recover STACK --yes` on this workspace."""
    said = io.StringIO()
    with _environment(), contextlib.redirect_stdout(said):
        code = recovering.Recovery(run.workspace, STACK, yes=True, dry_run=dry_run, lag=lag).run()
    run.printed.append(said.getvalue())
    return code, said.getvalue()


@contextlib.contextmanager
def _environment() -> Iterator[None]:
    """`Recovery` makes the workspace's environment this process's own."""
    with patch.dict(os.environ):
        clients.forget()
        yield
    clients.forget()


def pending(run: Run) -> list[str]:
    """`creating eip` for each pending operation."""
    deployment = run.workspace.state(STACK)["deployment"]
    return [f"{one['type']} {one['resource']['urn'].rsplit('::', 1)[-1]}" for one in deployment.get("pending_operations") or []]


def inventory(run: Run) -> list[dict[str, Any]]:
    """What exists on the fake."""
    rows: list[dict[str, Any]] = run.fake.ask("state")
    return rows


def copies(run: Run) -> dict[str, int]:
    """How often each named thing exists: (kind, name) -> count, of those that exist more than once."""
    counted = Counter(f"{row['kind']} {row.get('name') or row.get('id')}" for row in inventory(run))
    return {name: count for name, count in counted.items() if count > 1}


def requests(run: Run) -> list[dict[str, Any]]:
    """The fake's log, oldest first."""
    rows: list[dict[str, Any]] = run.fake.ask("requests")["requests"]
    return rows
