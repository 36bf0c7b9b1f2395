"""What a month costs, checked against sums done by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from fourways.costs.rates import Rates
from fourways.economics import (
    CannotServe,
    Capacity,
    CurrenciesDiffer,
    Demand,
    Fixed,
    Offer,
    TokenPrices,
    ceiling,
    cost,
    cost_per_million,
    flat_prices,
    in_currency,
    limit,
    load_levels,
    monthly_cost,
    use_of_capacity,
)

D = Decimal
API = Offer(name="api", kind="token", currency="USD", tokens=(flat_prices(input=D("0.2"), output=D("0.4"), hit=D("0.04")),))
UNITS = Offer(
    name="units", kind="model-unit", currency="USD", capacity=(Capacity(hourly=D(30), tokens_per_hour=D(30_000_000), utilisation=D("0.5")),)
)
#: 730 million tokens, a third of them output, over 365 hours: 2 million an hour, 4 million in the peak.
MONTH = Demand(tokens=D(730_000_000), hours=D(365), output_share=D("0.25"), cache_hit=D("0.5"), peak_to_mean=D(2))


def test_tokens_by_side_and_cache() -> None:
    # 547.5 M input: half at 0.2, half at 0.04; 182.5 M output at 0.4.
    assert monthly_cost(API, MONTH) == D("273.75") * D("0.24") + D("182.5") * D("0.4")
    assert cost_per_million(API, MONTH) == D("0.19")


def test_tokens_by_time_band() -> None:
    bands = (
        TokenPrices(miss=D(2), hit=D(2), output=D(2), share=D("0.25"), band="peak"),
        TokenPrices(miss=D(1), hit=D(1), output=D(1), share=D("0.75"), band="off-peak"),
    )
    assert monthly_cost(replace(API, tokens=bands), MONTH) == 730 * D("1.25")


@pytest.mark.parametrize(
    ("tokens_per_hour_of_peak", "blocks"), [(D(1), 1), (D(15_000_000), 1), (D(15_000_001), 2), (D(30_000_000), 2), (D(30_000_001), 3)]
)
def test_the_peak_decides_how_many_whole_blocks(tokens_per_hour_of_peak: Decimal, blocks: int) -> None:
    demand = MONTH.at(tokens_per_hour_of_peak * 365 / 2)
    assert cost(UNITS, demand).blocks == (blocks,)
    assert monthly_cost(UNITS, demand) == blocks * 30 * 365


def test_capacity_is_paid_for_its_hours_or_its_term() -> None:
    block = UNITS.capacity[0]
    assert monthly_cost(replace(UNITS, capacity=(replace(block, always_on=True),)), MONTH) == 30 * 730
    assert monthly_cost(replace(UNITS, capacity=(replace(block, extra_hours=D(15)),)), MONTH) == 30 * 380
    assert monthly_cost(replace(UNITS, capacity=(replace(block, extra_hours=D(700)),)), MONTH) == 30 * 730
    assert monthly_cost(replace(UNITS, capacity=(replace(block, hourly=None, monthly=D(9000)),)), MONTH) == 9000


def test_people_are_part_of_the_price() -> None:
    manned = replace(UNITS, fixed=(Fixed(name="team", monthly=D(7200)), Fixed(name="on call", monthly=D(800))))
    assert cost(manned, MONTH).fixed == 8000
    assert monthly_cost(manned, MONTH) == monthly_cost(UNITS, MONTH) + 8000


def test_use_is_of_what_a_block_carries_in_the_hours_it_is_billed() -> None:
    assert use_of_capacity(UNITS, MONTH) == D(730) / (30 * 365)
    assert use_of_capacity(replace(UNITS, capacity=(replace(UNITS.capacity[0], always_on=True),)), MONTH) == D(730) / (30 * 730)
    assert use_of_capacity(API, MONTH) is None


RESERVED = Offer(
    name="ptu",
    kind="ptu",
    currency="USD",
    capacity=(
        Capacity(hourly=D(1), input_per_hour=D(600_000), least=20, cached_weight=D("0.2")),
        Capacity(hourly=D(2), output_per_hour=D(60_000), least=20),
    ),
    tokens=API.tokens,
)


def test_a_reservation_is_sized_by_side() -> None:
    # Peak 4 M an hour: 3 M of input that count as 3 x (0.5 + 0.5 x 0.2) = 1.8 M = 3 blocks, so the least of 20; 1 M of output = 17, so 20.
    assert cost(RESERVED, MONTH).blocks == (20, 20)
    # Five times: 9 M of input = 15; 5 M of output = 83.3 blocks.
    five = MONTH.at(MONTH.tokens * 5)
    assert cost(RESERVED, five).blocks == (20, 84)
    assert monthly_cost(RESERVED, five) == (20 + 84 * 2) * 365
    assert limit(RESERVED, five) == "output TPM"


def test_what_is_beyond_a_reservation_overflows_to_billed_tokens() -> None:
    level = replace(MONTH, peak_to_mean=D(1), cache_hit=D(0))
    fixed = replace(RESERVED, capacity=(replace(RESERVED.capacity[1], blocks=5),))
    # 2 M an hour, 0.5 M of it output, of which 0.3 M is reserved: 60 % is carried, 40 % of 730 M is billed.
    assert cost(fixed, level).billed_tokens == 292_000_000
    assert monthly_cost(fixed, level) == 5 * 2 * 365 + 292 * D("0.25")
    assert use_of_capacity(fixed, level) == 1
    assert limit(replace(fixed, quota_tpm=D(1_200_000)), level) == "quota"


def test_an_uneven_load_overflows_at_its_peaks_alone() -> None:
    # r = 2: from twice the mean down to zero, so what is above the mean is a quarter of the mean, of all tokens 25 %.
    half = replace(RESERVED, capacity=(replace(RESERVED.capacity[1], cover=D("0.5"), output_per_hour=D(1), least=0),))
    assert cost(half, MONTH).billed_tokens / MONTH.tokens == pytest.approx(D("0.25"), abs=D("0.001"))
    assert cost(replace(half, capacity=(replace(half.capacity[0], cover=D(1)),)), MONTH).billed_tokens == 0


@pytest.mark.parametrize("peak", [D(1), D("1.3"), D(2), D("7.5"), D(40)])
def test_load_levels_have_the_mean_and_never_exceed_the_peak(peak: Decimal) -> None:
    levels = load_levels(peak)
    assert sum(levels) == len(levels)
    assert list(levels) == sorted(levels, reverse=True)
    assert min(levels) >= 0
    assert max(levels) <= peak


def test_more_than_it_can_serve_is_refused_with_what_limits_it() -> None:
    small = replace(UNITS, capacity=(replace(UNITS.capacity[0], most=2, limited_by="latency"),))
    assert ceiling(small, MONTH) == 30_000_000 * 365 / D(2)
    assert cost(small, MONTH.at(D(30_000_000) * 365 / 2)).blocks == (2,)
    with pytest.raises(CannotServe, match=r"units serves at most 5,475,000,000 tokens .*latency limits it"):
        monthly_cost(small, MONTH.at(D(30_000_000) * 365 / 2 + 1))


def test_a_quota_of_tokens_is_a_limit() -> None:
    limited = replace(API, quota_tpm=D(100_000))
    assert ceiling(limited, MONTH) == 100_000 * 60 * 365 / D(2)
    assert limit(limited, MONTH) == "quota"
    assert (ceiling(API, MONTH), limit(API, MONTH)) == (None, "nothing")


def test_currencies_change_at_a_stated_rate_alone() -> None:
    manned = replace(RESERVED, fixed=(Fixed(name="team", monthly=D(10)),))
    yuan = in_currency(manned, "CNY", Rates.parse(["USD=7CNY"]))
    assert (yuan.currency, monthly_cost(yuan, MONTH.at(D(10**11)))) == ("CNY", 7 * monthly_cost(manned, MONTH.at(D(10**11))))
    with pytest.raises(CurrenciesDiffer, match=r"api is priced in USD.*state one"):
        in_currency(API, "CNY", Rates())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Capacity(hourly=D(1), monthly=D(1), tokens_per_hour=D(1)), "one of hourly and monthly"),
        (lambda: Capacity(hourly=D(1)), "more than 0 tokens"),
        (lambda: Capacity(hourly=D(1), tokens_per_hour=D(1), utilisation=D(0)), "utilisation"),
        (lambda: Offer(name="x", kind="token", currency="USD"), "neither capacity nor tokens"),
        (lambda: Offer(name="x", kind="ptu", currency="USD", tokens=(replace(API.tokens[0], share=D("0.5")),)), "add up to 1"),
        (lambda: replace(UNITS, capacity=(replace(UNITS.capacity[0], cover=D("0.5")),)), "needs token prices"),
        (lambda: Demand(tokens=D(1), hours=D(731)), "hours"),
        (lambda: Demand(tokens=D(1), peak_to_mean=D("0.9")), "peak_to_mean"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        wrong()
