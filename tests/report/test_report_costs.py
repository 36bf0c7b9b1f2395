"""What measured deployments cost, by hand, and where the cheaper one changes."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fourways.benchmark.plan import Load
from fourways.costs.rates import Rates
from fourways.report.build import Asked, Report, build
from fourways.report.costs import cheapest
from fourways.report.offers import month
from fourways.report.reading import ReportError
from tests.report import runs

LOADS = (Load(concurrency=8),)


def _report(*folders: Path, **more: Any) -> Report:
    return build(Asked(folders=folders, **more))


def _write(tmp_path: Path, name: str, **more: Any) -> Path:
    return runs.write(tmp_path / name, stack=name, **({"loads": LOADS} | more))


def test_capacity_costs_its_hour_over_the_tokens_of_an_hour(tmp_path: Path) -> None:
    report = _report(_write(tmp_path, "mu", hourly=runs.CNY))
    cost, point = report.costs[0], report.deployments[0].points[0]
    per_hour = point["total_token_throughput"] * 3600
    assert cost.tokens_per_hour == pytest.approx(per_hour)
    assert float(cost.per_million or 0) == pytest.approx(216 / (per_hour / 1e6))
    assert float(cost.per_million_output or 0) == pytest.approx(216 / (point["output_throughput"] * 3600 / 1e6))
    by_hours = dict(report.groups[0].by_hours["mu"])
    assert {hour: float(by_hours[hour] / by_hours[24]) for hour in (1, 4, 12)} == pytest.approx({1: 24, 4: 6, 12: 2})


def test_tokens_cost_their_mix_at_any_hour(tmp_path: Path) -> None:
    report = _report(_write(tmp_path, "token", kind="token", tokens=runs.BY_TOKEN))
    point = report.deployments[0].points[0]
    output = point["output_throughput"] / point["total_token_throughput"]
    assert float(report.costs[0].per_million or 0) == pytest.approx((1 - output) * 2 + output * 8)
    assert {round(cost, 20) for _, cost in report.groups[0].by_hours["token"]} == {round(report.costs[0].per_million or Decimal(0), 20)}


def test_cached_tokens_are_cheaper_only_where_they_have_a_price(tmp_path: Path) -> None:
    def half(made: runs.Sample) -> None:
        made.cached_tokens = made.prompt_tokens // 2

    dear = _report(_write(tmp_path, "a", kind="token", tokens=runs.BY_TOKEN, change=half)).costs[0]
    cheap = _report(_write(tmp_path, "b", kind="token", tokens={**runs.BY_TOKEN, "cached": "0"}, change=half)).costs[0]
    assert dear.demand is not None
    assert float((dear.per_million or 0) - (cheap.per_million or 0)) == pytest.approx(
        float(1 - dear.demand.output_share) * 0.5 * 2, rel=1e-3
    )


def test_each_keeps_its_own_mix_beside_others(tmp_path: Path) -> None:
    """Tokens that another deployment found in its cache make this one's no cheaper."""

    def cached(made: runs.Sample) -> None:
        made.cached_tokens = made.prompt_tokens

    token = _write(tmp_path, "token", kind="token", tokens={**runs.BY_TOKEN, "cached": "0"})
    group = _report(_write(tmp_path, "mu", hourly=runs.CNY, change=cached), token).groups[0]
    found = group.costs[1]
    assert found.offer is not None
    assert float(month(found.offer, group.shape, Decimal(10**6)) or 0) == pytest.approx(float(found.per_million or 0))


def test_a_reservation_pays_for_what_is_beyond_it(tmp_path: Path) -> None:
    given_ = {"kind": "ptu", "hourly": runs.CNY, "change": runs.overflows(4)}
    report = _report(_write(tmp_path, "ptu", tokens=runs.BY_TOKEN, **given_))
    point, cost = report.deployments[0].points[0], report.costs[0]
    total, within = (part["total_token_throughput"] * 3600 for part in (point, point["reservation"]["within"]))
    output = point["output_throughput"] / point["total_token_throughput"]
    beyond = (total - within) / 1e6 * ((1 - output) * 2 + output * 8)
    assert float(cost.per_million or 0) == pytest.approx((216 + beyond) / (total / 1e6), rel=1e-6)
    half_a_day = dict(report.groups[0].by_hours["ptu"])[12]
    assert float(half_a_day) == pytest.approx((2 * 216 + beyond) / (total / 1e6), rel=1e-6)
    unknown = _report(_write(tmp_path, "ptu2", **given_)).costs[0]
    assert unknown.offer is None
    assert unknown.why == "tokens beyond the reservation are billed as tokens, and their price is unknown"


@pytest.mark.parametrize(
    ("given_", "why"),
    [
        ({}, "its price is unknown: state it with --price x=216CNY"),
        ({"kind": "token", "hourly": runs.CNY}, "its price is unknown: state it with --price x=0.2/0.4USD"),
        ({"kind": "ptu", "tokens": runs.BY_TOKEN}, "its price is unknown: state it with --price x=216CNY"),
        ({"hourly": {**runs.CNY, "unknown": ["gpu (no price)"]}}, "no price is known of gpu (no price): state it with --price x=216CNY"),
        ({"hourly": {**runs.CNY, "beside": [{"amount": "1", "currency": "USD"}]}}, "it is billed in USD, the others in CNY: state a rate"),
        ({"kind": "token", "tokens": {**runs.BY_TOKEN, "output": None}}, "the price of a million output tokens is unknown"),
        ({"kind": "ptu", "hourly": runs.CNY, "tokens": {**runs.BY_TOKEN, "currency": "USD"}}, "it is billed in USD, the others in CNY"),
        ({"hourly": runs.CNY, "slo": {}}, "no SLO is stated"),
        ({"hourly": runs.CNY, "slo": {"ttft_ms": 1.0}}, "no point meets the SLO: at best 0.0% of requests do (at c8), 95% are needed"),
        ({"hourly": runs.CNY, "clients": {"c8": runs.BUSY}}, "no point is valid and whole"),
        ({"hourly": runs.CNY, "kind": "ptu", "tokens": runs.BY_TOKEN, "change": runs.overflows(1)}, "the reservation served nothing"),
    ],
)
def test_a_cost_that_is_not_known_says_why(tmp_path: Path, given_: dict[str, Any], why: str) -> None:
    cost = _report(_write(tmp_path, "x", **given_)).costs[0]
    assert (cost.offer, cost.per_million) == (None, None)
    assert cost.why.startswith(why)


def test_a_price_that_is_stated_stands_in_for_the_runs(tmp_path: Path) -> None:
    assumed = _write(tmp_path, "mu", hourly={**runs.CNY, "assumed": True})
    before = _report(assumed).costs[0]
    after = _report(assumed, prices={"mu": {"hourly_price": {"amount": "108", "currency": "CNY", "assumed": False}}}).costs[0]
    assert before.assumed == ("the hourly price of mu",)
    assert after.assumed == ()
    assert after.per_million == (before.per_million or 0) / 2
    with pytest.raises(ReportError, match="a price is stated for mi, which is no stack"):
        _report(assumed, prices={"mi": {}})


def test_currencies_are_apart_without_a_rate_and_together_with_one(tmp_path: Path) -> None:
    folders = (
        _write(tmp_path, "mu", hourly=runs.CNY),
        _write(tmp_path, "token", kind="token", tokens={**runs.BY_TOKEN, "currency": "USD"}),
    )
    apart = _report(*folders)
    assert [(group.currency, list(group.by_volume), group.break_evens) for group in apart.groups] == [
        ("CNY", ["mu"], {}),
        ("USD", ["token"], {}),
    ]
    together = _report(*folders, rates=Rates.parse(["USD=7CNY"]))
    assert [(group.currency, list(group.by_volume)) for group in together.groups] == [("CNY", ["mu", "token"])]
    assert together.costs[1].per_million == (apart.costs[1].per_million or 0) * 7
    other = _report(*folders, rates=Rates.parse(["EUR=7CNY"])).costs[1]
    assert other.offer is None
    assert "USD" in other.why


def test_what_is_billed_in_another_currency_beside_is_converted_or_the_cost_is_not_known(tmp_path: Path) -> None:
    hour = {**runs.CNY, "beside": [{"amount": "2", "currency": "USD"}]}
    folder = _write(tmp_path, "mu", hourly=hour)
    alone = _report(_write(tmp_path, "plain", hourly=runs.CNY)).costs[0]
    both = _report(folder, rates=Rates.parse(["USD=7CNY"])).costs[0]
    assert float((both.per_million or 0) / (alone.per_million or 1)) == pytest.approx((216 + 14) / 216, rel=0.05)
    assert both.offer is not None
    assert both.offer.capacity[0].hourly == 230


def test_an_hour_beside_tokens_is_no_capacity(tmp_path: Path) -> None:
    """A secret or a gateway of a token API carries no token: it is paid whatever the volume."""
    folder = _write(tmp_path, "token", kind="token", tokens=runs.BY_TOKEN, hourly={"amount": "0.5", "currency": "CNY"})
    offer = _report(folder).costs[0].offer
    assert offer is not None
    assert (offer.capacity, [part.monthly for part in offer.fixed]) == ((), [Decimal(365)])


def test_the_break_even_is_where_both_cost_the_same(tmp_path: Path) -> None:
    hour = {"amount": "1", "currency": "CNY", "assumed": False}
    report = _report(_write(tmp_path, "mu", hourly=hour), _write(tmp_path, "token", kind="token", tokens=runs.BY_TOKEN))
    # A month of capacity at 1 an hour, in tokens at what a million of them costs by the token; below what the capacity carries.
    expected = 730 / float(report.costs[1].per_million or 0) * 1e6
    assert expected < float(report.costs[0].tokens_per_hour or 0) * 730
    (first, *_) = report.groups[0].break_evens["mu", "token"]
    assert float(first.tokens) == pytest.approx(expected)
    assert (first.below, first.above, first.step) == ("token", "mu", False)


def test_one_stack_measured_twice_has_no_break_even_with_itself(tmp_path: Path) -> None:
    report = _report(runs.capacity(tmp_path / "a"), runs.capacity(tmp_path / "b", seed=1))
    assert report.groups[0].break_evens == {}


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Of three throughputs, prices stated by the test."""
    folder = tmp_path_factory.mktemp("three")
    return tuple(_write(folder, name, kind=name, tpot=tpot) for name, tpot in (("model-unit", 10.0), ("eas", 8.0), ("token", 12.0)))


AMOUNTS = st.integers(1, 400).map(str)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mu=AMOUNTS, eas=AMOUNTS, token=AMOUNTS, part=st.floats(0.001, 0.999))
def test_the_cheapest_is_the_cheapest_everywhere(three: tuple[Path, ...], mu: str, eas: str, token: str, part: float) -> None:
    hours = {
        name: {"hourly_price": {"amount": amount, "currency": "CNY", "assumed": False}}
        for name, amount in (("model-unit", mu), ("eas", eas))
    }
    prices = {"input": token, "output": token, "cached": None, "currency": "CNY", "assumed": False}
    report = _report(*three, prices={**hours, "token": {"token_prices": prices}})
    group = report.groups[0]
    ranges = cheapest(group)
    assert ranges[0][0] == 0
    assert ranges[-1][1] == group.volumes[-1]
    for (_, high, name), (low, _, after) in pairwise(ranges):
        assert high == low
        assert name != after
    for low, high, name in ranges:
        volume = low + (high - low) * Decimal(part)
        costs = {cost.name: month(cost.offer, group.shape, volume) for cost in group.costs if cost.offer}
        assert costs[name] == min(cost for cost in costs.values() if cost is not None)
