"""One sentence for a pull request: whether another way of serving would be cheaper for the stack's workload."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from fourways.advisor.choice import Given, choose
from fourways.advisor.offers import NAMES, people
from fourways.costs.model import Total
from fourways.costs.rates import Rates
from stacks.workload import Workload

#: Kinds of stacks as ways of serving.
WAYS = {"eas": "model-unit"}
WORTH = 1.1
"""Less of a difference is not worth a sentence: prices change by more than that."""


def cheaper(workload: Workload, *, kind: str, region: str, current: Sequence[Total] = (), rates: Rates | None = None) -> str | None:
    """What would be cheaper than `kind` for `workload`, None where nothing is, or nothing can be compared.

    `current` is what the stack costs by its own preview (of its resources, all of which have a price); people are added to it as to the
    others. Without it, and for the token API, which is billed by use, the advisor's own number for the kind stands in.
    """
    rates = rates or Rates()
    choice = choose(Given(workload=workload, region=region, rates=rates))
    way = WAYS.get(kind, kind)
    own = [one.cost for one in choice.lines if one.offer.kind == way and one.cost is not None and not one.not_comparable]
    total = rates.total(list(current), choice.currency) if current and way != "token" else None
    manned = _people(workload, way, choice.currency, rates)
    if total is not None and total.monthly:
        now = None if manned is None else total.monthly + manned
    else:
        now = min((cost.monthly for cost in own), default=None)
    if choice.name is None or now is None:
        return None
    best = choice.line(choice.name)
    if best.cost is None or best.offer.kind == way or float(now) < float(best.cost.monthly) * WORTH:
        return None
    assumed = " (on assumed prices or throughput)" if best.offer.assumed else ""
    return (
        f"For the stated workload of {workload.tokens_per_day:,.0f} tokens a day, {best.offer.name} would cost about "
        f"{best.cost.monthly:,.0f} {choice.currency} a month, {NAMES.get(way, kind)} as it is {now:,.0f} {choice.currency}{assumed}: "
        f"`fourways advise` says why and where that changes."
    )


def _people(workload: Workload, way: str, currency: str, rates: Rates) -> Decimal | None:
    """What people cost a month; None where no rate brings it to the currency."""
    if workload.team is None:
        return Decimal(0)
    return rates.convert(sum((part.monthly for part in people(way, workload)), Decimal(0)), workload.team.currency, currency)
