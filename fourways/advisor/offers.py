"""The four ways of serving as offers, for one workload: prices from the book, throughput measured or assumed, people as the workload says.

A way that cannot be offered is not left out in silence: `Missing` says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, localcontext

from fourways.advisor.measured import Measured
from fourways.advisor.token_prices import token_prices
from fourways.catalog.effort import efforts
from fourways.catalog.prices import Price, price
from fourways.catalog.reservations import capacity as reservable
from fourways.catalog.throughputs import quota, throughput
from fourways.economics import HOURS_A_MONTH, Capacity, Demand, Fixed, Offer
from stacks.workload import Workload

WAYS = ("token", "ptu", "model-unit", "bare-metal")
NAMES = {"token": "token API", "ptu": "PTU", "model-unit": "Model Units", "bare-metal": "bare metal"}
PEAK_ASSUMED = "three times the mean of the hours of use, where the workload states none"
MINUTES_AN_HOUR, HOURS_A_DAY = Decimal(60), Decimal(24)
KTPM = Decimal(1000)
DAYS_A_MONTH = HOURS_A_MONTH / HOURS_A_DAY
WORKING_HOURS = Decimal(168)
"""Hours a month that one person works (21 days of 8); on call is the rest of the month."""


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A way (or one way of paying for it) of which nothing can be said, and why."""

    kind: str
    name: str
    why: str


def demand_of(workload: Workload) -> Demand:
    """A month of the workload. The ratio of peak to mean is rounded down: what just fits a block must not take another for a last digit."""
    with localcontext(rounding=ROUND_DOWN):
        ratio = workload.peak * MINUTES_AN_HOUR * workload.hours_a_day / workload.tokens_per_day
    return Demand(
        tokens=workload.tokens_a_month,
        hours=workload.hours_a_month,
        output_share=workload.output_share,
        cache_hit=workload.cache_hit_rate,
        peak_to_mean=max(ratio, Decimal(1)),
    )


def offers(workload: Workload, region: str, results: Sequence[Measured] = ()) -> list[Offer | Missing]:
    """All ways and ways of paying for them. People are not in them yet: `people` says what they cost."""
    by_kind = {one.kind: one for one in results}
    return [*_token(workload, region), *_reservations(workload, region), *_machines(workload, region, by_kind)]


def people(kind: str, workload: Workload) -> tuple[Fixed, ...]:
    """What people cost for a way of serving, in the team's own currency; nothing where the workload has no team."""
    team = workload.team
    if team is None:
        return ()
    hours, known = hours_of_people(kind, workload), efforts()
    found = [Fixed(name="team", monthly=hours * team.hourly_rate)]
    if team.opportunity:
        found.append(Fixed(name="opportunity", monthly=hours * team.hourly_rate * team.opportunity))
    if team.on_call_hourly and known[kind].on_call:
        found.append(Fixed(name="on call", monthly=(HOURS_A_MONTH - WORKING_HOURS) * team.on_call_hourly))
    return tuple(found)


def hours_of_people(kind: str, workload: Workload) -> Decimal:
    """Hours a month that a way takes: as the workload's team says, else as assumed."""
    stated = {str(way): hours for way, hours in workload.team.hours_per_month.items()} if workload.team else {}
    return stated[kind] if kind in stated else Decimal(efforts()[kind].hours)


def _token(workload: Workload, region: str) -> Iterator[Offer | Missing]:
    prices = token_prices(workload.model, region, workload.hours)
    if isinstance(prices, str):
        yield Missing(kind="token", name=NAMES["token"], why=prices)
        return
    limit = quota("token", workload.model)
    yield Offer(
        name=NAMES["token"],
        kind="token",
        currency=prices.currency,
        tokens=prices.bands,
        quota_tpm=None if limit is None else Decimal(limit.tpm),
        assumed=prices.assumed,
        notes=() if limit is None else (f"limit of {limit.tpm:,} tokens a minute: {limit.source}",),
    )


def _reservations(workload: Workload, region: str) -> Iterator[Offer | Missing]:
    """By the hour on the fast tier, and for a term on both, each sized for the peak."""
    for tier, charge, name in (
        ("fast", "PostPaid", "PTU fast, by the hour"),
        ("fast", "PrePaid", "PTU fast, for a term"),
        ("default", "PrePaid", "PTU standard, for a term"),
    ):
        sides = [_reserved(workload, region, tier, charge, side) for side in ("input", "output")]
        both = [side for side in sides if side is not None]
        if len(both) < 2:
            yield Missing(
                kind="ptu", name=name, why=f"the price book has no reservation of {workload.model} ({tier}, {charge}) in {region}"
            )
            continue
        yield Offer(
            name=name,
            kind="ptu",
            currency=both[0][1].currency,
            capacity=tuple(capacity for capacity, _ in both),
            assumed=any(found.assumed for _, found in both),
        )


def _reserved(workload: Workload, region: str, tier: str, charge: str, side: str) -> tuple[Capacity, Price] | None:
    found = price("reservation", f"{workload.model} {tier} {side}", region, charge)
    rule = reservable(workload.model, region, tier)
    if found is None or rule is None:
        return None
    bought = rule.input if side == "input" else rule.output
    steps = bought.step / KTPM
    amount = found.amount * steps
    per_hour = bought.step * MINUTES_AN_HOUR
    capacity = Capacity(
        hourly=amount if found.unit == "hour" else None,
        monthly=amount * DAYS_A_MONTH if found.unit == "day" else None,
        input_per_hour=per_hour if side == "input" else None,
        output_per_hour=per_hour if side == "output" else None,
        least=bought.least // bought.step,
        cached_weight=rule.cached_weight if side == "input" else Decimal(1),
        always_on=workload.keep_on,
        block=f"{bought.step:,} TPM of {side}",
    )
    return capacity, found


def _machines(workload: Workload, region: str, results: Mapping[str, Measured]) -> Iterator[Offer | Missing]:
    for kind in ("model-unit", "bare-metal"):
        run, taken = results.get(kind), throughput(kind, workload.model)
        for charge, way in (("PostPaid", "by the hour"), ("PrePaid", "for a month")):
            name = f"{NAMES[kind]}, {way}"
            if run is not None and run.tokens_per_hour is None:
                yield Missing(kind=kind, name=name, why=run.why)
                continue
            if run is None and taken is None:
                yield Missing(
                    kind=kind, name=name, why=f"no throughput of {workload.model} is known: measure one and give --results FOLDER"
                )
                continue
            found = None if taken is None else price(taken.price_kind, taken.item, region, charge)
            if run is not None and run.hourly is not None:
                if charge == "PrePaid":
                    yield Missing(kind=kind, name=name, why="what was measured has a price by the hour; its price for a month is not known")
                    continue
                yield _measured_block(workload, kind, name, run, run.hourly)
            elif found is None or taken is None:
                yield Missing(kind=kind, name=name, why=f"the price book has no {taken.item if taken else kind} ({charge}) in {region}")
            elif run is not None:
                yield Missing(
                    kind=kind, name=name, why=f"{'; '.join(run.notes)}: its results name no whole price (measure with --hourly-price)"
                )
            else:
                yield Offer(
                    name=name,
                    kind=kind,
                    currency=found.currency,
                    capacity=(
                        Capacity(
                            hourly=found.amount if found.unit == "hour" else None,
                            monthly=found.amount if found.unit == "month" else None,
                            tokens_per_hour=Decimal(taken.tpm) * MINUTES_AN_HOUR,
                            utilisation=workload.utilisation,
                            always_on=workload.keep_on,
                            block=taken.block,
                        ),
                    ),
                    assumed=found.assumed or taken.assumed,
                    notes=(f"throughput of {taken.tpm:,} tokens a minute assumed: {taken.source}; {taken.why}",),
                )


def _measured_block(workload: Workload, kind: str, name: str, run: Measured, hourly: tuple[Decimal, str]) -> Offer:
    return Offer(
        name=name,
        kind=kind,
        currency=hourly[1],
        capacity=(
            Capacity(
                hourly=hourly[0],
                tokens_per_hour=run.tokens_per_hour,
                utilisation=workload.utilisation,
                always_on=workload.keep_on,
                limited_by=run.limited_by,
                block=run.capacity,
            ),
        ),
        assumed=run.assumed,
        notes=run.notes,
    )
