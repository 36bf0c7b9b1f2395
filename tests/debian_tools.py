"""Debian's own programs in folders of their own: `apt-get download`, `dpkg-deb --extract`, and nothing of the machine is changed.

CHECKERS: cloud-init (for its schema), systemd (for systemd-analyze and for itself), shellcheck. BROWSER: Chromium, for the pages.
`make test` runs this first; a list that was fetched once stays in ~/.cache/fourways/debian-<hash>.
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

#: Of cloud-init.
MODULES = """jsonschema attr pyrsistent yaml jinja2 markupsafe configobj six oauthlib requests urllib3 idna chardet certifi jsonpatch
    json-pointer"""
#: Of systemd, for machines that have none.
LIBRARIES = """libsystemd-shared libapparmor1 libargon2-1 libaudit1 libblkid1 libcap-ng0 libcap2 libcryptsetup12 libdevmapper1.02.1
    libfdisk1 libgcrypt20 libgpg-error0 libip4tc2 libjson-c5 libkmod2 libmount1 libp11-kit0 libpam0g libseccomp2 libselinux1 libssl3
    libudev1 libuuid1"""
CHECKERS = ("cloud-init", "shellcheck", "systemd", *(f"python3-{name}" for name in MODULES.split()), *LIBRARIES.split())
#: With whatever it depends on that the machine has not.
BROWSER = ("chromium-headless-shell", "fontconfig-config", "fonts-dejavu-core")
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "fourways"


class NotInstalled(Exception):
    """The packages could not be had: what failed, and what it said."""


@cache
def root(packages: tuple[str, ...] = CHECKERS) -> Path:
    """The folder that holds the packages' files, as `/` would. Raises NotInstalled."""
    folder = CACHE / f"debian-{hashlib.sha256(' '.join(packages).encode()).hexdigest()[:12]}"
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            _fetch(Path(scratch), packages)
            (made := Path(scratch) / "root").chmod(0o755)
            try:
                made.rename(folder)
            except OSError:  # another run was first
                if not folder.exists():
                    raise
    return folder


def _fetch(scratch: Path, packages: tuple[str, ...]) -> None:
    """Downloads and unpacks. With package lists of its own where the machine's are missing or too old."""
    try:
        _download(scratch, packages, [])
    except NotInstalled:
        lists = [f"-oDir::State::lists={scratch}/lists", f"-oDir::Cache={scratch}/cache"]
        for part in ("lists/partial", "cache/archives/partial"):
            (scratch / part).mkdir(parents=True)
        _run(["apt-get", *lists, "update"], scratch)
        _download(scratch, packages, lists)
    for package in sorted(scratch.glob("*.deb")):
        _run(["dpkg-deb", "--extract", str(package), str(scratch / "root")], scratch)
    # Packages of before the merge of /bin and /lib into /usr: machines have merged them.
    for folder in ("bin", "lib", "sbin"):
        if (old := scratch / "root" / folder).exists():
            shutil.copytree(old, scratch / "root/usr" / folder, symlinks=True, dirs_exist_ok=True)
            shutil.rmtree(old)


def _download(scratch: Path, packages: tuple[str, ...], options: list[str]) -> None:
    """The packages; of the browser, whose libraries are many, also those that an installation would bring along."""
    if packages == BROWSER:
        plan = _run(["apt-get", *options, "--simulate", "-oAPT::Install-Recommends=false", "install", *packages], scratch)
        packages = tuple({*packages, *(line.split()[1] for line in plan.splitlines() if line.startswith("Inst "))})
    _run(["apt-get", *options, "download", *packages], scratch)


def _run(command: list[str], folder: Path) -> str:
    if shutil.which(command[0]) is None:
        raise NotInstalled(f"{command[0]} is not on this machine: these tests need Debian or Ubuntu")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotInstalled(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()[-1000:]}")
    return done.stdout


def libraries(packages: tuple[str, ...] = CHECKERS) -> str:
    """The packages' libraries, as LD_LIBRARY_PATH has them; also those that a package keeps in a folder of its own."""
    found = [file for depth in ("*.so*", "*/*.so*") for file in (root(packages) / "usr/lib").glob(f"*-linux-gnu/{depth}")]
    folders = {file.parent for file in found}
    return ":".join(sorted(map(str, folders)))


def run(program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a program of the packages, with their libraries and Python modules."""
    extra = {"LD_LIBRARY_PATH": libraries(), "PYTHONPATH": str(root() / "usr/lib/python3/dist-packages"), **environment}
    return subprocess.run(
        [str(root() / "usr/bin" / program), *arguments], env={**os.environ, **extra}, capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    try:
        for each in (CHECKERS, BROWSER):
            root(each)
    except NotInstalled as error:
        sys.exit(f"debian tools: {error}")
