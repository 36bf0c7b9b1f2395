"""What was injected, how each cycle ended, and the ledger's sums: as data, and as tables for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fourways.chaos.injections import KINDS, Injection
from fourways.chaos.plan import Plan


@dataclass(kw_only=True)
class Outcome:
    """How one cycle ended. `fired` are the injections that happened (a planned call may never come); `seconds` are real ones."""

    plan: Plan
    lane: int
    fired: list[Injection] = field(default_factory=list)
    reruns: int = 0
    recoveries: int = 0
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)
    ledger: list[Mapping[str, Any]] = field(default_factory=list)
    folder: str = ""
    interrupted: bool = False

    @property
    def clean(self) -> bool:
        """Everything held."""
        return not self.failures and not self.interrupted

    def line(self) -> str:
        """One line a cycle."""
        planned = "; ".join(f"{step}: {injection.text()}" for step, injection in self.plan.injections())
        ended = "interrupted" if self.interrupted else "clean" if self.clean else "FAILED"
        return (
            f"cycle {self.plan.cycle}: {ended} in {self.seconds:.1f} s, {self.reruns} steps run again, {self.recoveries} recoveries "
            f"[{planned}]"
        )


def repeat(outcome: Outcome, stack: str) -> str:
    """The command that does this one cycle again."""
    return f"fourways fakes chaos --stack {stack} --seed {outcome.plan.seed} --cycles 1 --first {outcome.plan.cycle}"


def summary(outcomes: Sequence[Outcome], stack: str, seconds: float) -> RenderableType:
    """Both tables, the failures, and the last line."""
    ended = [outcome for outcome in outcomes if not outcome.interrupted]
    failed = [outcome for outcome in ended if outcome.failures]
    parts: list[RenderableType] = [injected(ended), billed(ended)]
    for outcome in failed:
        parts.append(Text(f"cycle {outcome.plan.cycle} failed:"))
        parts += [Text(f"  {failure}") for failure in outcome.failures]
        parts.append(Text(f"  repeat: {repeat(outcome, stack)}"))
        if outcome.folder:
            parts.append(Text(f"  kept:   {outcome.folder}"))
    parts.append(Text(closing(ended, seconds)))
    return Group(*parts)


def closing(ended: Sequence[Outcome], seconds: float) -> str:
    """The sum of it all in one line."""
    clean = sum(outcome.clean for outcome in ended)
    reruns, recoveries = sum(outcome.reruns for outcome in ended), sum(outcome.recoveries for outcome in ended)
    fired = sum(len(outcome.fired) for outcome in ended)
    still = sum(row["closed"] is None for outcome in ended for row in outcome.ledger)
    return (
        f"{clean} of {len(ended)} cycles clean in {seconds / 60:.1f} min: {fired} injections, {reruns} steps run again, "
        f"{recoveries} recoveries, {still} intervals open"
    )


def injected(outcomes: Iterable[Outcome]) -> Table:
    """By kind: how often planned, how often it happened, and how the cycles with it ended."""
    planned: Counter[str] = Counter()
    fired: Counter[str] = Counter()
    clean: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for outcome in outcomes:
        planned.update(injection.kind for _, injection in outcome.plan.injections())
        fired.update(injection.kind for injection in outcome.fired)
        (clean if outcome.clean else failed).update({injection.kind for injection in outcome.fired})
    table = Table(title="Injected", title_justify="left")
    for name in ("what", "planned", "happened", "cycles clean", "cycles failed"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for kind in KINDS:
        table.add_row(kind, *(str(counter[kind]) for counter in (planned, fired, clean, failed)))
    table.add_section()
    table.add_row("all", *(str(sum(counter.values())) for counter in (planned, fired)), "", "")
    return table


def billed(outcomes: Iterable[Outcome]) -> Table:
    """The ledger by kind: intervals, open ones, hours of the fake's clock, amounts."""
    rows = [row for outcome in outcomes for row in outcome.ledger]
    table = Table(title="Billed on the fake", title_justify="left")
    for name in ("what", "intervals", "open", "fake hours", "amount"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for kind in sorted({str(row["kind"]) for row in rows}):
        mine = [row for row in rows if row["kind"] == kind]
        amounts: dict[str, Decimal] = {}
        for row in mine:
            amounts[row["currency"]] = amounts.get(row["currency"], Decimal(0)) + Decimal(row["amount"])
        total = ", ".join(f"{amount:,.2f} {currency}" for currency, amount in sorted(amounts.items()))
        hours = sum(float(row["seconds"]) for row in mine) / 3600
        table.add_row(kind, str(len(mine)), str(sum(row["closed"] is None for row in mine)), f"{hours:,.1f}", total)
    return table
