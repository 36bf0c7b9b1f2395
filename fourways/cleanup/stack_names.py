"""Whose a thing is by its name alone, for what has no tags: `<project>-<stack>[-<run>]-<hash>-<what>`, the names of a stack's things. Pure.

The hash is of project, stack and run id, so that a name is told from one that only begins alike.
"""

import hashlib
import re
from dataclasses import dataclass

from fourways.cloud import ownership

HASH_DIGITS = 6
"""As the names of components have it."""
DISPOSABLE = "benchmark"
_COPY = re.compile(r"(?:bench|verify)-([a-z0-9]{4,12})(?:-[0-9]+)?")
"""Names of the stacks that are copies (`fourways/ephemeral/copies.py`, `fourways/verify/copies.py`)."""
_HASH = re.compile(rf"-([0-9a-f]{{{HASH_DIGITS}}})(?=-|$)")


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a name says. `run` is empty for a stack that is no copy."""

    project: str
    stack: str
    run: str

    @property
    def tags(self) -> dict[str, str]:
        """Under the keys of tags. Only benchmarks have a run id (`stacks/checks/place.py`): of others a name does not say what they are."""
        environment = {ownership.ENVIRONMENT: DISPOSABLE} if self.run else {}
        return {ownership.PROJECT: self.project, ownership.STACK: self.stack, **environment}


def read(name: str, project: str) -> Said | None:
    """What a name says; None for one that is not of this project."""
    if not name.startswith(f"{project}-"):
        return None
    rest = name.removeprefix(f"{project}-")
    for found in _HASH.finditer(rest):
        before = rest[: found.start()]
        for stack, run in [(before, ""), *_splits(before)]:
            if hashlib.sha256(f"{project}/{stack}/{run}".encode()).hexdigest()[:HASH_DIGITS] == found.group(1):
                return Said(project=project, stack=stack, run=run)
    return None


def tags_of_name(name: str, project: str) -> dict[str, str]:
    """The same as tags; empty for a name that is not of this project."""
    said = read(name, project)
    return said.tags if said else {}


def run_of_stack(stack: str) -> str:
    """The run id in the name of a copy's stack; empty for a stack that is none."""
    found = _COPY.fullmatch(stack)
    return found.group(1) if found else ""


def _splits(before: str) -> list[tuple[str, str]]:
    """Every stack and run id that may have been joined by a dash."""
    return [(before[:place], before[place + 1 :]) for place, character in enumerate(before) if character == "-"]
