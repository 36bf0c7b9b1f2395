"""Pending operations: what a killed run had begun. Pure: the state and what was seen in the cloud go in, a new state and a line each come
out.

- creating (and importing, which `pulumi refresh --import-pending-creates` makes of it): recorded where it exists exactly once and is
  ours, dropped where it does not exist, kept where a person must look.
- updating, deleting, reading: dropped. The entry that the state has stays, and the refresh that follows tells the truth. An operation whose
  thing is in no entry any more is made one again: when in doubt the id is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fourways.cleanup.wanted import Wanted
from fourways.cloud import ownership
from fourways.recovery import states
from fourways.recovery.states import Entry, Export
from fourways.recovery.verdicts import Verdict

CREATES = ("creating", "importing")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`state` is what to import; the rest is what to say: one line a thing."""

    state: dict[str, Any]
    recorded: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether there is anything to import."""
        return bool(self.recorded or self.dropped)


def wanted(export: Export, region: str) -> list[Wanted]:
    """What must be looked up: every create that was begun. `region` is the stack's."""
    return [states.wanted(export, operation["resource"], region) for operation in states.operations(export) if operation["type"] in CREATES]


def deletes(export: Export, region: str) -> list[tuple[Wanted, str]]:
    """Each resource whose delete was begun, with its id."""
    return [
        (states.wanted(export, operation["resource"], region), str(operation["resource"].get("id") or ""))
        for operation in states.operations(export)
        if operation["type"] == "deleting"
    ]


def plan(export: Export, verdicts: Sequence[Verdict]) -> Plan:
    """`verdicts` answer `wanted`, one each."""
    answers: Mapping[str, Verdict] = {verdict.wanted.urn: verdict for verdict in verdicts}
    entries, kept = states.resources(export), []
    recorded, dropped, left = [], [], []
    for operation in states.operations(export):
        entry, kind = operation["resource"], str(operation["type"])
        name = title(str(entry["urn"]))
        if kind not in CREATES:
            if entry.get("id") and (str(entry["type"]), str(entry["id"])) not in states.owned(states.with_parts(export, entries, ())):
                entries = states.record(entries, entry)
                recorded.append(f"{name}: interrupted while {kind}; its id {entry['id']} was in no entry of the state and is again")
            else:
                dropped.append(f"{name}: interrupted while {kind}; its entry stays, and the refresh tells what it is now")
            continue
        verdict = answers[str(entry["urn"])]
        if verdict.what == "found":
            entries = states.record(entries, {**entry, "id": verdict.id})
            recorded.append(f"{name}: exists, {verdict.id}")
        elif verdict.what == "absent":
            dropped.append(f"{name}: does not exist, so its create had no effect (assumed after the wait for lists that lag)")
        else:
            kept.append(operation)
            left.append(f"{name}: {verdict.why}. {_advice(entry)}")
    return Plan(state=states.with_parts(export, entries, kept), recorded=tuple(recorded), dropped=tuple(dropped), left=tuple(left))


def title(urn: str) -> str:
    """`eipAddress network-eip` from a URN."""
    parts = urn.split("::")
    return f"{parts[2].rsplit('$', 1)[-1]} {parts[-1]}"


def _advice(entry: Entry) -> str:
    urn = str(entry["urn"])
    stack, name = ownership.split_urn(urn)[0], urn.rsplit("::", 1)[-1]
    clear = f"`pulumi refresh --clear-pending-creates --stack {stack}`"
    return (
        f"Nothing was changed about it. Look in the console: where it is not there, run {clear}; where it is this stack's, that, and then "
        f"`pulumi import {entry['type']} {name} ID --stack {stack}`"
    )
