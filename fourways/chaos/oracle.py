"""What must hold after every cycle, whatever was done to it. Pure: all that was seen is given, violations come back as sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fourways.chaos.history import duplicates, most_at_once
from fourways.chaos.plan import Variant
from fourways.chaos.secret_search import leaks

Row = Mapping[str, Any]

MACHINE, NAT, EIP = "eas-dedicated-machine", "nat-gateway", "eip"
#: Beginnings of what no user should ever see.
TRACES = ("Traceback (most recent call last)", "panic: ", "goroutine 1 [")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Everything that a cycle has left to look at.

    `foreign_ids` are (kind, id) of what was planted; `foreign_before` and `foreign_after` what the cloud says of it, by name, as text.
    `ledger` has the cycle's intervals only. `places` are the contents of files and outputs by name; `secrets` the values by name.
    """

    ledger: Sequence[Row]
    inventory: Sequence[Row]
    requests: Sequence[Row]
    unknown_actions: Mapping[str, int]
    swept: Sequence[Row]
    foreign_ids: frozenset[tuple[str, str]] = frozenset()
    foreign_before: Mapping[str, str] = field(default_factory=dict)
    foreign_after: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, bytes] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    processes: Sequence[str] = ()
    variants: Sequence[Variant] = ()


def violations(seen: Seen) -> list[str]:
    """What does not hold; empty after a clean cycle."""
    return [
        *_open(seen),
        *_left(seen),
        *_foreign(seen),
        *duplicates(seen.requests),
        *_too_many(seen),
        *leaks(seen.places, seen.secrets),
        *_traces(seen),
        *(f"the fake does not know {action} ({times} times)" for action, times in seen.unknown_actions.items()),
        *(f"still running: {process}" for process in seen.processes),
    ]


def wrong_outcome(variant: Variant, inventory: Sequence[Row], foreign_ids: frozenset[tuple[str, str]]) -> list[str]:
    """What an `up` that ended well has not brought about: numbers of what is billed, against the settings."""
    mine = Counter(str(row["kind"]) for row in inventory if not _is_foreign(row, foreign_ids))
    wanted = {MACHINE: variant.machines, NAT: int(variant.nat), EIP: int(variant.nat), "eas-service": 1, "vpc": 1}
    return [f"{kind}: {mine[kind]} are there, {number} wanted" for kind, number in wanted.items() if mine[kind] != number]


def _is_foreign(row: Row, foreign_ids: frozenset[tuple[str, str]]) -> bool:
    return (row["kind"], row["id"]) in foreign_ids or any(id == row.get("group") for _, id in foreign_ids)


def _open(seen: Seen) -> list[str]:
    return [f"still billed: {row['kind']} {row['resource']}, since {row['opened']}" for row in seen.ledger if row["closed"] is None]


def _left(seen: Seen) -> list[str]:
    left = [row for row in seen.inventory if not _is_foreign(row, seen.foreign_ids)]
    swept = [row for row in seen.swept if (row["kind"], row["id"]) not in seen.foreign_ids]
    return [
        *(f"left behind: {row['kind']} {row['id']} {row.get('name', '')}".rstrip() for row in left),
        *(f"sweep found: {row['kind']} {row['id']}" for row in swept),
    ]


def _foreign(seen: Seen) -> list[str]:
    names = sorted(set(seen.foreign_before) | set(seen.foreign_after))
    return [f"somebody else's {name} was touched" for name in names if seen.foreign_before.get(name) != seen.foreign_after.get(name)]


def _too_many(seen: Seen) -> list[str]:
    """More billed at once than any step asked for: a second order after a lost answer shows here, even when it was given back."""
    if not seen.variants:
        return []
    nat = int(any(variant.nat for variant in seen.variants))
    wanted = {MACHINE: max(variant.machines for variant in seen.variants), NAT: nat, EIP: nat}
    most = most_at_once(seen.ledger)
    return [
        f"{most[kind]} x {kind} were billed at once, {number} at most were wanted" for kind, number in wanted.items() if most[kind] > number
    ]


def _traces(seen: Seen) -> list[str]:
    return [
        f"{trace.rstrip(' [(')!r} in {place}" for place, content in seen.places.items() for trace in TRACES if trace.encode() in content
    ]
