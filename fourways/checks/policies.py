"""Which policies passed and failed in a preview, from the engine's events (apitype/events.go: policyEvent, policy...SummaryEvent)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MEND = "How to mend: "
"""Our pack puts what to change after these words (policies/adapter.py)."""
BLOCKING = frozenset({"mandatory", "remediate"})
COLOUR = re.compile(r"<\{%.*?%\}>")


@dataclass(frozen=True, kw_only=True)
class Violation:
    """One resource (or "" for the stack) that breaks a rule. `mend` is empty for packs that do not say."""

    policy: str
    pack: str
    urn: str
    level: str
    description: str
    message: str
    mend: str

    @property
    def blocking(self) -> bool:
        """Whether the update would be refused."""
        return self.level in BLOCKING

    @property
    def resource(self) -> str:
        """Name of the resource, the URN's last part."""
        return self.urn.rsplit("::", 1)[-1] or "the stack"


@dataclass(frozen=True, kw_only=True)
class Policies:
    """What the packs said. `ran` is false where the preview was made without a pack, or ended before one was asked."""

    ran: bool
    packs: tuple[str, ...]
    passed: tuple[str, ...]
    violations: tuple[Violation, ...]

    @property
    def blocking(self) -> tuple[Violation, ...]:
        """Those that refuse the update."""
        return tuple(violation for violation in self.violations if violation.blocking)


def read_policies(events: Iterable[Mapping[str, Any]]) -> Policies:
    """Reads a preview's events. A policy has passed when it was asked and no resource broke it."""
    asked: dict[str, None] = {}
    failed: set[str] = set()
    packs: dict[str, None] = {}
    violations: dict[Violation, None] = {}
    for event in events:
        for kind in ("policyAnalyzeSummaryEvent", "policyAnalyzeStackSummaryEvent"):
            if summary := event.get(kind):
                packs[f"{summary.get('policyPackName')} {summary.get('policyPackVersion')}"] = None
                asked.update(dict.fromkeys([*(summary.get("passed") or []), *(summary.get("failed") or [])]))
                failed.update(summary.get("failed") or [])
        if said := event.get("policyEvent"):
            violation = _violation(said)
            violations[violation] = None
            failed.add(violation.policy)
    passed = tuple(sorted(name for name in asked if name not in failed))
    # Events come in the order in which resources were looked at, which is another one each time.
    told = sorted(violations, key=lambda violation: (not violation.blocking, violation.policy, violation.urn, violation.message))
    return Policies(ran=bool(asked or violations), packs=tuple(packs), passed=passed, violations=tuple(told))


def _violation(told: Mapping[str, Any]) -> Violation:
    text = COLOUR.sub("", str(told.get("message") or "")).strip()
    text, _, mend = text.partition(MEND)
    description, _, message = text.strip().partition("\n")
    return Violation(
        policy=str(told.get("policyName") or ""),
        pack=str(told.get("policyPackName") or ""),
        urn=str(told.get("resourceUrn") or ""),
        level=str(told.get("enforcementLevel") or "mandatory"),
        description=description.strip(),
        message=message.strip() or description.strip(),
        mend=mend.strip(),
    )
