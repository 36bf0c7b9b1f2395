"""What a preview or a state costs: estimates from Pulumi's own JSON, their difference, budgets and tables. No call to any cloud: prices are
those of the dated price book (`fourways.catalog.prices`). What lives elsewhere: reading policies out of a preview (`fourways.checks`).

    before = estimate_state(state)        # `pulumi stack export`
    after = estimate_preview(preview)     # `pulumi preview --json --show-sames`, or its stream of events
    difference(before, after)
"""

from fourways.costs.budget import Budget, Verdict, budget_of, judge
from fourways.costs.difference import Change, Difference, difference
from fourways.costs.documents import CostError
from fourways.costs.estimate import estimate_current, estimate_planned, estimate_preview, estimate_state
from fourways.costs.model import Estimate, Row, Total
from fourways.costs.people import HOURS_A_MONTH, NotCounted, Team
from fourways.costs.rates import NO_RATES, Rates

__all__ = [
    "HOURS_A_MONTH",
    "NO_RATES",
    "Budget",
    "Change",
    "CostError",
    "Difference",
    "Estimate",
    "NotCounted",
    "Rates",
    "Row",
    "Team",
    "Total",
    "Verdict",
    "budget_of",
    "difference",
    "estimate_current",
    "estimate_planned",
    "estimate_preview",
    "estimate_state",
    "judge",
]
