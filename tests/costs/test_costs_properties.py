"""What holds of any estimate: sums are those of its rows, parts make the whole, a difference is undone by its opposite."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fourways import costs
from fourways.catalog import prices
from fourways.costs import Estimate, Rates, Total
from fourways.costs.documents import UNKNOWN

REGIONS = ("cn-beijing", "ap-southeast-1", "eu-central-1")
FAR_BELOW_A_CENT = Decimal("1e-9")
COUNTS = st.integers(1, 50).map(float)
REGION = st.sampled_from(REGIONS)
TERM = st.sampled_from(["PostPaid", "PrePaid"])
SIZES = st.sampled_from([20.0, 100.0, UNKNOWN])


def resource(type_: str, **inputs: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.tuples(st.just(type_), st.fixed_dictionaries(dict(inputs)))


RESOURCES = st.one_of(
    resource(
        "fourways:eas:ResourceGroup",
        region=REGION,
        instanceType=st.sampled_from(["ml.gu8tef.1.5xlarge", "ml.gu8tef.4.23xlarge", "ml.odd"]),
        instanceCount=COUNTS,
        chargeType=TERM,
    ),
    resource(
        "alicloud:ecs/instance:Instance",
        region=REGION,
        instanceType=st.sampled_from(["ecs.gn8v.4xlarge", "ecs.gn7i-c8g1.2xlarge"]),
        instanceChargeType=TERM,
        systemDiskCategory=st.sampled_from(["cloud_essd", "cloud_auto", "cloud"]),
        systemDiskSize=SIZES,
    ),
    resource(
        "fourways:modelstudio:Reservation",
        region=REGION,
        model=st.just("deepseek-v4-flash"),
        tier=st.sampled_from(["fast", "default"]),
        chargeType=TERM,
        inputTpm=st.integers(200, 999).map(lambda number: number * 1000.0),
        outputTpm=st.integers(20, 99).map(lambda number: number * 1000.0),
    ),
    resource("alicloud:vpc/natGateway:NatGateway", region=REGION),
    resource("fourways:modelstudio:ApiKey", region=REGION),
    resource("alicloud:vpc/network:Network", region=REGION),
    resource("alicloud:unheard:Of", region=REGION),
)


def made(listed: list[tuple[int, tuple[str, dict[str, Any]]]]) -> Estimate:
    """An estimate; resources with one number are one and the same in two of them."""
    resources = [
        {"urn": f"urn:pulumi:s::p::{type_}::r{number}", "type": type_, "custom": True, "inputs": inputs}
        for number, (type_, inputs) in listed
    ]
    return costs.estimate_state({"version": 3, "deployment": {"resources": resources}})


ESTIMATES = st.lists(st.tuples(st.integers(0, 6), RESOURCES), max_size=6, unique_by=lambda one: (one[0], one[1][0])).map(made)


def amounts(sums: tuple[Total, ...]) -> dict[str, tuple[Decimal, Decimal]]:
    return {one.currency: (one.hourly, one.monthly) for one in sums}


def near(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= FAR_BELOW_A_CENT


@given(ESTIMATES)
def test_sums_are_those_of_the_rows_by_currency(estimate: Estimate) -> None:
    priced = [row for row in estimate.rows if row.status == "priced"]
    assert set(amounts(estimate.totals)) == {row.currency for row in priced}
    for currency, (hourly, monthly) in amounts(estimate.totals).items():
        own = [row for row in priced if row.currency == currency]
        assert near(hourly, sum((row.hourly or Decimal(0) for row in own), Decimal(0)))
        assert near(monthly, sum((row.monthly or Decimal(0) for row in own), Decimal(0)))
        assert hourly > 0
        assert near(hourly * costs.HOURS_A_MONTH, monthly)


@given(ESTIMATES)
def test_what_is_committed_and_what_stops_make_the_whole(estimate: Estimate) -> None:
    committed, stopping = amounts(estimate.committed), amounts(estimate.stopping)
    for currency, (hourly, monthly) in amounts(estimate.totals).items():
        zero = (Decimal(0), Decimal(0))
        assert near(committed.get(currency, zero)[0] + stopping.get(currency, zero)[0], hourly)
        assert near(committed.get(currency, zero)[1] + stopping.get(currency, zero)[1], monthly)


@given(ESTIMATES, ESTIMATES)
def test_a_difference_is_undone_by_its_opposite(before: Estimate, after: Estimate) -> None:
    there, back = costs.difference(before, after), costs.difference(after, before)
    assert amounts(there.delta) == {currency: (-hourly, -monthly) for currency, (hourly, monthly) in amounts(back.delta).items()}
    opposite = {"added": "removed", "removed": "added", "changed": "changed", "same": "same"}
    kinds = {(change.urn, change.row.part): change.kind for change in there.changes}
    assert kinds == {(change.urn, change.row.part): opposite[change.kind] for change in back.changes}


@given(ESTIMATES, ESTIMATES)
def test_a_difference_leads_from_one_sum_to_the_other(before: Estimate, after: Estimate) -> None:
    delta = amounts(costs.difference(before, after).delta)
    zero = (Decimal(0), Decimal(0))
    for currency in {*amounts(before.totals), *amounts(after.totals)}:
        old, new = (amounts(one.totals).get(currency, zero) for one in (before, after))
        assert near(old[0] + delta[currency][0], new[0])
        assert near(old[1] + delta[currency][1], new[1])


@given(ESTIMATES, st.decimals("0.01", "99", places=2))
def test_one_sum_at_a_rate_is_the_sum_of_each_at_the_rate(estimate: Estimate, each: Decimal) -> None:
    rates = Rates.parse([f"USD={each:f}CNY"])
    sums = amounts(estimate.totals)
    for to, factor in (("CNY", each), ("USD", 1 / each)):
        other = "USD" if to == "CNY" else "CNY"
        whole = rates.total(estimate.totals, to)
        assert whole is not None
        assert near(whole.monthly, sums.get(to, (0, Decimal(0)))[1] + sums.get(other, (0, Decimal(0)))[1] * factor)


@given(ESTIMATES)
def test_no_row_is_without_its_say(estimate: Estimate) -> None:
    for row in estimate.rows:
        assert (row.hourly is None) == (row.status != "priced")
        assert row.status != "priced" or (row.source and row.read_on and row.currency)
        assert row.status != "unknown" or row.note
        assert row.committed <= (row.status == "priced")
        assert bool(row.until) == row.committed
        assert not row.committed or row.unit in ("month", "day")


@given(st.sampled_from(sorted(prices.book(), key=str)))
def test_a_price_is_found_by_its_key_alone(key: prices.Key) -> None:
    found = prices.price(key.kind, key.item, key.region, key.charge_type)
    assert found is not None
    same = [one for other, one in prices.book().items() if other[:4] == key[:4] and other.cache == "miss"]
    assert found.amount == max(one.amount for one in same)
