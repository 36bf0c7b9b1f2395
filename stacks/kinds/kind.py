"""What every kind of stack has in common: a further kind is one class in a file beside this one and a row in `kinds/__init__.py`.

A field's description is what a message calls allowed and what the JSON schema shows. What takes two settings to judge is in `checks`.
"""

from __future__ import annotations

from typing import ClassVar

from stacks.checks import Check
from stacks.part import Part

__all__ = ["NAME", "Check", "Kind"]

NAME = r"^[a-z0-9][a-z0-9_]{2,62}$"


class Kind(Part):
    """What a stack serves and on what. `checks` are run beside those of every stack; each names the settings it needs as parameters."""

    checks: ClassVar[tuple[Check, ...]]

    kind: str
    name: str
