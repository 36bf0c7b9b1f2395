"""Which stacks a change touches: a function of its paths, and the paths from git."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from fourways.cli.errors import USAGE, UserError
from fourways.cli.project import ROOT, stack_names

STACK_FILE = re.compile(r"stacks/Pulumi\.(?P<stack>.+)\.yaml")
NO_PREVIEW = (
    ".github/", "benchmark/", "docs/", "tests/", "Makefile", "README.md", "pyproject.toml", "requirements-dev.txt",
    "requirements-cluster.txt", "fourways/benchmark/", "fourways/chaos/", "fourways/cleanup/", "fourways/doctor/", "fourways/ephemeral/",
    "fourways/metrics/", "fourways/pages/", "fourways/recovery/", "fourways/report/", "fourways/verify/",
)  # fmt: skip
"""What no preview, price or policy reads. What is not named here may change any stack: a path nobody thought of is looked at."""


def touched(paths: Iterable[str], stacks: Sequence[str]) -> list[str]:
    """Of `stacks`, in their order, those that a change of `paths` (relative to the repository) may change. A stack file changes its own
    stack; one that is not there any more changes none."""
    found: set[str] = set()
    for path in paths:
        if match := STACK_FILE.fullmatch(path):
            found.add(match["stack"])
        elif not path.startswith(NO_PREVIEW):
            return list(stacks)
    return [stack for stack in stacks if stack in found]


def changed_stacks(base: str, root: Path = ROOT) -> list[str]:
    """The stacks that the working tree changes since it left `base`, with what is not committed yet. Raises UserError."""
    since = _git(root, "diff", "--name-only", "--no-renames", "-z", "--merge-base", base, "--")
    return touched([*since, *_git(root, "ls-files", "--others", "--exclude-standard", "-z")], stack_names())


def _git(root: Path, *arguments: str) -> list[str]:
    try:
        result = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise UserError("git is not on PATH, and only git knows what has changed: name the stacks instead", USAGE) from None
    if result.returncode:
        raise UserError(f"`git {' '.join(arguments)}` failed: {result.stderr.strip()}", USAGE)
    return [path for path in result.stdout.split("\0") if path]
