"""Which `pulumi` to use: the user's own when it is new enough, else the one built by `toolchain/bootstrap.py`."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from fourways.cli.errors import UserError
from fourways.cli.project import ROOT

OLDEST_PULUMI = (3, 259, 0)
BOOTSTRAP = ROOT / "toolchain" / "bootstrap.py"


@dataclass(frozen=True)
class Toolchain:
    """`pulumi` is the executable; `built` is False for the user's own, which fetches its plugins itself."""

    pulumi: Path
    built: bool

    def install_plugins(self, pulumi_home: Path) -> None:
        """Put the built alicloud plugin where the engine looks, under `pulumi_home`; nothing to do for the user's own pulumi."""
        if self.built and not self._shown(pulumi_home):
            _bootstrap("plugin", "--pulumi-home", str(pulumi_home))

    def _shown(self, pulumi_home: Path) -> bool:
        """Whether this toolchain's plugin is there, which is nearly always so: to start the bootstrap program takes a tenth of a second."""
        links = (pulumi_home / "plugins").glob("resource-alicloud-v*/pulumi-resource-alicloud")
        return any(link.is_symlink() and link.readlink().is_relative_to(self.pulumi.parent.parent) for link in links)


def find_toolchain() -> Toolchain:
    """The toolchain, built first (about 13 minutes, once, with progress) when there is none. Raises UserError when that fails."""
    own = shutil.which("pulumi")
    if own and os.environ.get("FOURWAYS_TOOLCHAIN") != "build":
        version = pulumi_version(own)
        if version >= OLDEST_PULUMI:
            return Toolchain(Path(own), built=False)
        wanted, found = (".".join(map(str, numbers)) for numbers in (OLDEST_PULUMI, version))
        raise UserError(
            f"pulumi on PATH is {found}, and {wanted} or newer is needed: upgrade it as you installed it "
            "(https://www.pulumi.com/docs/install/), or set FOURWAYS_TOOLCHAIN=build to use one built here"
        )
    built = _built()
    if built is None:
        _bootstrap("toolchain")
        built = _built()
    if built is None:
        raise UserError("the toolchain was built and is not there: run `python3 toolchain/bootstrap.py toolchain` and see what it says")
    return Toolchain(built, built=True)


def _built() -> Path | None:
    """The `pulumi` that was built, quietly; None where it has to be built first."""
    # Without `site`, which takes a third of its time: the program needs the standard library alone.
    result = subprocess.run([sys.executable, "-S", str(BOOTSTRAP), "path", "--json"], capture_output=True, text=True, check=False)
    return None if result.returncode else Path(json.loads(result.stdout)["bin"]) / "pulumi"


def _bootstrap(*arguments: str) -> None:
    # Output goes to standard error, so that a command's own output (JSON, Markdown) stays clean.
    if subprocess.run([sys.executable, str(BOOTSTRAP), *arguments], stdout=sys.stderr.fileno(), check=False).returncode:
        raise UserError("the toolchain could not be prepared; the lines above say why")


def pulumi_version(pulumi: str) -> tuple[int, ...]:
    """The three numbers of this executable's version; zeros where it does not say."""
    text = subprocess.run([pulumi, "version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"(\d+)\.(\d+)\.(\d+)", text)
    return tuple(int(number) for number in match.groups()) if match else (0, 0, 0)
