"""Whether an estimate keeps within a stack's budget, with every scaler at its maximum. Sums in another currency are converted at a stated
rate, which is said, and without one not guessed. The team's time is no part of it: a budget is for what the cloud bills."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from fourways.costs.model import Estimate, Total
from fourways.costs.rates import NO_RATES, Rates

SETTING = "fourways:budget"


@dataclass(frozen=True, kw_only=True)
class Budget:
    """`fourways:budget` of a stack file: at most `amount` of `currency` per month (730 h) or hour."""

    amount: Decimal
    currency: str
    per: Literal["month", "hour"] = "month"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`within`, `over`, or `cannot tell` with what is missing. Over is certain even where other prices are unknown."""

    status: Literal["within", "over", "cannot tell"]
    message: str


def budget_of(config: Mapping[str, Any]) -> Budget | None:
    """The budget of a stack's configuration, keys with their namespace, as a preview tells it (JSON text). What is wrong with it is for the
    settings to say, which end such a preview; here it counts as none."""
    try:
        given = json.loads(config[SETTING])
        return Budget(amount=Decimal(str(given["amount"])), currency=str(given["currency"]), per=given.get("per", "month"))
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation):
        return None


def judge(estimate: Estimate, budget: Budget, rates: Rates = NO_RATES) -> Verdict:
    """Compares the sum in the budget's own currency, with what `rates` bring to it, then looks for what that sum does not hold."""
    starts, _ = _own(estimate.totals, budget, rates)
    own, sums = _own(estimate.largest, budget, rates)
    brought = {total.currency for total in estimate.largest} - {*sums, budget.currency}
    at = f" ({', '.join(sorted(brought))} {rates.words(budget.currency, brought)})" if brought else ""
    each = "an hour" if budget.per == "hour" else "a month"
    grown = f" with every scaler at its maximum ({starts:,.2f} as it starts)" if own != starts else ""
    limit = f"budget {budget.amount:,} {budget.currency} {each}"
    if own > budget.amount:
        excess = f"{own - budget.amount:,.2f} {budget.currency}"
        return Verdict(status="over", message=f"{own:,.2f} {budget.currency} {each}{at}{grown} is over the {limit} by {excess}")
    missing = [f"{amount:,.2f} {currency} {each} on top (no rate to {budget.currency})" for currency, amount in sums.items()]
    if estimate.unknown:
        missing.append(f"{len(estimate.unknown)} without a known price: {', '.join(row.name for row in estimate.unknown)}")
    if estimate.metered:
        missing.append(f"{len(estimate.metered)} billed by use without a bound: {', '.join(row.name for row in estimate.metered)}")
    if missing:
        known = f"{own:,.2f} {budget.currency} {each}{at}{grown} is within the {limit}"
        return Verdict(status="cannot tell", message=f"cannot tell: {known}, but {'; '.join(missing)}")
    return Verdict(status="within", message=f"{own:,.2f} {budget.currency} {each}{at}{grown} is within the {limit}")


def _own(sums: tuple[Total, ...], budget: Budget, rates: Rates) -> tuple[Decimal, dict[str, Decimal]]:
    """The sum in the budget's currency, and what could not be brought to it."""
    own, others = Decimal(0), {}
    for total in sums:
        amount = rates.convert(_per(total, budget), total.currency, budget.currency)
        if amount is None:
            others[total.currency] = _per(total, budget)
        else:
            own += amount
    return own, others


def _per(total: Total, budget: Budget) -> Decimal:
    return total.hourly if budget.per == "hour" else total.monthly
