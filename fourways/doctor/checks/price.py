"""What the stack will cost by the dated price book.

No live price: BssOpenApi GetPayAsYouGoPrice wants product and module codes, and none are documented for dedicated EAS machines.
"""

from __future__ import annotations

from datetime import date

from fourways import costs
from fourways.costs import Estimate, wording
from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts
from fourways.doctor.finding import Finding, cannot_tell, not_ok, ok

NAME = "price"
CONSOLE = "see the price in the console before the first purchase"


def check(cloud: Cloud, facts: Facts) -> list[Finding]:
    """One line."""
    del cloud
    resources = [(planned.type, planned.name, planned.inputs) for planned in facts.planned]
    return [judge(costs.estimate_planned(resources, facts.region), facts.budget, facts.today)]


def judge(estimate: Estimate, budget: costs.Budget | None, today: date) -> Finding:
    """Pure. Over budget is not ok; an assumed, old or unknown price cannot be told."""
    said = wording.sum_of(estimate)
    verdict = costs.judge(estimate, budget) if budget is not None else None
    if verdict is not None:
        said += f"; {verdict.message}"
        if verdict.status == "over":
            return not_ok(NAME, said, "raise fourways:budget, or buy less (fourways:serving.capacity.units)")
    doubts = []
    if estimate.unknown:
        doubts.append(f"price unknown: {', '.join(row.name for row in estimate.unknown)}")
    if estimate.metered:
        doubts.append(f"billed by use on top: {', '.join(row.name for row in estimate.metered)}")
    if estimate.assumed:
        doubts.append(f"price assumed: {', '.join(row.name for row in estimate.assumed)}")
    dates = [row.read_on for row in estimate.rows if row.read_on is not None]
    if old := wording.stale(estimate, today):
        doubts.append(f"old price: {'; '.join(old)}")
    if dates:
        said += f"; prices read {min(dates)}"
    if doubts:
        return cannot_tell(NAME, f"{said}; {'; '.join(doubts)}", CONSOLE)
    if verdict is not None and verdict.status == "cannot tell":
        return cannot_tell(NAME, said, "give the budget in the currency of the prices")
    return ok(NAME, said)
