"""What the decision tree may ask of an offer: its numbers at the workload, and the words that go with them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fourways.advisor.offers import MINUTES_AN_HOUR, WORKING_HOURS, hours_of_people
from fourways.economics import Cost, Demand, Offer, ceiling, cost, limit
from stacks.workload import Workload


@dataclass(frozen=True, kw_only=True)
class Line:
    """An offer at the workload. `cost` is None where it cannot serve it; `most_tpm` is what it carries at the peak, None where nothing
    known limits it; `not_comparable` says why it is in no comparison; empty where it is."""

    offer: Offer
    cost: Cost | None
    limit: str
    most_tpm: Decimal | None
    not_comparable: str
    misses_latency: str = ""

    def per_million(self, demand: Demand) -> Decimal | None:
        """What a million tokens cost; None where it cannot serve."""
        return None if self.cost is None else self.cost.monthly / (demand.tokens / 1_000_000)


def line(offer: Offer, demand: Demand, *, not_comparable: str = "", misses_latency: str = "") -> Line:
    """One offer's numbers."""
    most = ceiling(offer, demand)
    return Line(
        offer=offer,
        cost=cost(offer, demand) if most is None or demand.tokens <= most else None,
        limit=limit(offer, demand),
        most_tpm=None if most is None else most * demand.peak_to_mean / demand.hours / MINUTES_AN_HOUR,
        not_comparable=not_comparable,
        misses_latency=misses_latency,
    )


def facts(one: Line, workload: Workload) -> dict[str, Any]:
    """All that `tree.yaml` may name of an offer."""
    hours, monthly = hours_of_people(one.offer.kind, workload), one.cost.monthly if one.cost else None
    team_hours = workload.team.size * WORKING_HOURS if workload.team else Decimal(0)
    return {
        "wants_dedicated": workload.isolation == "dedicated",
        "shares_a_pool": bool(one.offer.tokens),
        "serves": one.cost is not None,
        "peak": f"{workload.peak:,.0f}",
        "most": "any number of" if one.most_tpm is None else f"{one.most_tpm:,.0f}",
        "limit": one.limit,
        "wants_latency": workload.latency.ttft_ms is not None or workload.latency.tpot_ms is not None,
        "misses_latency": bool(one.misses_latency),
        "latency": one.misses_latency,
        "has_team": workload.team is not None,
        "team_too_small": hours > team_hours,
        "people_hours": hours,
        "team_hours": f"{team_hours:f}",
        "comparable": not one.not_comparable,
        "not_comparable": one.not_comparable,
        "monthly": "nothing known" if monthly is None else f"{monthly:,.0f} {one.offer.currency} a month",
        "monthly_cost": Decimal("Infinity") if monthly is None else monthly,
    }
