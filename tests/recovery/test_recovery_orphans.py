"""Which processes are orphans: plugins of this user and target whose engine refuses, and nothing else."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from fourways.cloud.target import FAKE_VARIABLE
from fourways.recovery import orphans

PROVIDER = Path("/checkout/fourways/provider")
NOBODY = "127.0.0.1:1"


@pytest.mark.parametrize(
    ("executable", "arguments", "expected"),
    [
        (
            "/home/a/.pulumi/plugins/pulumi-resource-alicloud",
            ["pulumi-resource-alicloud", "127.0.0.1:5"],
            ("pulumi-resource-alicloud", False),
        ),
        ("/opt/pulumi-language-python", ["x", "127.0.0.1:5"], ("pulumi-language-python", True)),
        ("/usr/bin/python3.11", ["python", "-u", str(PROVIDER), "127.0.0.1:5"], ("the fourways provider", True)),
        ("/usr/bin/python3.11", ["python", "-u", "/other/provider", "127.0.0.1:5"], None),
        ("/usr/bin/vim", ["vim", "pulumi-resource-alicloud", "127.0.0.1:5"], None),
        ("/usr/bin/pulumi", ["pulumi", "up"], None),
        ("/usr/bin/my-pulumi-resource-x", ["x", "127.0.0.1:5"], None),
    ],
)
def test_what_a_plugin_is(executable: str, arguments: list[str], expected: tuple[str, bool] | None) -> None:
    assert orphans.plugin(executable, arguments, PROVIDER) == expected


def test_the_engines_address() -> None:
    assert orphans.engine_address(["x", "-tracing", "127.0.0.1:9", "127.0.0.1:4711"]) == "127.0.0.1:4711"
    assert orphans.engine_address(["x", "10.0.0.1:4711", "127.0.0.1:4711x"]) is None


def test_only_a_refusal_means_that_the_engine_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as engine:
        address = f"127.0.0.1:{engine.getsockname()[1]}"
        assert not orphans.refuses(address)
    assert orphans.refuses(address)
    assert not orphans.refuses("127.0.0.1:99999")


@pytest.fixture
def running() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that a test has started."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def start(
    folder: Path, address: str, script: str = "read line", name: str = "pulumi-resource-test", **more: str
) -> subprocess.Popen[bytes]:
    """A process whose executable has a plugin's name: a copy of the shell that reads what never comes."""
    executable = folder / name
    if not executable.exists():
        shutil.copy("/bin/sh", executable)
    environment = {key: value for key, value in os.environ.items() if key != FAKE_VARIABLE} | more
    process = subprocess.Popen(
        [str(executable), "-c", f"echo; {script}", address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def seen(process: subprocess.Popen[bytes]) -> list[orphans.Orphan]:
    return orphans.find(PROVIDER, processes=[psutil.Process(process.pid)])


def test_a_plugin_without_an_engine_is_found_and_ended(
    tmp_path: Path, running: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(FAKE_VARIABLE, raising=False)
    polite, stubborn = start(tmp_path, NOBODY), start(tmp_path, NOBODY, 'trap "" TERM; read line')
    running += [polite, stubborn]
    found = seen(polite) + seen(stubborn)
    assert [orphan.engine for orphan in found] == [NOBODY, NOBODY]
    monkeypatch.setattr(orphans, "TERM_SECONDS", 0.2)
    assert orphans.end(found) == []
    assert not psutil.pid_exists(polite.pid)
    assert not psutil.pid_exists(stubborn.pid)
    assert orphans.end(found) == []  # nothing is there any more, and nobody else is hit


def test_plugins_with_an_engine_of_another_target_or_name_are_let_be(
    tmp_path: Path, running: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(FAKE_VARIABLE, raising=False)
    with socket.create_server(("127.0.0.1", 0)) as engine:
        running += [
            start(tmp_path, f"127.0.0.1:{engine.getsockname()[1]}"),
            start(tmp_path, NOBODY, **{FAKE_VARIABLE: "127.0.0.1:4566"}),
            start(tmp_path, NOBODY, name="another-program"),
        ]
        assert [seen(process) for process in running] == [[], [], []]
