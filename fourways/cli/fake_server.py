"""Starts, finds and stops the fake cloud as a process of its own, and asks its side door."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fourways.cli.errors import UserError

DEFAULT_PORT = 4566
_START_SECONDS = 30.0
_STOP_SECONDS = 15.0


@dataclass(frozen=True)
class FakeServer:
    """A fake that answers on 127.0.0.1:`port`; `ca` is its CA, `bundle` the system roots and that CA."""

    port: int
    pid: int
    ca: Path
    bundle: Path

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def ask(self, path: str, method: str = "GET", data: Any = None) -> Any:
        """The JSON answer of an admin route such as `ledger`. Raises UserError when the fake does not answer or refuses."""
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(f"http://{self.address}/_fake/{path}", data=body, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise UserError(f"the fake refused {method} /_fake/{path}: {error.read().decode(errors='replace')}") from error
        except OSError as error:
            raise UserError(f"the fake on {self.address} does not answer ({error}): start it with `fourways fakes serve`") from error


def find(folder: Path) -> FakeServer | None:
    """The running fake of `folder`, or None."""
    try:
        about = json.loads((folder / "server.json").read_text())
    except FileNotFoundError:
        return None
    server = FakeServer(about["port"], about["pid"], Path(about["ca"]), Path(about["bundle"]))
    return server if _alive(server.pid) else None


def running(folder: Path) -> FakeServer:
    """The running fake of `folder`; raises UserError when there is none."""
    server = find(folder)
    if server is None:
        raise UserError("the fake is not running: start it with `fourways demo up STACK`, `fourways shell` or `fourways fakes serve`")
    return server


def start(folder: Path, port: int, speed: float = 1.0) -> FakeServer:
    """Start the fake in the background (log in `folder`/fake.log) and wait until it answers; the one that runs already is used."""
    server = find(folder)
    if server is not None:
        return server
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "server.json").unlink(missing_ok=True)
    log_path = folder / "fake.log"
    command = [sys.executable, "-m", "fourways.fakes", "--port", str(port), "--folder", str(folder), "--speed", str(speed)]
    with log_path.open("w") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            said = log_path.read_text().strip() or f"exit code {process.returncode}"
            hint = "\nFor demo, shell and --fake: FOURWAYS_FAKE_PORT=0 takes a free port." if "cannot be used" in said else ""
            raise UserError(f"the fake did not start: {said}{hint}")
        server = find(folder)
        if server is not None:
            return server
        time.sleep(0.02)
    process.terminate()
    raise UserError(f"the fake did not answer within {_START_SECONDS:.0f} s; its log is {log_path}")


def stop(folder: Path) -> bool:
    """Stop the fake of `folder` and wait until it is gone; False when none ran."""
    return _end(folder, signal.SIGTERM)


def kill(folder: Path) -> bool:
    """SIGKILL it, and wait until it is gone: what is on disk is all that is left of it."""
    return _end(folder, signal.SIGKILL)


def _end(folder: Path, number: signal.Signals) -> bool:
    server = find(folder)
    if server is None:
        return False
    os.kill(server.pid, number)
    deadline = time.monotonic() + _STOP_SECONDS
    while _alive(server.pid):
        if time.monotonic() > deadline:
            raise UserError(f"the fake (process {server.pid}) does not end: end it with `kill -9 {server.pid}`")
        time.sleep(0.02)
    return True


def _alive(pid: int) -> bool:
    try:
        if os.waitpid(pid, os.WNOHANG)[0]:  # a child of ours that has ended must not count as alive
            return False
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
