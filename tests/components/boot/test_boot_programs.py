"""The smaller programs: which disk is taken, how SGLang gets its key, when an engine counts as up."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.components.boot.programs import SCRIPTS, program

EBS = "Alibaba Cloud Elastic Block Storage"


def disk(name: str, size: int, model: str | None = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "disk", "size": size, "model": model, "mountpoint": None, "ro": False, **more}


SYSTEM = disk("/dev/nvme0n1", 200, EBS, children=[{"name": "/dev/nvme0n1p1", "type": "part", "mountpoint": "/"}])
DATA = disk("/dev/nvme1n1", 500, EBS)


class Disks:
    """The machine's disks behind the commands that weights_disk.py runs, and what it did to them."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, Any]], *, full: tuple[str, ...] = (), labelled: str = ""
    ) -> None:
        self.module: ModuleType = program(monkeypatch, "weights_disk")
        self.done: list[list[str]] = []
        self._rows, self._full, self._labelled = rows, full, labelled
        self.mounted = False
        monkeypatch.setattr(self.module.subprocess, "run", self._run)

    def _run(self, command: list[str] | tuple[str, ...], **_: Any) -> subprocess.CompletedProcess[bytes]:
        status, out = 0, b""
        match list(command):
            case ["lsblk", *_]:
                out = json.dumps({"blockdevices": self._rows}).encode()
            case ["blkid", "--label", "weights"]:
                status, out = (0, f"{self._labelled}\n".encode()) if self._labelled else (2, b"")
            case ["blkid", "--probe", path]:
                status = 0 if path in self._full else 2
            case ["mountpoint", *_]:
                status = 0 if self.mounted else 32
            case other:
                self.done.append(other)
        return subprocess.CompletedProcess(command, status, out)


MOUNT = ["mount", "-o", "noatime"]
MAKE = ["mkfs.ext4", "-q", "-L", "weights", "-m", "0"]


def test_local_disks_become_one(monkeypatch: pytest.MonkeyPatch) -> None:
    disks = Disks(monkeypatch, [SYSTEM, DATA, disk("/dev/nvme3n1", 300, "local"), disk("/dev/nvme2n1", 300, "local")])
    disks.module.main()
    assert disks.done == [
        ["mdadm", "--create", "/dev/md/fourways", "--run", "--level=0", "--raid-devices=2", "/dev/nvme2n1", "/dev/nvme3n1"],
        [*MAKE, "/dev/md/fourways"],
        ["mkdir", "-p", "/mnt/weights"],
        [*MOUNT, "/dev/md/fourways", "/mnt/weights"],
    ]


@pytest.mark.parametrize(
    ("rows", "full", "taken"),
    [
        ([SYSTEM, DATA, disk("/dev/nvme2n1", 400, EBS)], (), "/dev/nvme1n1"),
        ([SYSTEM, disk("/dev/nvme2n1", 300, "local")], (), "/dev/nvme2n1"),
        ([SYSTEM, DATA, disk("/dev/nvme2n1", 400, EBS)], ("/dev/nvme1n1",), "/dev/nvme2n1"),
        ([SYSTEM, disk("/dev/vdb", 9), disk("/dev/vdc", 99, mountpoint="/data"), disk("/dev/vdd", 99, ro=True)], (), "/dev/vdb"),
        ([SYSTEM, DATA, {**disk("/dev/sr0", 999), "type": "rom"}], (), "/dev/nvme1n1"),
        # The lsblk of Alibaba Cloud Linux 3 (util-linux 2.32) writes numbers and booleans as text.
        ([SYSTEM, disk("/dev/vdb", "9", ro="0"), disk("/dev/vdc", "10", ro="0")], (), "/dev/vdc"),
    ],
)
def test_one_unused_disk_is_taken(monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, Any]], full: tuple[str, ...], taken: str) -> None:
    disks = Disks(monkeypatch, rows, full=full)
    disks.module.main()
    assert disks.done == [[*MAKE, taken], ["mkdir", "-p", "/mnt/weights"], [*MOUNT, taken, "/mnt/weights"]]


def test_a_later_boot_mounts_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    disks = Disks(monkeypatch, [SYSTEM, DATA, disk("/dev/nvme2n1", 900, "local")], labelled="/dev/nvme1n1")
    disks.module.main()
    assert disks.done == [["mkdir", "-p", "/mnt/weights"], [*MOUNT, "/dev/nvme1n1", "/mnt/weights"]]


def test_a_mounted_disk_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    disks = Disks(monkeypatch, [SYSTEM, DATA])
    disks.mounted = True
    disks.module.main()
    assert disks.done == []


@pytest.mark.parametrize("rows", [[SYSTEM], [SYSTEM, DATA]])
def test_no_disk_that_holds_something_is_touched(monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, Any]]) -> None:
    disks = Disks(monkeypatch, rows, full=("/dev/nvme0n1", "/dev/nvme1n1"))
    with pytest.raises(SystemExit, match="no unused disk: give the machine a weights disk"):
        disks.module.main()
    assert disks.done == []


MODULE = """
import logging, os, sys
logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
if __name__ == "__main__":
    logging.info(f"server_args={sys.argv}")
    logging.info("%s of %d", sys.argv[-1], 1)
    logging.info("%d", "no number")
    print(sum(value == sys.argv[-1] for value in os.environ.values()), len(sys.argv), sys.argv[-2])
    print(open("/proc/self/cmdline").read().count(sys.argv[-1]))
"""


def test_sglang_gets_its_key_where_nobody_sees_it(tmp_path: Path) -> None:
    (tmp_path / "launcher").mkdir()
    (tmp_path / "launcher/start.py").write_text(MODULE)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "SGLANG_API_KEY": "sk-100%-secret"}
    command = [sys.executable, str(SCRIPTS / "keyed.py"), "-m", "launcher.start", "--port", "8000"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    logged, second, *rest = done.stdout.splitlines()
    assert logged.endswith("'--port', '8000', '--api-key', '***']")
    assert second == "*** of 1"
    assert rest == ["0 5 --api-key", "0"]
    assert "sk-100%-secret" not in done.stdout + done.stderr


class Health(http.server.BaseHTTPRequestHandler):
    answers: list[int]

    def do_GET(self) -> None:
        self.send_response(self.answers.pop(0))
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def test_an_engine_is_up_when_it_answers(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    answers = [503, 200]
    with http.server.HTTPServer(("127.0.0.1", 0), type("Handler", (Health,), {"answers": answers})) as server:
        threading.Thread(target=lambda: [server.handle_request() for _ in range(2)], daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/health"
        program(monkeypatch, "wait_healthy", HEALTH_URL=url, MAINPID=str(os.getpid())).main()
    assert answers == []
    assert capsys.readouterr().out == f"up: {url}\n"


def test_an_engine_that_ended_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen(["true"]) as ended:
        pass
    module = program(monkeypatch, "wait_healthy", HEALTH_URL="http://127.0.0.1:1/health", MAINPID=str(ended.pid))
    with pytest.raises(SystemExit, match="the engine ended before it answered"):
        module.main()
