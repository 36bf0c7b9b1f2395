"""What a change of inputs means for a service or a resource group: which paths differ, what replaces, what is no difference. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fourways.provider.differences import Kind, differences, same_scalar
from fourways.provider.names import IMPORTED, INTERNAL
from fourways.provider.values import Path, Plain

if TYPE_CHECKING:
    from fourways.provider.inputs import Inputs

INSTANCE: Path = ("config", "metadata", "instance")
#: What EAS assumes when the service JSON does not say it (help centre, "Parameters of model services"): writing it down is no change.
CONFIG_DEFAULTS: dict[Path, Plain] = {INSTANCE: 1}
#: What the server writes into a service JSON that does not say it (size of the machine type, or its own defaults): found at an import,
#: it is not the user's until the program declares it.
SERVER_FILLED: frozenset[Path] = frozenset(("config", "metadata", key) for key in ("cpu", "memory", "gpu", "disk", "shm_size"))


@dataclass(frozen=True, kw_only=True)
class Change:
    """The differences by path, and those of them that replace the resource."""

    paths: dict[Path, Kind] = field(default_factory=dict)
    replaces: tuple[Path, ...] = ()
    delete_first: bool = False

    def touches(self, *roots: str) -> bool:
        return any(path[0] in roots for path in self.paths)

    @property
    def makes_version(self) -> bool:
        """Whether it makes a new version of a service: metadata.instance alone scales (SDK 7.0.0, UpdateService), labels and lock have
        calls of their own."""
        return any(path[0] == "token" or (path[0] == "config" and path != INSTANCE) for path in self.paths)


def change(model: type[Inputs], old: Mapping[str, Plain], new: Mapping[str, Plain]) -> Change:
    """The change from the inputs in the state to the program's.

    What has a name of its own and must be replaced in the same region under the same name is deleted first: names are unique.
    """
    imported = bool(old.get(IMPORTED))
    before = {key: value for key, value in old.items() if not key.startswith(INTERNAL)}
    after = {key: value for key, value in new.items() if not key.startswith(INTERNAL)}
    defaults = {entry.alias: entry.default for entry in model.model_fields.values() if isinstance(entry.default, str | int | dict)}
    paths = {
        path: kind
        for path, kind in differences({**defaults, **before}, {**defaults, **after}).items()
        if not _no_difference(path, kind, before, after, imported)
    }
    replacing = replacing_inputs(model)
    replaces = tuple(path for path in paths if path[0] in replacing)
    has_own_name = "name" in replacing
    same_name = not any(path[0] in {"name", "region"} for path in replaces)
    return Change(paths=paths, replaces=replaces, delete_first=bool(replaces) and has_own_name and same_name)


def _no_difference(path: Path, kind: Kind, old: Mapping[str, Plain], new: Mapping[str, Plain], imported: bool) -> bool:
    if imported and kind == "delete" and (path[0] == "labels" or path in SERVER_FILLED):
        return True  # found at the import, declared by nobody: it stays
    if kind == "delete" and path in {("zone",), ("workspaceId",), ("token",)}:
        return True  # left out means: as it is
    if path in CONFIG_DEFAULTS:
        default = CONFIG_DEFAULTS[path]
        before, after = _at(old, path), _at(new, path)
        return same_scalar(default if before is None else before, default if after is None else after)
    return False


def replacing_inputs(model: type[Inputs]) -> set[str]:
    """The inputs that no update can change."""
    return {
        str(entry.alias)
        for entry in model.model_fields.values()
        if isinstance(entry.json_schema_extra, dict) and entry.json_schema_extra.get("replaces")
    }


def _at(value: Plain, path: Path) -> Plain:
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
