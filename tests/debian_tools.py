"""Debian's own checkers in a folder of their own: `apt-get download`, `dpkg-deb --extract`, and nothing of the machine is changed.

cloud-init (for its schema), systemd (for systemd-analyze and for itself), shellcheck. `make test` runs this first; a list that was fetched
once stays in ~/.cache/fourways/debian-<hash>.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

CHECKERS = "cloud-init shellcheck systemd"
#: Of cloud-init.
MODULES = """jsonschema attr pyrsistent yaml jinja2 markupsafe configobj six oauthlib requests urllib3 idna chardet certifi jsonpatch
    json-pointer"""
#: Of systemd, for machines that have none.
LIBRARIES = """libsystemd-shared libapparmor1 libargon2-1 libaudit1 libblkid1 libcap-ng0 libcap2 libcryptsetup12 libdevmapper1.02.1
    libfdisk1 libgcrypt20 libgpg-error0 libip4tc2 libjson-c5 libkmod2 libmount1 libp11-kit0 libpam0g libseccomp2 libselinux1 libssl3
    libudev1 libuuid1"""
PACKAGES = (*CHECKERS.split(), *(f"python3-{name}" for name in MODULES.split()), *LIBRARIES.split())
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


if __name__ == "__main__":
    try:
        root()
    except NotInstalled as error:
        sys.exit(f"debian tools: {error}")
