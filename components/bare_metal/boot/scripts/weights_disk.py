#!/usr/bin/python3
"""Mounts the weights disk at /mnt/weights: that of an earlier boot, else all local NVMe disks as one, else the largest unused disk.

A disk that holds anything (partitions, a filesystem, any other signature) is never touched.
"""

import json
import subprocess
import sys
from typing import Any, Dict, List, Sequence

LABEL, TARGET = "weights", "/mnt/weights"
ARRAY = "/dev/md/fourways"
#: What an NVMe disk of Elastic Block Storage calls itself, and a local one does not (assumed: seen only in examples of output).
CLOUD_DISK = "Alibaba Cloud Elastic Block Storage"
NOTHING_FOUND = 2  # exit status of blkid


def run(*command: str) -> None:
    print("+ " + " ".join(command), flush=True)
    subprocess.run(command, check=True)


def read(*command: str, allowed: Sequence[int] = (0,)) -> str:
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE)
    if done.returncode not in allowed:
        raise subprocess.CalledProcessError(done.returncode, command)
    return done.stdout.decode()


def empty(path: str) -> bool:
    """Whether nothing known is on the disk; an answer in doubt ("ambivalent", 8) counts as something."""
    return subprocess.run(["blkid", "--probe", path], check=False, stdout=subprocess.DEVNULL).returncode == NOTHING_FOUND


def unused() -> List[Dict[str, Any]]:
    """Whole disks without partitions, mounts or content, as lsblk describes them."""
    rows = json.loads(read("lsblk", "--json", "--bytes", "--paths", "--output", "NAME,TYPE,SIZE,MODEL,MOUNTPOINT,RO"))["blockdevices"]
    free = [
        row for row in rows if row["type"] == "disk" and not row["mountpoint"] and not row.get("children") and row["ro"] in (False, "0")
    ]
    return [row for row in free if int(row["size"]) and empty(row["name"])]


def local(row: Dict[str, Any]) -> bool:
    return bool(row["name"].startswith("/dev/nvme") and (row["model"] or "").strip() != CLOUD_DISK)


def choose(rows: List[Dict[str, Any]]) -> List[str]:
    """The paths to use: several only of local NVMe."""
    fast = sorted(row["name"] for row in rows if local(row))
    if fast:
        return fast
    return [max(rows, key=lambda row: (int(row["size"]), row["name"]))["name"]] if rows else []


def main() -> None:
    if subprocess.run(["mountpoint", "--quiet", TARGET], check=False).returncode == 0:
        return
    made = read("blkid", "--label", LABEL, allowed=(0, NOTHING_FOUND)).strip()
    if not made:
        paths = choose(unused())
        if not paths:
            sys.exit("no unused disk: give the machine a weights disk, or an instance type with local NVMe")
        made = paths[0]
        if len(paths) > 1:
            made = ARRAY
            run("mdadm", "--create", made, "--run", "--level=0", f"--raid-devices={len(paths)}", *paths)
        # ext4: in every image. Nothing is kept back for root, who alone writes here.
        run("mkfs.ext4", "-q", "-L", LABEL, "-m", "0", made)
    run("mkdir", "-p", TARGET)
    run("mount", "-o", "noatime", made, TARGET)


if __name__ == "__main__":
    main()
