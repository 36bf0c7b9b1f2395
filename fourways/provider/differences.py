"""Exact differences between two property maps, by path. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from fourways.provider.values import UNKNOWN, Path, Plain

Kind = Literal["add", "delete", "update"]


def differences(old: Plain, new: Plain, path: Path = ()) -> dict[Path, Kind]:
    """What must change to make `old` into `new`: the deepest path of each difference and its kind, in the order of `new`, then `old`.

    Lists are compared by position. An unknown new value counts as an update: only the deployment can tell. Absent and null are the same.
    """
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        found: dict[Path, Kind] = {}
        for key in [*new, *(key for key in old if key not in new)]:
            found |= _slot(old.get(key), new.get(key), (*path, key))
        return found
    if isinstance(old, list) and isinstance(new, list):
        found = {}
        for index in range(max(len(old), len(new))):
            found |= _slot(old[index] if index < len(old) else None, new[index] if index < len(new) else None, (*path, index))
        return found
    return {} if same_scalar(old, new) else {path: "update"}


def same_scalar(old: Plain, new: Plain) -> bool:
    """Equality in which true is not 1 and an unknown value equals nothing."""
    if old is UNKNOWN or new is UNKNOWN:
        return False
    if isinstance(old, bool) != isinstance(new, bool):
        return False
    return bool(old == new)


def _slot(old: Plain, new: Plain, path: Path) -> dict[Path, Kind]:
    if old is None and new is None:
        return {}
    if old is None:
        return {path: "add"}
    if new is None:
        return {path: "delete"}
    return differences(old, new, path)


def project(actual: Plain, declared: Plain) -> Plain:
    """`actual`, cut down to the keys that `declared` has: what the server filled in by itself is left out.

    Lists of equal length are cut entry by entry; one of another length is kept whole, since somebody changed it. A scalar that the server
    writes in another type ("8" for 8) is given as declared. Keys that the server does not have are absent from the result.
    """
    if isinstance(actual, Mapping) and isinstance(declared, Mapping):
        return {key: project(actual[key], wanted) for key, wanted in declared.items() if actual.get(key) is not None}
    if isinstance(actual, list) and isinstance(declared, list) and len(actual) == len(declared):
        return [project(item, wanted) for item, wanted in zip(actual, declared, strict=True)]
    if _same_written(actual, declared):
        return declared
    return actual


def _same_written(actual: Plain, declared: Plain) -> bool:
    if isinstance(actual, Mapping | list) or isinstance(declared, Mapping | list) or UNKNOWN in (actual, declared):
        return False
    if isinstance(actual, bool) or isinstance(declared, bool):
        return str(actual).lower() == str(declared).lower()
    if isinstance(actual, int | float) or isinstance(declared, int | float):
        try:
            return float(actual) == float(declared)
        except (TypeError, ValueError):
            return False
    return bool(actual == declared)
