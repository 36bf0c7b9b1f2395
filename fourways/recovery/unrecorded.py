"""Created but never recorded: what the program would create (a preview), and exists already. Pure.

A preview's step has all that a state's entry has but the id: URN, type, inputs, parent, provider, dependencies. Its secrets are masked and
left out; the next `up` sets them again. Parents and providers that the state has lost are taken from the preview too.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fourways.cleanup.wanted import UNKNOWN, Wanted
from fourways.recovery import states
from fourways.recovery.pending import Plan, title
from fourways.recovery.states import Entry, Export
from fourways.recovery.verdicts import Verdict

MASKED = "[secret]"
_PROVIDER = "pulumi:providers:"
#: What an entry takes from a step (apitype.ResourceV3, pulumi/sdk 3.259.0).
_KEYS = (
    "urn",
    "custom",
    "type",
    "inputs",
    "parent",
    "protect",
    "dependencies",
    "provider",
    "propertyDependencies",
    "additionalSecretOutputs",
    "aliases",
    "customTimeouts",
    "retainOnDelete",
    "deletedWith",
    "ignoreChanges",
    "replaceOnChanges",
)


def creates(digest: Mapping[str, Any]) -> dict[str, Entry]:
    """What a preview (`pulumi preview --json`) would create, by URN, in its order."""
    return {str(step["urn"]): step["newState"] for step in digest.get("steps") or [] if step.get("op") == "create" and step.get("newState")}


def wanted(digest: Mapping[str, Any], export: Export, region: str) -> list[Wanted]:
    """What must be looked up: creates in the cloud all of whose inputs are known. The others wait until what they depend on is recorded."""
    new = creates(digest)
    pending = {str(operation["resource"]["urn"]) for operation in states.operations(export)}
    return [
        Wanted(urn=urn, type=str(entry["type"]), region=_region(export, new, entry, region), inputs=entry.get("inputs") or {})
        for urn, entry in new.items()
        if entry.get("custom") and not _is_provider(entry) and not has_unknown(entry.get("inputs")) and urn not in pending
    ]


def waits(digest: Mapping[str, Any]) -> bool:
    """Whether something could not be looked up yet."""
    return any(entry.get("custom") and has_unknown(entry.get("inputs")) for entry in creates(digest).values())


def plan(
    export: Export,
    digest: Mapping[str, Any],
    verdicts: Sequence[Verdict],
    providers: Mapping[str, Mapping[str, Any]],
    new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
) -> Plan:
    """Records what was found. `providers` has the inputs of each package's default provider, should the state have lost it: a preview does
    not show default providers (pulumi/pkg 3.259.0, backend/display). The next `up` brings them up to date."""
    new, entries, recorded = creates(digest), states.resources(export), []
    for verdict in verdicts:
        if verdict.what != "found":
            continue
        for urn in _line(new, verdict.wanted.urn):
            if any(entry["urn"] == urn and not entry.get("delete") for entry in entries):
                continue
            entry = _entry(new[urn] if urn in new else _default_provider(urn, providers), entries)
            if urn == verdict.wanted.urn:
                entry["id"] = verdict.id
                recorded.append(f"{title(urn)}: was in no state, {verdict.id}")
            elif _is_provider(entry):
                entry["id"] = new_id()
                entry["outputs"] = entry["inputs"]
            entries = states.record(entries, entry)
    return Plan(state=states.with_parts(export, entries, states.operations(export)), recorded=tuple(recorded))


def has_unknown(value: Any) -> bool:
    """Whether an input holds a value that only the create of another resource will tell."""
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return bool(isinstance(value, str) and UNKNOWN in value)


def without_masked(value: Any) -> Any:
    """An input without the secrets that a preview does not show."""
    if isinstance(value, Mapping):
        return {key: without_masked(item) for key, item in value.items() if item != MASKED}
    return [without_masked(item) for item in value] if isinstance(value, list) else value


def _line(new: Mapping[str, Entry], urn: str) -> list[str]:
    """The URN after its parents and its provider."""
    entry = new.get(urn)
    if entry is None:
        return [urn] if _PROVIDER in urn else []
    parts = _line(new, str(entry.get("parent") or "")) + _line(new, _provider_urn(entry))
    return [*dict.fromkeys(parts), urn]


def _entry(step: Entry, entries: Sequence[Entry]) -> dict[str, Any]:
    entry = {key: step[key] for key in _KEYS if key in step}
    known = {str(other["urn"]) for other in entries}
    entry["inputs"] = without_masked(entry.get("inputs") or {})
    entry["dependencies"] = [urn for urn in entry.get("dependencies") or [] if urn in known]
    entry["propertyDependencies"] = {
        name: [urn for urn in urns or [] if urn in known] for name, urns in (entry.get("propertyDependencies") or {}).items()
    }
    if entry.get("provider"):
        urn = _provider_urn(entry)
        ids = [str(other["id"]) for other in entries if other["urn"] == urn and not other.get("delete")]
        entry["provider"] = f"{urn}::{ids[0]}" if ids else entry["provider"]
    return entry


def _default_provider(urn: str, providers: Mapping[str, Mapping[str, Any]]) -> Entry:
    """A default provider is named `default_1_2_3` after its version, or `default` where it runs from source."""
    type_, name = urn.split("::")[2:4]
    version = name.removeprefix("default").strip("_").replace("_", ".")
    inputs = {**providers.get(type_.removeprefix(_PROVIDER), {}), **({"version": version} if version else {})}
    return {"urn": urn, "type": type_, "custom": True, "inputs": inputs}


def _provider_urn(entry: Entry) -> str:
    return str(entry.get("provider") or "").rpartition("::")[0]


def _is_provider(entry: Entry) -> bool:
    return str(entry.get("type", "")).startswith(_PROVIDER)


def _region(export: Export, new: Mapping[str, Entry], entry: Entry, default: str) -> str:
    provider = new.get(_provider_urn(entry))
    known = states.region_of(export, entry, "")
    return known or str(((provider or {}).get("inputs") or {}).get("region") or "") or default
