"""Ownership of what has neither tags nor a description: a mark at the end of its name. Pure.

`NAME--PROJECT--STACK--URNHASH`: as in `marked_text`, with the least of everything, since names are short.
"""

from __future__ import annotations

import re

from fourways.cloud import ownership

#: Characters of a deployment's name. Assumed: no page of the API gives a limit; 50 is what third-party notes on it say.
LENGTH = 50
_MARK = re.compile(rf"^(.*)--(.+?)--(.+?)--([0-9a-f]{{{ownership.URN_DIGITS}}})$", re.DOTALL)


def write(name: str, urn: str) -> str:
    """`name` with this resource's mark. Where both are too long the name is cut: finding what is billed matters more than reading it."""
    return name[: max(1, LENGTH - len(_mark(urn)))] + _mark(urn)


def carried(name: str, urn: str) -> bool:
    """Whether a name ends in the mark of this very resource, whatever dashes project and stack have."""
    return name.endswith(_mark(urn))


def read(marked: str) -> tuple[str, dict[str, str]]:
    """The name without its mark, and what the mark says under the keys of tags; no tags where there is no mark. A project or stack with two
    dashes in a row reads back as another one: its things are then nobody's, never somebody else's."""
    if (found := _MARK.match(marked)) is None:
        return marked, {}
    name, project, stack, urn = found.groups()
    return name, {ownership.PROJECT: project, ownership.STACK: stack, ownership.URN: urn}


def _mark(urn: str) -> str:
    stack, project = ownership.split_urn(urn)
    return f"--{project}--{stack}--{ownership.urn_hash(urn)}"
