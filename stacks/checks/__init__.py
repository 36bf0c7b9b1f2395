"""What the types cannot see: whether the settings work together. Each check names the settings it needs as its parameters.

A check runs when all that it needs could be read, so one mistyped key does not hide the others' mistakes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from stacks.checks import capacity, engine, place
from stacks.problems import Problem

Check = Callable[..., Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    place.region_is_known,
    place.network_is_private,
    place.zones_are_of_the_region,
    capacity.kind_is_available,
    capacity.source_is_available,
    capacity.units_make_machines,
    capacity.surge_has_room,
    capacity.parallelism_fits,
    engine.weights_are_somewhere,
    capacity.model_fits_in_memory,
    engine.engine_serves_the_model,
    engine.engine_has_an_image,
    engine.arguments_are_extra,
    engine.allow_list_is_enforceable,
    engine.name_leaves_room,
    place.benchmark_expires,
    place.benchmark_is_not_prepaid,
)


def run(parts: Mapping[str, Any]) -> list[Problem]:
    """The problems that every check finds for which all settings are there."""
    found: list[Problem] = []
    for check in CHECKS:
        needed = inspect.signature(check).parameters
        if all(name in parts for name in needed):
            found.extend(check(**{name: parts[name] for name in needed}))
    return found
