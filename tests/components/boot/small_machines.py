"""A machine for tests: real systemd on user data, in namespaces (small_machine/boot.sh); docker, engines and lsblk are stand-ins."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests import debian_tools

HERE = Path(__file__).parent / "small_machine"
DISK_MIB = 64
BOOT_SECONDS = 60


class CannotBoot(Exception):
    """No namespaces, loop devices or systemd to be had here: what failed."""


@contextlib.contextmanager
def small_machine(user_data: str) -> Iterator[SmallMachine]:
    """A machine that is switched off. Raises CannotBoot."""
    with tempfile.TemporaryDirectory(prefix="fw-") as folder:  # short: sockets' paths have an end
        image = Path(folder) / "disk"
        image.touch()
        os.truncate(image, DISK_MIB << 20)
        loop = subprocess.run(["losetup", "--find", "--show", str(image)], capture_output=True, text=True, check=False)
        if loop.returncode:
            raise CannotBoot(f"no loop device for the weights disk (root is needed): {loop.stderr}")
        disk = loop.stdout.strip()
        held = os.open(disk, os.O_RDONLY)
        # It goes when nobody holds it any more, however this process ends.
        subprocess.run(["losetup", "--detach", disk], check=True)
        machine = SmallMachine(Path(folder) / "root", disk, user_data)
        try:
            yield machine
        finally:
            machine.power_off()
            os.close(held)


class SmallMachine:
    """Its files and its disk outlive its boots."""

    def __init__(self, root: Path, disk: str, user_data: str) -> None:
        self.root, self._disk = root, disk
        self._start: subprocess.Popen[str] | None = None
        self._init = self._end = 0
        self.config: dict[str, Any] = yaml.safe_load(user_data)
        for name in ("etc/systemd/system", "opt", "var/log", "mnt", "installed"):
            (root / name).mkdir(parents=True)
        (root / "var/run").symlink_to("../run")
        for name in ("passwd", "group", "nsswitch.conf", "hosts", "ld.so.cache", "mke2fs.conf"):
            if (source := Path("/etc") / name).exists():
                shutil.copy(source, root / "etc" / name)
        (root / "etc/machine-id").write_text("0123456789abcdef" * 2 + "\n")
        row = {"name": disk, "type": "disk", "size": DISK_MIB << 20, "model": None, "mountpoint": None, "ro": False}
        (root / "etc/stand-in-disks.json").write_text(json.dumps({"blockdevices": [row]}))
        shutil.copytree(HERE / "over_usr", root / "over_usr")
        # A start that failed is tried again at once: nobody waits here.
        quick = root / "etc/systemd/system/fourways-engine.service.d/quick.conf"
        quick.parent.mkdir()
        quick.write_text("[Service]\nRestartSec=0\n")

    def first_boot(self) -> None:
        """As cloud-init does it: the files, then the commands."""
        for file in self.config["write_files"]:
            path = self.root / file["path"].lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file["content"])
            path.chmod(int(file.get("permissions", "0644"), 8))
        self.boot()
        for command in self.config["runcmd"]:
            self.run(*command)

    def boot(self) -> None:
        """Returns when systemd has started all that is enabled, except what it starts in the background. Raises CannotBoot."""
        (notes := self.root / "var/notify").unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as said:
            said.bind(str(notes))
            said.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            command = [str(HERE / "boot.sh"), str(self.root), str(debian_tools.root()), self._disk]
            self._start = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            gone = os.pidfd_open(self._start.pid)
            message = b""
            # systemd tells whoever runs it as a container when it is up (its container interface), and the kernel adds who that is.
            while b"READY=1" not in message:
                if said not in (ready := select.select([said, gone], [], [], BOOT_SECONDS)[0]):
                    self._start.kill()
                    why = "did not get up" if not ready else "ended"
                    raise CannotBoot(f"a small machine {why} (root is needed): {self._start.communicate()[0]}")
                message, extra, *_ = said.recvmsg(4096, socket.CMSG_SPACE(12))
            os.close(gone)
        self._init = int.from_bytes(extra[0][2][:4], "little")
        self._end = os.pidfd_open(self._init)

    def power_off(self) -> None:
        """At once, as by a cut."""
        if self._start is None:
            return
        self._start.kill()  # unshare takes its namespaces along
        self._start.communicate()
        if self._end:
            select.select([self._end], [], [], BOOT_SECONDS)
            os.close(self._end)
        for group in Path("/sys/fs/cgroup").glob(f"**/fourways-{self._start.pid}"):
            for folder, *_ in os.walk(group, topdown=False):
                os.rmdir(folder)
        self._start, self._init, self._end = None, 0, 0

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        inside = ["nsenter", "--target", str(self._init), "--mount", "--pid", "--root", "--wd=/", *command]
        return subprocess.run(inside, capture_output=True, text=True, check=False)

    def journal(self) -> str:
        return self.run("journalctl", "--no-pager", "--output=cat").stdout

    def property(self, name: str, unit: str = "fourways-engine.service") -> str:
        return self.run("systemctl", "show", "--value", f"--property={name}", unit).stdout.strip()

    def until(self, words: str, *, times: int = 1) -> None:
        """Reads the journal, from the first boot on, until it has had these words so often."""
        inside = ["nsenter", "--target", str(self._init), "--mount", "--pid", "--root", "--wd=/"]
        with subprocess.Popen(
            [*inside, "journalctl", "--follow", "--no-tail", "--output=cat"], stdout=subprocess.PIPE, text=True
        ) as reader:
            assert reader.stdout is not None
            for line in reader.stdout:
                times -= words in line
                if times == 0:
                    break
            reader.kill()
