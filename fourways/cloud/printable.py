"""Text from elsewhere, fit for a terminal: without what would steer it."""

from __future__ import annotations

import re

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


def unescaped(text: str) -> str:
    """Without escape sequences; lines stay lines."""
    return _ESCAPES.sub("", text)


def printable(line: str) -> str:
    """One line without escape sequences, and spaces for control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in unescaped(line)).rstrip()
