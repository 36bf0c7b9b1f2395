"""What a change of inputs means for a resource: which paths differ, what replaces, what is no difference. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fourways.provider.differences import Kind, differences, same_scalar
from fourways.provider.inputs import Inputs, noted
from fourways.provider.names import IMPORTED, INTERNAL
from fourways.provider.values import Path, Plain


@dataclass(frozen=True, kw_only=True)
class Change:
    """The differences by path, and those of them that replace the resource."""

    paths: dict[Path, Kind] = field(default_factory=dict)
    replaces: tuple[Path, ...] = ()
    delete_first: bool = False

    def touches(self, *roots: str) -> bool:
        return any(path[0] in roots for path in self.paths)


def change(model: type[Inputs], old: Mapping[str, Plain], new: Mapping[str, Plain]) -> Change:
    """The change from the inputs in the state to the program's.

    What has a name of its own and must be replaced in the same region under the same name is deleted first: names are unique.
    """
    imported = bool(old.get(IMPORTED))
    before = {key: value for key, value in old.items() if not key.startswith(INTERNAL)}
    after = {key: value for key, value in new.items() if not key.startswith(INTERNAL)}
    defaults = {entry.alias: entry.default for entry in model.model_fields.values() if isinstance(entry.default, str | int | dict | list)}
    indifferent = model.indifferent(before, after)
    paths = {
        path: kind
        for path, kind in differences({**defaults, **before}, {**defaults, **after}).items()
        if not _no_difference(model, path, kind, before, after, imported) and path not in indifferent
    }
    replacing = noted(model, "replaces")
    replaces = tuple(path for path in paths if path[0] in replacing)
    has_own_name = "name" in replacing and not model.shares_names
    same_name = not any(path[0] in {"name", "region"} for path in replaces)
    return Change(paths=paths, replaces=replaces, delete_first=bool(replaces) and has_own_name and same_name)


def _no_difference(model: type[Inputs], path: Path, kind: Kind, old: Mapping[str, Plain], new: Mapping[str, Plain], imported: bool) -> bool:
    if imported and kind == "delete" and (path[0] in ("labels", "tags") or path in model.server_filled):
        return True  # found at the import, declared by nobody: it stays
    if kind == "delete" and len(path) == 1 and path[0] in noted(model, "sticky"):
        return True  # left out means: as it is
    if path[0] in noted(model, "access"):
        return True
    if path in model.path_defaults:
        default = model.path_defaults[path]
        before, after = _at(old, path), _at(new, path)
        return same_scalar(default if before is None else before, default if after is None else after)
    return False


def _at(value: Plain, path: Path) -> Plain:
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
