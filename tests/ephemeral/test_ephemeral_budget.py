"""The budget: how it is read, what it watches, when it is reached; sums by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourways.benchmark.plan import Load, Plan
from fourways.benchmark.workload import Length, Workload
from fourways.costs.rates import Rates
from fourways.costs.serving import ServingPrices, TokenPrices, Used
from fourways.ephemeral.budget import BudgetError, Lane, Limits, Meter, expected, total
from fourways.ephemeral.planned import TEARDOWN_MINUTES, UP_MINUTES, Planned, planned

SEVEN = Rates.parse(["USD=7CNY"])
TOKENS = TokenPrices(input=Decimal(2), output=Decimal(4), cached=Decimal(1), currency="USD", assumed=False)


def limits(*texts: str, billed: tuple[str, ...] = ("CNY",), rates: Rates | None = None) -> Limits:
    return Limits.parse(texts, billed, rates or Rates())


def test_an_amount_without_a_currency_is_of_the_only_one_billed_or_of_the_rates() -> None:
    assert limits("200").amounts == {"CNY": Decimal(200)}
    assert limits("200", billed=("CNY", "USD"), rates=SEVEN).amounts == {"CNY": Decimal(200)}
    assert limits("200USD", "10CNY", billed=("CNY", "USD")).amounts == {"USD": Decimal(200), "CNY": Decimal(10)}


@pytest.mark.parametrize(
    ("texts", "billed", "said"),
    [
        ((), ("CNY",), "no budget"),
        (("0CNY",), ("CNY",), "no amount"),
        (("much",), ("CNY",), "no amount"),
        (("-5CNY",), ("CNY",), "no amount"),
        (("200",), ("CNY", "USD"), "needs a currency: CNY and USD are billed"),
        (("200", "10"), ("CNY",), "gives CNY twice"),
        (("200EUR",), ("CNY", "USD"), "it would watch nothing"),
    ],
)
def test_a_budget_that_cannot_be_kept_is_refused(texts: tuple[str, ...], billed: tuple[str, ...], said: str) -> None:
    with pytest.raises(BudgetError, match=said):
        limits(*texts, billed=billed)


def test_nothing_is_converted_without_a_rate_and_what_is_not_watched_is_said() -> None:
    sums = {"CNY": Decimal(70), "USD": Decimal(5)}
    apart = limits("100CNY", billed=("CNY", "USD"))
    assert apart.counted(sums) == {"CNY": Decimal(70)}
    assert apart.unwatched(sums) == ["USD"]
    assert apart.words(sums) == "at most 70.00 of 100 CNY, 5.00 USD not watched"
    assert apart.over(sums) is None
    together = limits("100CNY", billed=("CNY", "USD"), rates=SEVEN)
    assert together.counted(sums) == {"CNY": Decimal(105)}
    assert together.over(sums) == "at most 105.00 of 100 CNY"
    assert limits("100USD", billed=("CNY", "USD"), rates=SEVEN).counted(sums) == {"USD": Decimal(15)}
    both = limits("100CNY", "4USD", billed=("CNY", "USD"), rates=SEVEN)
    assert both.counted(sums) == sums, "a currency with an amount of its own counts there"
    assert both.over(sums) is not None


def test_what_was_spent_is_the_hour_since_its_first_resource_and_the_tokens() -> None:
    meter = Meter(limits("1000CNY", billed=("CNY", "USD")))
    meter.lanes["a"] = Lane(prices=ServingPrices(hourly={"CNY": Decimal(216)}), began=1000.0, ended=1000.0 + 1800)
    meter.lanes["b"] = Lane(prices=ServingPrices(hourly={"CNY": Decimal(60)}), began=2000.0)
    meter.lanes["c"] = Lane(prices=ServingPrices(tokens=TOKENS), began=0.0, used=Used(input=1_000_000, output=500_000, cached=500_000))
    meter.lanes["d"] = Lane(prices=ServingPrices(hourly={"CNY": Decimal(9999)}))
    # a: half an hour of 216; b: a minute of 60; c: half a million each at 2 and 1, half a million out at 4; d has not begun
    assert meter.spent(2060.0) == {"CNY": Decimal(109), "USD": Decimal("3.5")}


def test_the_teardown_begins_before_the_amount_is_spent() -> None:
    hourly, minutes = Decimal(60), 30
    meter = Meter(limits(f"{TEARDOWN_MINUTES + minutes}CNY"), {"a": Lane(prices=ServingPrices(hourly={"CNY": hourly}), began=0.0)})
    assert meter.reached(minutes * 60 - 1) is None
    assert meter.reached(minutes * 60) == f"at most {TEARDOWN_MINUTES + minutes}.00 of {TEARDOWN_MINUTES + minutes} CNY"
    meter.lanes["a"].ended = 0.0
    assert meter.reached(minutes * 60) is None


def test_tokens_alone_reach_a_budget() -> None:
    lane = Lane(prices=ServingPrices(tokens=TOKENS), began=0.0)
    meter = Meter(limits("2USD", billed=("USD",)), {"token": lane})
    lane.used = Used(input=999_999)
    assert meter.reached(0.0) is None
    lane.used = Used(input=1_000_000)
    assert meter.reached(0.0) == "at most 2.00 of 2 USD"


@given(st.lists(st.dictionaries(st.sampled_from(["CNY", "USD"]), st.decimals(0, 1000, places=2)), max_size=6))
def test_sums_lose_nothing(sums: list[dict[str, Decimal]]) -> None:
    together = total(sums)
    assert set(together) == {name for one in sums for name in one}
    assert all(amount == sum(one.get(name, Decimal(0)) for one in sums) for name, amount in together.items())


def plan(**more: object) -> Plan:
    loads = (Load(concurrency=1), Load(concurrency=4))
    given = {"loads": loads, "workload": Workload(input=Length(2048, 2048), output=Length(1000, 1000)), "seconds": 300.0, **more}
    return Plan(**given)  # type: ignore[arg-type]


def test_the_plan_of_a_copy_is_its_points_with_warm_up_and_its_ups_and_downs() -> None:
    found = planned("model-unit", plan())
    # An answer takes 10 s at 100 tokens a second: two of warm-up, 300 s, the last answers, at two points.
    assert found.minutes == UP_MINUTES["model-unit"] + 2 * (20 + 300 + 10) / 60 + TEARDOWN_MINUTES
    # (2 + 30 + 1) requests for each that is under way at a time, of which there are five at the two points.
    assert found.used == Used(input=5 * 33 * 2048, output=5 * 33 * 1000)


def test_fewer_requests_make_a_shorter_plan() -> None:
    found = planned("token", plan(requests=4))
    assert found.minutes == UP_MINUTES["token"] + (20 + 40 + 10 + 20 + 10 + 10) / 60 + TEARDOWN_MINUTES
    assert found.used.output == (2 + 4 + 1 + 8 + 4 + 4) * 1000


def test_what_a_copy_is_expected_to_cost() -> None:
    how = Planned(minutes=30, used=Used(input=1_000_000, output=1_000_000))
    assert expected(ServingPrices(hourly={"CNY": Decimal(216)}), how) == {"CNY": Decimal(108)}
    assert expected(ServingPrices(tokens=TOKENS), how) == {"USD": Decimal(6)}
    ptu = ServingPrices(hourly={"CNY": Decimal(324)}, tokens=TOKENS, overflow_only=True)
    assert expected(ptu, how) == {"CNY": Decimal(162), "USD": Decimal(0)}, "a reservation that is not exceeded bills no token"
