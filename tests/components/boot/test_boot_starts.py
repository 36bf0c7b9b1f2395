"""The rendered units really start: systemd boots a small machine, which fetches key and weights and serves."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from components.boot import Machine, user_data
from tests.components.boot.boot_samples import SGLANG, VLLM
from tests.components.boot.small_machines import SmallMachine, small_machine
from tests.components.boot.stand_in_cloud import BUCKET, FOLDER, KEY, ROLE, SECRET, StandInCloud

MIB = 1 << 20
FILES = {
    "config.json": b"{}",
    "empty": b"",
    "model-00001-of-00001.safetensors": random.Random(9).randbytes(1000) * 25_000,
    "tokenizer/vocab file.json": b"[1, 2]",
}
RANGES, AT_ONCE = 24, 16
"""Of the large file, with ranges of 1 MiB; and how many are asked for at once."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def on(cloud: StandInCloud, machine: Machine) -> Machine:
    """The machine, but on loopback."""
    port = free_port()
    words = tuple(
        str(port) if before == "--port" else word for before, word in zip(("", *machine.arguments), machine.arguments, strict=False)
    )
    boot = {**cloud.boot(RANGE_MIB="1"), **machine.boot}
    return replace(machine, arguments=words, port=port, role=ROLE, secret=SECRET, weights=f"oss://{BUCKET}/{FOLDER}", boot=boot)


@contextlib.contextmanager
def running(cloud: StandInCloud, machine: Machine) -> Iterator[SmallMachine]:
    with small_machine(user_data(machine)) as small:
        small.first_boot()
        yield small


def get(port: int, path: str, key: str | None = None) -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Authorization": f"Bearer {key}"} if key else {})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def up(small: SmallMachine) -> None:
    """Waits for what is being started."""
    started = small.run("systemctl", "start", "fourways-engine.service")
    assert started.returncode == 0, started.stderr + small.journal()


def nothing_knows(small: SmallMachine, secret: str) -> None:
    assert secret not in small.journal()
    assert secret not in small.run("systemctl", "show", "fourways-engine.service", "fourways-key.service").stdout
    assert secret not in small.run("bash", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '").stdout
    found = small.run("grep", "--recursive", "--files-with-matches", "--text", secret, "/etc", "/opt", "/var", "/tmp", "/run")
    assert found.stdout == "/run/fourways/engine.env\n"
    assert small.run("stat", "--format=%a %U", "/run/fourways/engine.env", "/run/fourways").stdout == "600 root\n700 root\n"


def test_a_machine_goes_on_where_it_was_cut_and_serves() -> None:
    with StandInCloud(FILES, hold_after=8, tell_at=8 + AT_ONCE) as cloud:
        machine = on(cloud, VLLM)
        with running(cloud, machine) as small:
            # A range is asked for when the one before it is on the disk and written down: when the last of these has come, six ranges are, with
            # the two small files before them.
            assert cloud.reached.wait(60)
            small.power_off()
            before = cloud.asked.copy()
            cloud.go_on.set()
            small.boot()
            up(small)

            large = next(path for path in FILES if path.endswith(".safetensors"))
            again = [asked for path, asked in cloud.asked[len(before) :] if path == large]
            whole = {f"bytes={n * MIB}-{min((n + 1) * MIB, len(FILES[large])) - 1}" for n in range(RANGES)}
            there = [asked for path, asked in before[:8] if path == large]
            assert len(there) >= 6
            assert set(again) == whole - set(there)
            assert len(again) == len(set(again))
            assert cloud.wrong == [f"GET /{BUCKET}/{FOLDER}{large}: the client is gone"] * len(cloud.wrong)

            assert get(machine.port, "/health")[0] == 200
            assert get(machine.port, "/v1/models")[0] == 401
            assert get(machine.port, "/v1/models", "sk-other")[0] == 401
            status, models = get(machine.port, "/v1/models", KEY)
            assert (status, models["data"]) == (200, [{"id": "deepseek-v4-flash"}])
            for path, content in FILES.items():
                assert small.run("sha256sum", f"/mnt/weights/{path}").stdout
                assert small.run("stat", "--format=%s", f"/mnt/weights/{path}").stdout == f"{len(content)}\n"
            assert "complete: 4 files" in small.journal()
            nothing_knows(small, KEY)
