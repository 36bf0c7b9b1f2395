"""One choice: offers for a workload, brought to one currency, with people and overflow, and what the tree makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from fourways.advisor.facts import Line, facts, line
from fourways.advisor.measured import Measured
from fourways.advisor.offers import Missing, demand_of, offers, people
from fourways.advisor.tree import Taken, walk
from fourways.costs.rates import Rates
from fourways.economics import CurrenciesDiffer, Demand, Fixed, Offer, in_currency
from fourways.economics.curve import curve
from stacks.workload import Workload

COVERS = tuple(Decimal(tenths) / 10 for tenths in range(1, 10))
"""Parts of the peak that a reservation with overflow is tried with."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """All that a choice is made from. `prices` and `throughputs` are factors by kind, to see what would follow if they were others."""

    workload: Workload
    region: str
    results: tuple[Measured, ...] = ()
    rates: Rates = field(default_factory=Rates)
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    throughputs: Mapping[str, Decimal] = field(default_factory=dict)
    covers: Sequence[Decimal] = COVERS


@dataclass(frozen=True, kw_only=True)
class Choice:
    """`name` is the recommended offer's, None where nothing can be recommended; `branch` says why."""

    name: str | None
    demand: Demand
    lines: tuple[Line, ...]
    missing: tuple[Missing, ...]
    branch: tuple[Taken, ...]
    currency: str

    @property
    def kind(self) -> str | None:
        """The recommended way of serving."""
        return next((one.offer.kind for one in self.lines if one.offer.name == self.name), None)

    def line(self, name: str) -> Line:
        """One offer's numbers."""
        return next(one for one in self.lines if one.offer.name == name)


def choose(given: Given) -> Choice:
    """The offers and the tree's answer."""
    demand = demand_of(given.workload)
    found = offers(given.workload, given.region, given.results)
    plain = [_scaled(one, given) for one in found if isinstance(one, Offer)]
    currency = given.rates.currency or (plain[0].currency if plain else "")
    converted = [_converted(one, currency, given.rates) for one in plain]
    manned = [_manned(one, given) for one in [*converted, *_with_overflow(converted, demand, given.covers)]]
    missed = {one.kind: one.why for one in given.results if one.tokens_per_hour is None and one.kind in ("token", "ptu")}
    lines = tuple(
        line(one, demand, not_comparable=why or _other_currency(one, currency), misses_latency=missed.get(one.kind, ""))
        for one, why in manned
    )
    name, branch = walk({one.offer.name: facts(one, given.workload) for one in lines})
    missing = tuple(one for one in found if isinstance(one, Missing))
    return Choice(name=name, demand=demand, lines=lines, missing=missing, branch=branch, currency=currency)


def _converted(offer: Offer, currency: str, rates: Rates) -> Offer:
    """In the currency of comparison where a rate is stated, else as it is."""
    try:
        return in_currency(offer, currency, rates)
    except CurrenciesDiffer:
        return offer


def _other_currency(offer: Offer, currency: str) -> str:
    if offer.currency == currency:
        return ""
    return f"priced in {offer.currency}, others in {currency}: state a rate, such as --currency-rate {currency}=7.1{offer.currency}"


def _with_overflow(found: Sequence[Offer], demand: Demand, covers: Sequence[Decimal]) -> list[Offer]:
    """Each reservation also as one of a part of the peak, with the rest billed as tokens, where tokens have a price in its currency."""
    api = next((one for one in found if one.kind == "token"), None)
    best = []
    for one in found:
        if api is None or one.kind != "ptu" or one.currency != api.currency:
            continue
        tried = [
            replace(
                one,
                name=f"{one.name}, with overflow",
                tokens=api.tokens,
                quota_tpm=api.quota_tpm,
                capacity=tuple(replace(part, cover=cover) for part in one.capacity),
                assumed=one.assumed or api.assumed,
                notes=(f"reserved for {cover:.0%} of the peak", *api.notes),
            )
            for cover in covers
        ]
        # Whether a quota lets it serve is not asked here: `line` does.
        best.append(min(tried, key=lambda offer: curve(offer, demand).at(Fraction(demand.tokens))))
    return best


def _manned(offer: Offer, given: Given) -> tuple[Offer, str]:
    """With what people cost; and why it cannot be compared, where that is in a currency without a rate."""
    costs, team = people(offer.kind, given.workload), given.workload.team
    if not costs or team is None:
        return offer, ""
    amounts = [given.rates.convert(part.monthly, team.currency, offer.currency) for part in costs]
    fixed = tuple(Fixed(name=part.name, monthly=amount) for part, amount in zip(costs, amounts, strict=True) if amount is not None)
    if len(fixed) < len(costs):
        return (
            offer,
            f"priced in {offer.currency}, the team in {team.currency}: state a rate, such as "
            f"--currency-rate {team.currency}=7.1{offer.currency}",
        )
    return replace(offer, fixed=fixed), ""


def _scaled(offer: Offer, given: Given) -> Offer:
    """With other prices or another throughput of its kind."""
    price, carries = given.prices.get(offer.kind), given.throughputs.get(offer.kind)
    if price is not None:
        offer = replace(
            offer,
            capacity=tuple(
                replace(
                    part,
                    hourly=None if part.hourly is None else part.hourly * price,
                    monthly=None if part.monthly is None else part.monthly * price,
                )
                for part in offer.capacity
            ),
            tokens=tuple(replace(band, miss=band.miss * price, hit=band.hit * price, output=band.output * price) for band in offer.tokens),
        )
    if carries is not None:
        offer = replace(
            offer,
            capacity=tuple(
                replace(part, tokens_per_hour=None if part.tokens_per_hour is None else part.tokens_per_hour * carries)
                for part in offer.capacity
            ),
        )
    return offer
