"""The rendered units really start: systemd boots a small machine, which fetches key and weights and serves."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Iterator
from dataclasses import replace

from components.bare_metal.boot import Machine, user_data
from tests.components.boot.boot_samples import MACHINES, SGLANG, VLLM, together
from tests.components.boot.serving import free_port, get, nothing_knows, on_port, up
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


def on(cloud: StandInCloud, machine: Machine) -> Machine:
    """The machine, but on loopback."""
    boot = {**cloud.boot(RANGE_MIB="1"), **machine.boot}
    return replace(on_port(machine, free_port()), role=ROLE, secret=SECRET, weights=f"oss://{BUCKET}/{FOLDER}", boot=boot)


@contextlib.contextmanager
def running(machine: Machine) -> Iterator[SmallMachine]:
    with small_machine(user_data(machine)) as small:
        small.first_boot()
        yield small


LARGE = next(path for path in FILES if path.endswith(".safetensors"))


def test_a_machine_goes_on_where_it_was_cut_and_serves() -> None:
    with StandInCloud(FILES, hold_after=8, tell_at=8 + AT_ONCE) as cloud:
        machine = on(cloud, VLLM)
        with running(machine) as small:
            # A range is asked for when the one before it is on the disk and written down: when the last of these has come, the first
            # eight are there, one of them a small file.
            assert cloud.reached.wait(60)
            small.power_off()
            before = cloud.asked.copy()
            cloud.go_on.set()
            small.boot()
            up(small)

            again = [asked for path, asked in cloud.asked[len(before) :] if path == LARGE]
            there = {asked for path, asked in before[:8] if path == LARGE}
            every = {f"bytes={n * MIB}-{min((n + 1) * MIB, len(FILES[LARGE])) - 1}" for n in range(RANGES)}
            assert len(there) == 7
            assert len(again) == len(set(again))
            assert set(again) == every - there
            assert all("the client is gone" in line for line in cloud.wrong)
            assert small.journal().count("+ mkfs.ext4") == 1
            assert small.journal().count("+ mount") == 2
            for path, content in FILES.items():
                (small.root / "var/expected").write_bytes(content)
                assert small.run("cmp", "/var/expected", f"/mnt/weights/{path}").returncode == 0

            assert get(machine.port, "/health")[0] == 200
            assert get(machine.port, "/metrics")[0] == 200
            assert get(machine.port, "/v1/models")[0] == 401
            assert get(machine.port, "/v1/models", "sk-other")[0] == 401
            status, models = get(machine.port, "/v1/models", KEY)
            assert (status, models["data"]) == (200, [{"id": "deepseek-v4-flash"}])
            nothing_knows(small, KEY)


SMALL = {"config.json": b"{}"}


def test_an_engine_that_dies_comes_back_and_one_that_is_stopped_answers_first() -> None:
    with StandInCloud(SMALL) as cloud:
        machine = on(cloud, VLLM)
        with running(machine) as small:
            up(small)
            first = small.property("MainPID")
            asked = len(cloud.asked)
            cloud.key = "sk-Rotated-77aa"
            small.run("kill", "-KILL", first)
            small.until("up: ", times=2)
            up(small)
            assert small.property("MainPID") not in ("0", first)
            assert small.property("NRestarts") == "1"
            # A restart reads the key anew, and the weights not.
            assert get(machine.port, "/v1/models", KEY)[0] == 401
            assert get(machine.port, "/v1/models", cloud.key)[0] == 200
            assert len(cloud.asked) == asked
            nothing_knows(small, cloud.key)

            answers: list[int] = []
            slow = threading.Thread(target=lambda: answers.append(get(machine.port, "/slow", cloud.key)[0]))
            slow.start()
            small.until("a request is running")
            assert small.run("systemctl", "stop", "fourways-engine.service").returncode == 0
            slow.join()
            assert answers == [200]
            assert small.property("Result") == "success"
            assert "the last request is answered" in small.journal()


def test_an_engine_waits_for_what_is_late() -> None:
    """The secret is not there yet: the machine tries again, and serves without anyone's help once it is."""
    with StandInCloud(SMALL, key="") as cloud:
        machine = on(cloud, VLLM)
        with running(machine) as small:
            small.until("is no API key", times=2)
            cloud.key = KEY
            small.until("up: ")
            up(small)
            assert get(machine.port, "/v1/models", KEY)[0] == 200


def test_sglang_serves_with_its_key_out_of_sight() -> None:
    with StandInCloud(SMALL) as cloud:
        machine = on(cloud, SGLANG)
        with running(machine) as small:
            up(small)
            assert get(machine.port, "/v1/models")[0] == 401
            assert get(machine.port, "/v1/models", KEY)[0] == 200
            assert "api_key='***'" in small.journal()
            assert "the environment has 0 keys" in small.journal()
            nothing_knows(small, KEY)


def test_a_bare_image_gets_what_it_lacks_once() -> None:
    with StandInCloud(SMALL) as cloud:
        machine = on(cloud, replace(MACHINES["bare-image"], boot={"LOG_AGENT": f"{cloud.address}/log-agent.sh"}))
        with running(machine) as small:
            up(small)
            assert get(machine.port, "/v1/models", KEY)[0] == 200
            journal = small.journal()
            assert "driver: 570.133.20 12.8.1 9.8.0.87 FALSE FALSE" in journal
            assert "dnf --assumeyes install docker-ce-26.1.3 " in journal
            assert "nvidia-ctk runtime configure --runtime=docker" in journal
            assert small.property("ActiveState", "docker.service") == "active"
            small.until("log agent: install ap-southeast-1 as deepseek-v4-flash-metal")
            assert small.property("ActiveState", "fourways-gpu-exporter.service") == "active"
            assert cloud.wrong == []

            small.power_off()
            small.boot()
            up(small)
            assert small.journal().count("dnf --assumeyes") == 1
            assert small.journal().count("driver: ") == 1
            assert small.journal().count("+ mkfs.ext4") == 1


def test_two_machines_are_up_when_the_head_serves() -> None:
    with StandInCloud(SMALL) as cloud:
        alone = on(cloud, VLLM)
        head, worker = (together(alone, rank, "127.0.0.1") for rank in (0, 1))
        with small_machine(user_data(worker)) as second, small_machine(user_data(head)) as first:
            second.first_boot()
            second.until("part of the engine at 127.0.0.1")
            assert second.property("ActiveState") == "activating"
            first.first_boot()
            up(first)
            up(second)
            assert get(head.port, "/v1/models", KEY)[0] == 200
            nothing_knows(first, KEY)
            assert KEY not in second.run("grep", "--recursive", "--text", KEY, "/etc", "/run", "/var", "/opt").stdout
