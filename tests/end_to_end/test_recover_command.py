"""`fourways recover` as a user types it: exit codes, locks, and that a dry run changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fourways.cli import fake_server

STACK = "mu-beijing"
Recover = Callable[..., str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("demo")
    yield path
    fake_server.stop(path / "fake")


@pytest.fixture(scope="module")
def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "FOURWAYS_FAKE_FOLDER": str(folder), "FOURWAYS_FAKE_PORT": "0", "FOURWAYS_LAG_SECONDS": "0"}


@pytest.fixture(scope="module")
def recover(environment: dict[str, str]) -> Recover:
    def run(*arguments: str, code: int = 0) -> str:
        command = [sys.executable, "-m", "fourways.cli.main", "recover", *arguments]
        result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, stdin=subprocess.DEVNULL)
        said = result.stdout + result.stderr
        assert result.returncode == code, f"fourways recover {' '.join(arguments)} ended with {result.returncode}:\n{said}"
        assert "Traceback" not in said
        return said

    return run


def lock(folder: Path, host: str) -> Path:
    """A lock as `pulumi` leaves it, of a process that cannot exist."""
    path = folder / "state" / ".pulumi" / "locks" / "organization" / "fourways" / STACK / f"{host}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"pid": 2**22 + 1, "username": "ann", "hostname": host, "timestamp": "2026-11-24T12:00:00.123456789Z"}))
    return path


def test_a_stack_that_is_not_there_is_wrong_use(recover: Recover) -> None:
    assert "mu-singapore" in recover("nobodys-stack", "--fake", code=2)


def test_without_a_state_nothing_is_to_be_done(recover: Recover) -> None:
    said = recover(STACK, "--fake")
    assert said.startswith("target: fake") or "\ntarget: fake" in said
    assert "has none in this backend" in said


def test_a_lock_of_another_host_is_let_be(recover: Recover, folder: Path, environment: dict[str, str]) -> None:
    init = [sys.executable, "-m", "fourways.cli.main", "shell", "--", "pulumi", "stack", "ls"]
    subprocess.run(init, check=True, env=environment, capture_output=True)
    held = lock(folder, "another-host")
    said = recover(STACK, "--fake", "--yes", code=1)
    assert f"held by process {2**22 + 1} of ann on another-host, since 2026-11-24T12:00:00Z" in said
    assert held.exists()
    held.unlink()


def test_a_dry_run_says_what_it_would_do_and_does_nothing(recover: Recover, folder: Path) -> None:
    dead = lock(folder, os.uname().nodename)
    assert f"process {2**22 + 1} is gone" in recover(STACK, "--fake", "--dry-run", code=1)
    assert dead.exists()


def test_a_dead_lock_is_removed_and_the_stack_is_whole(recover: Recover, folder: Path) -> None:
    dead = lock(folder, os.uname().nodename)
    said = recover(STACK, "--fake", "--yes")
    assert "removed" in said
    assert f"stack {STACK} is whole" in said
    assert not dead.exists()
    assert "steps to take: 0" in recover(STACK, "--fake", "--dry-run")
