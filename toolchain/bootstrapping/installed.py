"""The user's own Pulumi: used where it is on PATH and new enough."""

import re
import shutil
import subprocess
from pathlib import Path

from . import places, recipe
from .report import Problem


def pulumi() -> Path | None:
    """The user's `pulumi`; None where there is none (one that this program built, seen through PATH, does not count).

    Raises Problem where it is too old for the Python packages this tree pins.
    """
    found = shutil.which("pulumi")
    if found is None or Path(found).resolve().is_relative_to(places.cache().resolve()):
        return None
    answer = subprocess.run([found, "version"], capture_output=True, text=True, check=False)
    match = re.match(r"v?(\d+)\.(\d+)\.(\d+)", answer.stdout.strip())
    if answer.returncode != 0 or match is None:
        raise Problem(
            f"`{found} version` failed: {(answer.stderr or answer.stdout).strip()}\n"
            "Mend it, or set FOURWAYS_TOOLCHAIN=build to build Pulumi instead."
        )
    if tuple(map(int, match.groups())) < tuple(map(int, recipe.PULUMI_VERSION.split("."))):
        raise Problem(
            f"{found} is Pulumi {match[0]}, {recipe.PULUMI_VERSION} or newer is needed: upgrade it (https://www.pulumi.com/docs/install/), "
            "or set FOURWAYS_TOOLCHAIN=build to build one beside it."
        )
    return Path(found)
