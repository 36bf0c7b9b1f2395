"""Whose a thing is by its name alone, for what has no tags: `<project>-<stack>-<hash>-<what>`, the names of a stack's things. Pure.

The hash is of project, stack and run id, so that a name is told from one that only begins alike.
"""

import hashlib
import re

from fourways.cloud import ownership

HASH_DIGITS = 6
"""As the names of components have it."""
_HASH = re.compile(rf"-([0-9a-f]{{{HASH_DIGITS}}})(?:-|$)")


def tags_of_name(name: str, project: str) -> dict[str, str]:
    """Project and stack under the keys of tags; empty for a name that is not of this project. No environment: a name does not say it."""
    if not name.startswith(f"{project}-"):
        return {}
    rest = name.removeprefix(f"{project}-")
    for found in _HASH.finditer(rest):
        before = rest[: found.start()]
        for stack, run in [(before, ""), *_splits(before)]:
            if hashlib.sha256(f"{project}/{stack}/{run}".encode()).hexdigest()[:HASH_DIGITS] == found.group(1):
                return {ownership.PROJECT: project, ownership.STACK: stack}
    return {}


def _splits(before: str) -> list[tuple[str, str]]:
    """Every stack and run id that may have been joined by a dash."""
    return [(before[:place], before[place + 1 :]) for place, character in enumerate(before) if character == "-"]
