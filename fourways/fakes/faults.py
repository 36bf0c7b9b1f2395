"""Faults on purpose: rules that make the fake throttle, fail, cut connections, answer late, or hide what was just created.

A rule matches an action (a shell pattern, `CreateService`, `Describe*`) and fires on its nth matching call, for `times` calls, or
with a seeded probability. Kinds on the wire: `throttle` (400 Throttling.User), `error` (5xx before the effect), `error-after` (5xx
after the effect), `cut` (connection closed before the effect), `cut-after` (effect done, answer lost), `slow` (answer late by
`seconds`). Conditions that a backend asks for by name (`stuck`, `late`, `fail`, `no-stock`, `lag`) are rules too: `condition()` finds them.
"""

from __future__ import annotations

import fnmatch
import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

WIRE_KINDS = ("throttle", "error", "error-after", "cut", "cut-after", "slow")
CONDITIONS = ("stuck", "late", "fail", "no-stock", "lag")


@dataclass
class Rule:
    """One fault. `seconds` are real for `slow`, the fake's for `lag` and `late`; `status` and `code` are what an error answers with."""

    kind: str
    action: str = "*"
    nth: int = 1
    times: int | None = 1
    probability: float | None = None
    seed: int = 0
    status: int = 503
    code: str = "ServiceUnavailable"
    seconds: float = 0.0
    resource: str = "*"
    seen: int = 0
    fired: int = 0

    def __post_init__(self) -> None:
        if self.kind not in WIRE_KINDS + CONDITIONS:
            raise ValueError(f"unknown fault {self.kind!r}; known: {', '.join(WIRE_KINDS + CONDITIONS)}")
        self._random = random.Random(self.seed)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rule:
        known = {field.name for field in fields(cls)} - {"seen", "fired"}
        unknown = set(data) - known
        if unknown:
            raise ValueError(f"unknown keys {sorted(unknown)}; known: {sorted(known)}")
        return cls(**data)

    def fires(self) -> bool:
        """Count one matching call, and say whether the fault happens on it."""
        self.seen += 1
        if self.times is not None and self.fired >= self.times:
            return False
        hit = self.seen >= self.nth if self.probability is None else self._random.random() < self.probability
        self.fired += hit
        return hit


class Faults:
    """The rules in force, in the order in which they were added; the first that fires wins."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def add(self, rule: Rule) -> None:
        self.rules.append(rule)

    def clear(self) -> None:
        self.rules.clear()

    def on_wire(self, action: str) -> Rule | None:
        """The fault, if any, of this call of `action`."""
        for rule in self.rules:
            if rule.kind in WIRE_KINDS and fnmatch.fnmatchcase(action, rule.action) and rule.fires():
                return rule
        return None

    def condition(self, kind: str, action: str, resource: str = "") -> Rule | None:
        """A rule of `kind` that a backend honours, for a transition or call named `action` of `resource`."""
        for rule in self.rules:
            if (
                rule.kind == kind
                and fnmatch.fnmatchcase(action, rule.action)
                and fnmatch.fnmatchcase(resource, rule.resource)
                and rule.fires()
            ):
                return rule
        return None

    def delay(self, action: str, resource: str = "") -> float:
        """Fake seconds by which a rule `late` holds up the transition: a thing that seems stuck, and goes on by itself in the end."""
        rule = self.condition("late", action, resource)
        return rule.seconds if rule else 0.0

    def rows(self) -> list[dict[str, Any]]:
        return [asdict(rule) for rule in self.rules]
