"""On either side of each break-even the cheaper offer is the one it says, and between break-evens nothing changes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourways.economics import (
    Capacity,
    CurrenciesDiffer,
    Demand,
    Fixed,
    Offer,
    break_evens,
    ceiling,
    cheaper,
    flat_prices,
    monthly_cost,
)

D = Decimal
API = Offer(name="api", kind="token", currency="USD", tokens=(flat_prices(input=D(1), output=D(1)),))
#: 100 an hour of 730 hours for each million tokens an hour: 73 000 a block that carries 730 million tokens a month.
UNITS = Offer(name="units", kind="model-unit", currency="USD", capacity=(Capacity(hourly=D(1), tokens_per_hour=D(1_000_000)),))
MONTH = Demand(tokens=D(0))


def test_one_crossing_within_the_first_block() -> None:
    # A block is 730 a month and carries 730 M tokens, which cost 730 as tokens: at a price of 2 half of it is enough.
    dear = replace(API, tokens=(flat_prices(input=D(2), output=D(2)),))
    (only,) = break_evens(dear, UNITS, MONTH, up_to=D(10**12))
    assert (only.tokens, only.below, only.above, only.step) == (D(365_000_000), "api", "units", False)


def test_a_stair_crosses_a_line_once_a_step() -> None:
    # At 1.25 a million a block pays off at 584 M; the second is bought at 730 M, and pays off at 1168 M; the third at 1460 M = 1825 and
    # would pay off at 1752 M; the fourth at 2190 M; costs 2920 = 2336 M; from the fifth on (2920 M = 3650) the units stay cheaper.
    api = replace(API, tokens=(flat_prices(input=D("1.25"), output=D("1.25")),))
    found = break_evens(api, UNITS, MONTH, up_to=D(10**11))
    assert [(one.tokens / 1_000_000, one.above, one.step) for one in found] == [
        (D(584), "units", False),
        (D(730), "api", True),
        (D(1168), "units", False),
        (D(1460), "api", True),
        (D(1752), "units", False),
        (D(2190), "api", True),
        (D(2336), "units", False),
    ]


def test_equal_costs_are_no_ones() -> None:
    other = replace(API, name="other")
    assert break_evens(API, other, MONTH, up_to=D(10**9)) == ()
    assert cheaper(API, other, MONTH.at(D(10**6))) is None
    manned = replace(other, fixed=(Fixed(name="team", monthly=D(10)),), tokens=(flat_prices(input=D("0.5"), output=D("0.5")),))
    (only,) = break_evens(API, manned, MONTH, up_to=D(10**9))
    assert (only.tokens, only.below, only.above) == (D(20_000_000), "api", "other")


def test_where_one_cannot_serve_more_the_other_is_the_cheaper() -> None:
    small = replace(UNITS, capacity=(replace(UNITS.capacity[0], most=1),))
    dear = replace(API, tokens=(flat_prices(input=D(2), output=D(2)),))
    found = break_evens(dear, small, MONTH, up_to=D(10**10))
    assert [(one.tokens / 1_000_000, one.above) for one in found] == [(D(365), "units"), (D(730), "api")]
    assert cheaper(dear, small, MONTH.at(D(730_000_001))) == "api"


def test_an_overflow_bends_the_cost() -> None:
    # A reserved block of 1 M an hour at 100 a month; beyond it 1 a million. At twice the mean in the peak, falling to zero, of V tokens
    # V (1 - 365 M / V)^2 overflow: 900 M of them at V = 1544.55 M, where a flat 1000 a month begins to be cheaper.
    reserved = Offer(
        name="ptu",
        kind="ptu",
        currency="USD",
        capacity=(Capacity(monthly=D(100), tokens_per_hour=D(1_000_000), blocks=1),),
        tokens=API.tokens,
    )
    flat = replace(UNITS, capacity=(replace(UNITS.capacity[0], hourly=None, monthly=D(10), blocks=100),))
    demand = replace(MONTH, peak_to_mean=D(2))
    (only,) = break_evens(reserved, flat, demand, up_to=D(10**10))
    assert only.tokens == pytest.approx(D("1544.55e6"), rel=D("0.001"))
    assert monthly_cost(reserved, demand.at(only.tokens)) == pytest.approx(D(1000), rel=D("1e-12"))


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(CurrenciesDiffer, match="api is in USD and units in CNY"):
        break_evens(API, replace(UNITS, currency="CNY"), MONTH, up_to=D(1))
    with pytest.raises(ValueError, match="two offers are called 'api'"):
        break_evens(API, API, MONTH, up_to=D(1))
    with pytest.raises(ValueError, match=r"block is bought in \d+ steps"):
        break_evens(API, UNITS, MONTH, up_to=D(10**15))


def decimals(low: str, high: str, places: int = 3) -> st.SearchStrategy[Decimal]:
    return st.decimals(D(low), D(high), places=places)


prices = st.builds(flat_prices, input=decimals("0.01", "3"), output=decimals("0.01", "9"), hit=decimals("0", "1"))
fixed = st.lists(st.builds(Fixed, name=st.just("team"), monthly=decimals("0", "20000", 0)), max_size=1).map(tuple)
billed = st.one_of(
    st.fixed_dictionaries({"hourly": decimals("0.5", "300"), "always_on": st.booleans(), "extra_hours": decimals("0", "40", 0)}),
    st.fixed_dictionaries({"monthly": decimals("100", "100000", 0)}),
)
blocks = st.builds(
    lambda price, **fields: Capacity(**price, **fields),
    billed,
    tokens_per_hour=decimals("100000", "90000000", 0),
    utilisation=decimals("0.3", "1", 2),
    least=st.integers(0, 3),
    most=st.one_of(st.none(), st.integers(3, 40)),
)
sides = st.tuples(
    st.builds(
        lambda price, **fields: Capacity(**price, **fields),
        billed,
        input_per_hour=decimals("100000", "9000000", 0),
        blocks=st.one_of(st.none(), st.integers(0, 30)),
        cached_weight=decimals("0", "1", 1),
        cover=decimals("0.3", "1", 1),
    ),
    st.builds(
        lambda price, **fields: Capacity(**price, **fields),
        billed,
        output_per_hour=decimals("100000", "9000000", 0),
        cover=decimals("0.3", "1", 1),
    ),
)


def offers(name: str) -> st.SearchStrategy[Offer]:
    same = {"name": st.just(name), "currency": st.just("USD"), "fixed": fixed}
    quota = st.one_of(st.none(), decimals("100000", "9000000", 0))
    return st.one_of(
        st.builds(Offer, kind=st.just("token"), tokens=st.tuples(prices), quota_tpm=quota, **same),
        st.builds(Offer, kind=st.just("model-unit"), capacity=st.tuples(blocks), **same),
        st.builds(Offer, kind=st.just("ptu"), capacity=sides, tokens=st.tuples(prices), **same),
    )


demands = st.builds(
    Demand,
    tokens=st.just(D(0)),
    hours=decimals("20", "730", 0),
    output_share=decimals("0", "1", 2),
    cache_hit=decimals("0", "1", 2),
    peak_to_mean=decimals("1", "6", 1),
)


def _serves(offer: Offer, demand: Demand) -> bool:
    most = ceiling(offer, demand)
    return most is None or demand.tokens <= most


def _cheaper_by_cost(a: Offer, b: Offer, demand: Demand) -> str | None:
    """Without anything of the code under test but the cost itself."""
    able = [offer for offer in (a, b) if _serves(offer, demand)]
    if len(able) < 2:
        return able[0].name if able else None
    costs = [monthly_cost(offer, demand) for offer in (a, b)]
    if abs(costs[0] - costs[1]) <= D("1e-15") * (costs[0] + costs[1]):
        return None
    return a.name if costs[0] < costs[1] else b.name


@settings(max_examples=150, deadline=None)
@given(
    a=offers("a"), b=offers("b"), demand=demands, up_to=decimals("1e7", "3e9", 0), places=st.lists(decimals("0.001", "0.999"), max_size=6)
)
def test_break_evens_hold(a: Offer, b: Offer, demand: Demand, up_to: Decimal, places: list[Decimal]) -> None:
    found = break_evens(a, b, demand, up_to=up_to)
    volumes = [one.tokens for one in found]
    assert volumes == sorted(volumes)
    for one in found:
        assert one.below != one.above
        near = D("1e-12")
        before, after = (_cheaper_by_cost(a, b, demand.at(one.tokens * factor)) for factor in (1 - near, 1 + near))
        # So near a crossing of two lines that hardly differ costs may be the same to all digits that are kept.
        assert before in (one.below, None)
        assert after in (one.above, None)
        if one.step:
            assert cheaper(a, b, demand.at(one.tokens)) == one.below
    ends = [max((limit for offer in (a, b) if (limit := ceiling(offer, demand)) is not None), default=up_to), up_to]
    end = min(ends) if all(ceiling(offer, demand) is not None for offer in (a, b)) else up_to
    marks = [D(0), *volumes, end]
    says = [found[0].below, *(one.above for one in found)] if found else [None]
    for index, (low, high) in enumerate(pairwise(marks)):
        for place in places:
            between = low + (high - low) * place
            if low * (1 + D("1e-9")) < between < high * (1 - D("1e-9")):
                told = says[index] if found else _cheaper_by_cost(a, b, demand.at(marks[-1] * D("0.5")))
                assert _cheaper_by_cost(a, b, demand.at(between)) == told
