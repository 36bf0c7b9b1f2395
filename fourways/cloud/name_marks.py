"""Ownership of what has neither tags nor labels: a mark at the end of its name. Pure.

The mark is `PROJECT/STACK/URN`, URN being the first 16 hex digits of the URN's SHA-256, as in the label `fourways-urn`.
"""

from __future__ import annotations

import re

from fourways.cloud import ownership

#: Characters of a deployment's name. Assumed: no page of the API gives a limit; 50 is what third-party notes on it say.
LENGTH = 50
_MARK = re.compile(rf"(?:^|\s)([^\s/]+)/([^\s/]+)/([0-9a-f]{{{ownership.URN_DIGITS}}})$")


def marked(name: str, urn: str) -> str:
    """`name` with this resource's mark. Where both are too long the name is cut: finding what is billed matters more than reading it."""
    own = ownership.urn_labels(urn)
    mark = f"{own[ownership.PROJECT]}/{own[ownership.STACK]}/{own[ownership.URN]}"
    room = LENGTH - len(mark) - 1
    return f"{name[:room]} {mark}" if room > 0 else mark


def labels_in(name: str) -> dict[str, str]:
    """What the mark says, as labels: project, stack and URN. Empty for a name without one."""
    match = _MARK.search(name)
    return {ownership.PROJECT: match[1], ownership.STACK: match[2], ownership.URN: match[3]} if match else {}


def without_mark(name: str) -> str:
    """The part of a name that a person has given."""
    return _MARK.sub("", name).strip()
