"""What would change the answer does: on either side of a flip, and in the month of a turn. And break-evens of whole advice hold."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourways.advisor import Advice, advise
from fourways.advisor.advise import best_of_each, pairs
from fourways.advisor.change import COARSE, inputs, turns, volume
from fourways.advisor.choice import Given, choose
from fourways.economics import ceiling, monthly_cost
from tests.advisor.samples import RATES, REGION, TEAM, workload

NEAR = Decimal("0.05")


@pytest.fixture(scope="module")
def advice() -> Advice:
    load = workload(tokensPerDay=300_000_000, peakTpm=900_000, growth={"factor": 10, "months": 3}, team=TEAM)
    return advise(load, region=REGION, rates=RATES)


def test_a_flip_changes_the_way_and_less_does_not(advice: Advice) -> None:
    assert {flip.input for flip in advice.flips} >= {"tokens a day", "peak TPM"}
    coarse = replace(advice.given, covers=COARSE)
    now = choose(coarse).kind
    by_name = {one.name: one for one in inputs(coarse)}
    for flip in advice.flips:
        far = by_name[flip.input].given(flip.factor)
        near = by_name[flip.input].given(1 + (flip.factor - 1) * (1 - NEAR))
        assert far is not None
        assert near is not None
        assert choose(far).kind != now, flip
        assert choose(far).name == flip.answer
        assert choose(near).kind == now, flip


def test_flips_come_nearest_first(advice: Advice) -> None:
    far = [max(flip.factor, 1 / flip.factor) for flip in advice.flips]
    assert far == sorted(far)
    assert 1 < far[0] <= far[-1] <= 10


def test_growth_changes_the_answer_in_its_month(advice: Advice) -> None:
    # 300 M a day at 900k TPM pass the quota of 1.2 M TPM at 1.33 times: with 10x in a quarter in the first month.
    first = advice.turns[0]
    assert first.month == 1
    assert first.tokens_per_day == pytest.approx(300_000_000 * Decimal(10) ** (Decimal(1) / 3), rel=Decimal("1e-9"))
    last = advice.choice.kind
    for turn in advice.turns:
        grown = volume(advice.workload, turn.tokens_per_day / advice.workload.tokens_per_day)
        kind = choose(replace(advice.given, workload=grown, covers=COARSE)).kind
        assert kind != last
        last = kind


def test_without_growth_no_month_is_named() -> None:
    load = workload()
    given_ = Given(workload=load, region=REGION, rates=RATES)
    assert turns(given_, choose(given_)) == ()
    slow = replace(given_, workload=workload(growth={"factor": "1.001"}))
    assert turns(slow, choose(slow)) == ()


def test_a_quota_ends_an_offer_and_what_prices_alone_say_is_told_beside(advice: Advice) -> None:
    pair = next(one for one in advice.pairs if one.a == "token API" and one.b == "bare metal, for a month")
    # 1.2 M TPM are 4/3 of the peak; beyond it nothing but the other way is left, though it is dearer.
    assert [change.tokens for change in pair.changes] == [pytest.approx(advice.choice.demand.tokens * 4 / 3, rel=Decimal("1e-9"))]
    assert pair.by_price == ()
    assert all(one.by_price is None for one in advice.pairs if not {one.a, one.b} & {"token API"} and "overflow" not in one.a + one.b)


@settings(max_examples=8, deadline=None)
@given(
    tokens=st.integers(10**6, 2 * 10**9),
    peak=st.decimals("1.1", "8", places=1),
    end=st.integers(2, 24),
    output=st.decimals("0.05", "0.9", places=2),
    hit=st.decimals("0", "0.8", places=1),
    keep=st.booleans(),
)
def test_break_evens_of_each_pair_hold(tokens: int, peak: Decimal, end: int, output: Decimal, hit: Decimal, keep: bool) -> None:
    load = workload(
        tokensPerDay=tokens,
        peakTpm=str(tokens * peak / (end * 60)),
        hours={"start": 0, "end": end},
        outputShare=str(output),
        cacheHitRate=str(hit),
        keepOn=keep,
    )
    choice = choose(Given(workload=load, region=REGION, rates=RATES))
    offers = {one.offer.name: one.offer for one in choice.lines}
    demand = choice.demand
    found = pairs(best_of_each(choice.lines), demand, demand.tokens * 2)
    assert len(found) == 6
    for pair in found:
        for change in pair.changes:
            for factor, says in ((1 - Decimal("1e-9"), change.below), (1 + Decimal("1e-9"), change.above)):
                there = demand.at(change.tokens * factor)
                able = [name for name in (pair.a, pair.b) if (most := ceiling(offers[name], there)) is None or there.tokens <= most]
                costs = {name: monthly_cost(offers[name], there) for name in able}
                least = min(costs, key=lambda name: costs[name])
                assert says is None or says == least or costs[says] == pytest.approx(costs[least], rel=Decimal("1e-12"))
