"""What the types cannot see: whether the settings work together. Each check names the settings it needs as its parameters.

A check runs when all that it needs could be read, so one mistyped key does not hide the others' mistakes. What only some kinds have,
it asks for with a default.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from stacks.checks import place
from stacks.problems import Problem

Check = Callable[..., Iterator[Problem]]

BEFORE: tuple[Check, ...] = (place.region_is_known, place.network_is_private, place.zones_are_of_the_region)
AFTER: tuple[Check, ...] = (place.benchmark_expires, place.only_a_benchmark_is_a_copy)


def run(parts: Mapping[str, Any], of_kind: Sequence[Check]) -> list[Problem]:
    """The problems that every check finds for which all settings are there: those of every stack, and those of the stack's kind."""
    found: list[Problem] = []
    for check in (*BEFORE, *of_kind, *AFTER):
        asked = inspect.signature(check).parameters
        if all(name in parts for name, about in asked.items() if about.default is about.empty):
            found.extend(check(**{name: parts[name] for name in asked if name in parts}))
    return found
