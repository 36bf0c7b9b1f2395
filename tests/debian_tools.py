"""Debian's own checkers, in a folder of their own: `apt-get download`, `dpkg-deb --extract`, and nothing of the machine is changed.

cloud-init (its schema), systemd (systemd-analyze, and systemd itself), shellcheck, util-linux. Once a package list: ~/.cache/fourways/debian-<hash>.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

PACKAGES = (
    "shellcheck",
    "cloud-init",
    "python3-jsonschema",
    "python3-attr",
    "python3-pyrsistent",
    "python3-yaml",
    "python3-jinja2",
    "python3-markupsafe",
    "python3-configobj",
    "python3-six",
    "python3-oauthlib",
    "python3-requests",
    "python3-urllib3",
    "python3-idna",
    "python3-chardet",
    "python3-certifi",
    "python3-jsonpatch",
    "python3-json-pointer",
    "systemd",
    "libsystemd-shared",
    # What systemd is linked with, for machines that have none.
    *"libapparmor1 libargon2-1 libaudit1 libcap-ng0 libcap2 libcryptsetup12 libdevmapper1.02.1 libfdisk1 libip4tc2 libjson-c5 libkmod2".split(),
    *"libp11-kit0 libpam0g libseccomp2 libselinux1 libssl3 libgcrypt20 libgpg-error0 libblkid1 libmount1 libuuid1 libudev1".split(),
)
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "fourways"


class NotInstalled(Exception):
    """The packages could not be had: what failed, and what it said."""


@cache
def root() -> Path:
    """The folder that holds the packages' files, as `/` would. Raises NotInstalled."""
    folder = CACHE / f"debian-{hashlib.sha256(' '.join(PACKAGES).encode()).hexdigest()[:12]}"
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            _fetch(Path(scratch))
            (made := Path(scratch) / "root").chmod(0o755)
            try:
                made.rename(folder)
            except OSError:  # another run was first
                if not folder.exists():
                    raise
    return folder


def _fetch(scratch: Path) -> None:
    """Downloads and unpacks. With package lists of its own where the machine's are missing or too old."""
    try:
        _run(["apt-get", "download", *PACKAGES], scratch)
    except NotInstalled:
        lists = [f"-oDir::State::lists={scratch}/lists", f"-oDir::Cache={scratch}/cache"]
        for part in ("lists/partial", "cache/archives/partial"):
            (scratch / part).mkdir(parents=True)
        _run(["apt-get", *lists, "update"], scratch)
        _run(["apt-get", *lists, "download", *PACKAGES], scratch)
    for package in sorted(scratch.glob("*.deb")):
        _run(["dpkg-deb", "--extract", str(package), str(scratch / "root")], scratch)
    # Packages of before the merge of /bin and /lib into /usr: machines have merged them.
    for folder in ("bin", "lib", "sbin"):
        if (old := scratch / "root" / folder).exists():
            shutil.copytree(old, scratch / "root/usr" / folder, symlinks=True, dirs_exist_ok=True)
            shutil.rmtree(old)


def _run(command: list[str], folder: Path) -> None:
    if shutil.which(command[0]) is None:
        raise NotInstalled(f"{command[0]} is not on this machine: the tests of what machines boot into need Debian or Ubuntu")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotInstalled(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()[-1000:]}")


def run(program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a program of the packages, with their libraries and Python modules."""
    libraries = ":".join(str(folder) for folder in (root() / "usr/lib").glob("*-linux-gnu"))
    extra = {"LD_LIBRARY_PATH": libraries, "PYTHONPATH": str(root() / "usr/lib/python3/dist-packages"), **environment}
    return subprocess.run(
        [str(root() / "usr/bin" / program), *arguments], env={**os.environ, **extra}, capture_output=True, text=True, check=False
    )
