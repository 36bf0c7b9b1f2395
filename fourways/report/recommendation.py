"""Which to buy for the measured workload, or what is missing to say so. Pure.

Nothing is recommended from a run on the fake, nor from anything that was not measured to the end, by one workload, at a known price.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from fourways.economics import HOURS_A_MONTH
from fourways.report.costs import Cost, Group, cheapest
from fourways.report.objective import Best
from fourways.report.reading import Deployment, slo_text
from fourways.report.wording import tokens


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    """`choices` (from, up to tokens a month, deployment), empty where `missing` says what is in the way; `reasons` say why."""

    choices: Sequence[tuple[Decimal, Decimal, str]] = ()
    reasons: Sequence[str] = ()
    missing: Sequence[str] = ()


def recommend(
    deployments: Sequence[Deployment],
    bests: Mapping[str, Best],
    found: Sequence[Cost],
    by_currency: Sequence[Group],
    *,
    share: float,
    not_measured: Mapping[str, str],
) -> Recommendation:
    """Between the deployments of a report. `not_measured`: stacks that should have been among them, with the reason."""
    missing = _missing(deployments, bests, found, by_currency)
    if missing or not_measured:
        return Recommendation(missing=[*missing, *(f"{name} was to be measured too: {why}" for name, why in not_measured.items())])
    group = by_currency[0]
    choices = cheapest(group)
    reasons = [
        f"The SLO is {slo_text(deployments[0].points[0]['slo'])} for {share:.0%} of all requests, failed ones included.",
        *(_at_its_point(cost, bests[cost.name], group.currency) for cost in group.costs),
        *(f"{name} is out: {best.why}." for name, best in bests.items() if best.point is None),
        *(_beyond(cost) for cost in group.costs),
        "Volumes are spread evenly over the month; a peak of r times the mean divides what capacity carries by r.",
        "Each was measured once: what varies from day to day is not in these numbers.",
    ]
    return Recommendation(choices=choices, reasons=reasons)


def _missing(
    deployments: Sequence[Deployment], bests: Mapping[str, Best], found: Sequence[Cost], by_currency: Sequence[Group]
) -> list[str]:
    if any(deployment.fake for deployment in deployments):
        return ["The numbers were made up by the fake cloud."]
    missing = []
    if len(deployments) < 2:
        missing.append("Only one deployment was measured: there is nothing to choose between.")
    twice = [stack for stack, count in Counter(str(each.header["stack"]) for each in deployments).items() if count > 1]
    missing += [f"{stack} was measured more than once: name one run of it." for stack in twice]
    missing += [
        f"{deployment.name} was not measured to the end ({deployment.header.get('stopped_by') or 'still running, or killed'})."
        for deployment in deployments
        if not deployment.header["complete"]
    ]
    if not any(point["slo"] for deployment in deployments for point in deployment.points):
        missing.append("No SLO is stated: say what is fast enough with --slo ttft_ms=2000,tpot_ms=50.")
    if len({str(sorted(deployment.workload.items())) for deployment in deployments}) > 1:
        missing.append("The deployments were asked different things: measure them with the same workload.")
    missing += [
        f"{name} has no point that is valid and whole."
        for name, best in bests.items()
        if best.point is None and not best.why.startswith(("no SLO", "no point meets"))
    ]
    if all(best.point is None for best in bests.values()):
        missing.append("No deployment meets the SLO at any point.")
    missing += [f"The cost of {cost.name} is not known: {cost.why}." for cost in found if cost.point and cost.offer is None]
    missing += [f"Assumed, not read from a price list: {what}. State what you pay with --price." for cost in found for what in cost.assumed]
    if len(by_currency) > 1:
        names = ", ".join(group.currency for group in by_currency)
        missing.append(f"Costs are in {names}: state a rate, such as --currency-rate USD=7.1CNY.")
    return missing


def _at_its_point(cost: Cost, best: Best, currency: str) -> str:
    point = best.point or {}
    return (
        f"{cost.name} at {cost.point}: {point['goodput_share']:.1%} of {point['requests']} requests meet it, "
        f"{cost.tokens_per_hour or 0:,.0f} tokens an hour, {cost.per_million or 0:.4f} {currency} per million tokens at 100 % use."
    )


def _beyond(cost: Cost) -> str:
    """What is taken for granted at volumes beyond the measured one."""
    volume = tokens((cost.tokens_per_hour or 0) * float(HOURS_A_MONTH))
    if cost.offer and cost.offer.tokens:
        return f"{cost.name} was measured at {volume} tokens a month; beyond, its quota and its latency are not known."
    return f"{cost.name} carries {volume} tokens a month; beyond, several like it are bought, each carrying what one did."
