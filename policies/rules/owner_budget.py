"""owner-budget: what one owner runs costs no more than the owner's budget.

Why: five stacks that each keep their own budget may be five times what their team has.
How to mend: buy less, end a stack that nobody needs, or agree on another amount in config.yaml.
Source: `fourways:owner` (or the tag `fourways-owner`), amounts from config.yaml, prices from `fourways.costs`.
What it sees: a preview knows its own stack. The owner's others are counted where config.yaml names a file of their state
(`pulumi stack export --file`), with their owner; such a file is as old as its export, and a stack that is not named is not counted. A file
that cannot be read is refused, for a sum without it would be too small.
Needs known at preview: what stack-budget needs. What has no price, or another currency, is in no sum.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

from pydantic import Field, field_validator

from policies.model import Finding, Parameters, Resource, StackRule
from policies.reading import known
from policies.rules.stack_budget import RULE as OF_A_STACK
from policies.rules.stack_budget import STACK

OWNER = "fourways-owner"
PACK = Path(__file__).resolve().parent.parent


class OwnerParameters(Parameters):
    """Who may spend how much, and where the other stacks' states are."""

    owners: dict[str, str] = Field(default={}, description="By owner, an amount a month and its currency, e.g. 400000 CNY.")
    states: dict[str, str] = Field(
        default={}, description="By file of a state (from the pack's folder on, or absolute), the owner whose stack that is."
    )

    @field_validator("owners")
    @classmethod
    def _amounts(cls, given: dict[str, str]) -> dict[str, str]:
        for owner, text in given.items():
            amount, _, currency = text.partition(" ")
            if not amount.replace(".", "", 1).isdigit() or currency not in ("CNY", "USD"):
                raise ValueError(f"{owner}: {text!r} is not an amount and CNY or USD, such as 400000 CNY")
        return given


def check(resources: Sequence[Resource], parameters: OwnerParameters) -> Iterator[Finding]:
    """A finding on the stack when its owner's stacks together are over the owner's budget, or a state cannot be read."""
    stack = next((one for one in resources if one.type == STACK), None)
    owner = _owner(resources)
    if stack is None or owner not in parameters.owners:
        return
    from policies import bill

    amount, _, currency = parameters.owners[owner].partition(" ")
    found = bill.estimate(resources)
    if parameters.unknown == "refuse" and (names := bill.not_known(resources, found)):
        yield Finding(stack.urn, f"cannot be checked: what decides the price of {', '.join(names)} is not known at preview")
    sums = {stack.stack: next((total.monthly for total in found.largest if total.currency == currency), Decimal(0))}
    for file, whose in parameters.states.items():
        if whose != owner:
            continue
        try:
            of, total = monthly(PACK / file, currency)
        except (OSError, ValueError) as error:
            yield Finding(stack.urn, f"cannot be checked: {file}, a state of {owner}'s, cannot be read ({error})")
            continue
        if of != (stack.project, stack.stack):
            sums["/".join(of)] = total
    if (total := sum(sums.values(), Decimal(0))) > Decimal(amount):
        parts = " + ".join(f"{part:,.2f} ({name})" for name, part in sums.items())
        yield Finding(stack.urn, f"{owner} would spend {parts}: {total - Decimal(amount):,.2f} {currency} a month over {amount} {currency}")


@cache
def monthly(path: Path, currency: str) -> tuple[tuple[str, str], Decimal]:
    """Project and stack of a state, and its monthly sum with every scaler at its maximum. Raises OSError, ValueError."""
    from fourways import costs
    from fourways.costs.documents import read_state

    text = path.read_text(encoding="utf-8")
    try:
        urns = [resource.urn for resource in read_state(text)]
        found = costs.estimate_state(text)
    except costs.CostError as error:
        raise ValueError(str(error)) from error
    if not urns:
        raise ValueError("it has no resources: nothing says which stack it is of")
    one = Resource(type="", name="", urn=urns[0], properties={})
    return (one.project, one.stack), next((total.monthly for total in found.largest if total.currency == currency), Decimal(0))


def _owner(resources: Sequence[Resource]) -> str:
    for resource in resources:
        if owner := resource.config.get("fourways:owner") or known(known(resource.properties, "tags") or {}, OWNER):
            return str(owner)
    return ""


RULE = StackRule(
    name="owner-budget",
    description="What one owner runs costs no more than the owner's budget.",
    mend="buy less, end a stack that nobody needs, or agree on another amount in policies/config.yaml.",
    parameters=OwnerParameters,
    check=check,
    needs=OF_A_STACK.needs,
)
