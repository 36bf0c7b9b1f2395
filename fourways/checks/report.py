"""The finding of `fourways check`: everything from one preview, and the exit code."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fourways import costs
from fourways.checks.policies import Policies, read_policies
from fourways.costs.documents import Preview, Step, read_preview

FINE = 0
FAILURE = 1
"""The preview itself failed: the program, a provider, the engine; or there is no policy pack's word although one was asked for."""
USAGE = 2
POLICY = 3
BUDGET = 4

OPERATIONS = {"create": "create", "update": "update", "replace": "replace", "delete": "delete", "import": "import"}
WORST_FIRST = (FAILURE, USAGE, POLICY, BUDGET, FINE)
"""Of several stacks the worst finding counts: what could not be looked at says nothing for sure, so it comes first."""
PULUMIS_OWN = ("pulumi:pulumi:Stack", "pulumi:providers:")
"""Types that change nothing in the cloud."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One resource that the update would touch. `why` names the inputs that change, or that make it be replaced, with the
    numbers before and after."""

    operation: str
    type: str
    name: str
    why: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a check found. `errors` are the engine's own, without those that only say that a policy refused. `cheaper` says whether another
    way of serving would cost less for the stack's stated workload; empty where none is stated."""

    stack: str
    target: str
    changes: tuple[Planned, ...]
    policies: Policies
    estimate: costs.Estimate
    difference: costs.Difference
    budget: costs.Budget | None
    verdict: costs.Verdict | None
    errors: tuple[str, ...]
    rates: costs.Rates = costs.NO_RATES
    """What sums of several currencies are brought to one by."""
    today: date | None = None
    """The day by which a price is old; None: that is not said."""
    cheaper: str = ""

    @property
    def exit_code(self) -> int:
        """A failed preview says nothing for sure, so it comes first; then policies, then the budget. A budget that cannot be judged
        (another currency, unknown prices) is reported and passes: nothing that this stack could change would make it known."""
        if self.errors or not self.policies.ran:
            return FAILURE
        if self.policies.blocking:
            return POLICY
        return BUDGET if self.verdict and self.verdict.status == "over" else FINE


@dataclass(frozen=True, kw_only=True)
class Unread:
    """A stack that could not be looked at: its settings are wrong, or there was no preview to read."""

    stack: str
    target: str
    error: str

    @property
    def exit_code(self) -> int:
        """Nothing is known of it."""
        return FAILURE


def worst(findings: Iterable[Report | Unread]) -> int:
    """The exit code of several stacks; fine where there are none."""
    return min((finding.exit_code for finding in findings), key=WORST_FIRST.index, default=FINE)


def check(
    preview: str | Iterable[Mapping[str, Any]] | Preview,
    *,
    stack: str,
    target: str = "",
    budget: costs.Budget | None = None,
    state: str | Mapping[str, Any] | None = None,
    rates: costs.Rates = costs.NO_RATES,
    today: date | None = None,
    cheaper: str = "",
) -> Report:
    """Reads a preview's events. The cost before is that of `state` where it is given (`pulumi stack export`), else what the preview itself
    says it starts from. Raises costs.CostError where the input is no preview."""
    read = read_preview(preview)
    before = costs.estimate_current(read) if state is None else costs.estimate_state(state)
    after = costs.estimate_preview(read)
    policies = read_policies(read.events)
    return Report(
        stack=stack,
        target=target,
        changes=tuple(sorted(_planned(read), key=lambda change: (change.type, change.name))),
        policies=policies,
        estimate=after,
        difference=costs.difference(before, after),
        budget=budget,
        verdict=costs.judge(after, budget, rates) if budget else None,
        errors=_errors(read, policies),
        rates=rates,
        today=today,
        cheaper=cheaper,
    )


def _planned(read: Preview) -> Iterable[Planned]:
    seen = set()
    for step in read.steps:
        state = step.new or step.old
        if state is None or state.type.startswith(PULUMIS_OWN) or step.op not in OPERATIONS or step.urn in seen:
            continue
        seen.add(step.urn)
        keys = step.replaces if step.op == "replace" else step.diffs
        why = tuple(f"{key}{_values(step, key)}" for key in keys or ())
        yield Planned(operation=OPERATIONS[step.op], type=state.type, name=state.name, why=why)


def _values(step: Step, key: str) -> str:
    """` 1 -> 2` for a number or a switch. Text is not shown: a program may hold a secret in clear, and a comment is no place for it."""
    before, after = ((side.inputs or {}).get(key) if side else None for side in (step.old, step.new))
    return f" {before:g} -> {after:g}" if isinstance(before, int | float) and isinstance(after, int | float) and before != after else ""


def _errors(read: Preview, policies: Policies) -> tuple[str, ...]:
    """Errors of the preview. A refusing policy alone makes the engine say "preview failed", which is no error of its own."""
    said = [message.message.strip() for message in read.diagnostics if message.severity == "error"]
    own = tuple(dict.fromkeys(text for text in said if text.removeprefix("error: ") != "preview failed"))
    if own or policies.blocking:
        return own
    if not read.steps:
        # A policy pack or provider that did not start has said why on its standard error, line by line.
        told = "\n".join(message.message.strip() for message in read.diagnostics if message.severity == "info#err")
        return (f"the preview has no steps at all{': ' if told else ''}{told}",)
    return ("preview failed, and nothing says why",) if read.result == "failed" else ()
