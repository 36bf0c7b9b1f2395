"""Edits of a stack's export (`pulumi stack export`, version 3). Pure: what is given is never changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fourways.cleanup.states import ids_of
from fourways.cleanup.wanted import Wanted

Entry = Mapping[str, Any]
Export = Mapping[str, Any]


def resources(export: Export) -> list[Entry]:
    """The resources in the order of the state: a thing comes after all that it depends on."""
    return list((export.get("deployment") or {}).get("resources") or [])


def operations(export: Export) -> list[Entry]:
    """The pending operations."""
    return list((export.get("deployment") or {}).get("pending_operations") or [])


def owned(export: Export) -> set[tuple[str, str]]:
    """(type, id) of every thing that the state has, also of those on their way out."""
    return set().union(*(ids_of(entry) for entry in resources(export) if entry.get("custom") and entry.get("id")))


def with_parts(export: Export, new_resources: Sequence[Entry], new_operations: Sequence[Entry]) -> dict[str, Any]:
    """The export with other resources and pending operations."""
    deployment = {key: value for key, value in export["deployment"].items() if key != "pending_operations"}
    deployment["resources"] = list(new_resources)
    if new_operations:
        deployment["pending_operations"] = list(new_operations)
    return {**export, "deployment": deployment}


def region_of(export: Export, entry: Entry, default: str) -> str:
    """The region of a resource: its own, else its provider's, else the stack's."""
    own = (entry.get("inputs") or {}).get("region")
    if isinstance(own, str) and own:
        return own
    provider = str(entry.get("provider") or "").rpartition("::")[0]
    for other in resources(export):
        if other.get("urn") == provider:
            region = (other.get("inputs") or {}).get("region")
            return region if isinstance(region, str) and region else default
    return default


def wanted(export: Export, entry: Entry, default_region: str) -> Wanted:
    """What a look-up of an entry goes by."""
    region = region_of(export, entry, default_region)
    return Wanted(urn=str(entry["urn"]), type=str(entry["type"]), region=region, inputs=entry.get("inputs") or {})


def record(entries: Sequence[Entry], entry: Entry) -> list[Entry]:
    """`entries` with `entry`, which has its id. One of the same URN is being replaced: it makes room (it was deleted first), or is kept
    behind the new one and marked for deletion, as the engine does (pulumi/pkg 3.259.0, snapshot.go: old states come last and carry
    `delete`)."""
    for index, old in enumerate(entries):
        if old.get("urn") != entry["urn"] or old.get("delete"):
            continue
        if old.get("pendingReplacement"):
            return [*entries[:index], entry, *entries[index + 1 :]]
        return [*entries[:index], entry, {**old, "delete": True}, *entries[index + 1 :]]
    end = max((index + 1 for index, old in enumerate(entries) if not old.get("delete")), default=0)
    return [*entries[:end], entry, *entries[end:]]


def recorded_targets(export: Export) -> set[tuple[str, str]]:
    """(key, value) of every `target` and `account` that our provider and resources have recorded."""
    return {
        (key, str(values[key]))
        for entry in resources(export)
        if str(entry.get("type", "")).startswith(("fourways:", "pulumi:providers:fourways"))
        for values in _values(entry)
        for key in ("target", "account")
        if isinstance(values.get(key), str) and values[key]
    }


def _values(entry: Entry) -> Iterator[Mapping[str, Any]]:
    for part in ("inputs", "outputs"):
        values = entry.get(part)
        if isinstance(values, Mapping):
            yield values
