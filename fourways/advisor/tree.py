"""The decision tree: data in `tree.yaml`, walked here. What was asked, who fell away and why is kept, so that the branch can be printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

FILE = Path(__file__).with_name("tree.yaml")
Facts = Mapping[str, Any]
"""What is known of an offer: values to decide by, and texts to say it with."""


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Test(_Form):
    """Whether a fact has a value."""

    fact: str
    is_: bool = Field(alias="is")

    def holds(self, facts: Facts) -> bool:
        """Raises KeyError for a fact that nobody computes: the tree is wrong."""
        return bool(facts[self.fact]) is self.is_


class Within(_Form):
    """How far a number may be above the least of all that are left."""

    fact: str
    margin: Decimal


class Step(_Form):
    """One question; `tree.yaml` says what its parts mean."""

    ask: str
    when: Test | None = None
    drop: Test | None = None
    within: Within | None = None
    stop: Test | None = None
    because: str = ""
    next: str | None = None
    least: tuple[str, ...] = ()


class Tree(_Form):
    """All steps by name."""

    start: str
    steps: dict[str, Step]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A step that was taken: its question, which offers were left after it, why the others fell away. `asked` False: it did not apply."""

    step: str
    ask: str
    asked: bool
    left: tuple[str, ...]
    dropped: tuple[tuple[str, str], ...] = ()


@cache
def tree() -> Tree:
    """The tree of this version."""
    return Tree.model_validate(yaml.safe_load(FILE.read_text()))


def walk(facts: Mapping[str, Facts], by: Tree | None = None) -> tuple[str | None, tuple[Taken, ...]]:
    """The chosen offer's name, None where none is left or it stops, and the branch. `facts` by offer's name."""
    by = by or tree()
    left, branch = tuple(facts), list[Taken]()
    name: str | None = by.start
    while name is not None and left:
        step = by.steps[name]
        known = {offer: {**facts[offer], **_margins(step, offer, left, facts)} for offer in left}
        asked = step.when is None or any(step.when.holds(known[offer]) for offer in left)
        if step.least:
            kept: tuple[str, ...] = (min(left, key=lambda offer: [known[offer][fact] for fact in step.least]),)
        else:
            kept = tuple(offer for offer in left if not (asked and _falls(step, known[offer])))
        stopped = asked and step.stop is not None and len(kept) < len(left)
        dropped = () if step.least else tuple((offer, step.because.format_map(known[offer])) for offer in left if offer not in kept)
        branch.append(Taken(step=name, ask=step.ask.format_map(known[left[0]]), asked=asked, left=kept, dropped=dropped))
        if stopped:
            return None, tuple(branch)
        left, name = kept, step.next
    return (left[0] if left else None), tuple(branch)


def _falls(step: Step, known: Facts) -> bool:
    tests = [test for test in (step.drop, step.stop) if test is not None]
    return any(test.holds(known) for test in tests) or bool(step.within and known["beyond_margin"])


def _margins(step: Step, offer: str, left: Sequence[str], facts: Mapping[str, Facts]) -> dict[str, Any]:
    """How far an offer is above the least of those that are left."""
    if step.within is None:
        return {}
    least = min(facts[one][step.within.fact] for one in left)
    times = float(facts[offer][step.within.fact] / least) if least else 1.0
    over = f"{times - 1:.0%} more than" if times < 2 else f"{times:,.1f} times"
    return {
        "margin": f"{step.within.margin:.0%}",
        "over": over,
        "beyond_margin": facts[offer][step.within.fact] > least * (1 + step.within.margin),
    }


def unknown_facts(known: Sequence[str], by: Tree | None = None) -> set[str]:
    """Facts that the tree asks for and nobody computes."""
    steps = (by or tree()).steps.values()
    asked = {test.fact for step in steps for test in (step.when, step.drop, step.stop, step.within) if test} | {
        fact for step in steps for fact in step.least
    }
    return asked - set(known)
