"""The one sentence for a pull request."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fourways.advisor import cheaper
from fourways.costs.model import Total
from tests.advisor.samples import RATES, REGION, workload

D = Decimal


def total(monthly: int, currency: str = "CNY") -> list[Total]:
    return [Total(currency=currency, hourly=D(monthly) / 730, monthly=D(monthly))]


def test_a_cheaper_way_is_named_with_both_costs() -> None:
    said = cheaper(workload(), kind="model-unit", region=REGION, current=total(157_680), rates=RATES)
    # 7.2 M a day at 0.175 USD a million, times 7 and 30.4 days, are 268 CNY.
    assert said is not None
    assert said.startswith("For the stated workload of 7,200,000 tokens a day, token API would cost about 268 CNY a month")
    assert "Model Units as it is 157,680 CNY (on assumed prices or throughput)" in said


def test_nothing_is_said_where_nothing_is_cheaper_or_comparable() -> None:
    assert cheaper(workload(), kind="token", region=REGION, rates=RATES) is None
    assert cheaper(workload(), kind="model-unit", region=REGION, current=total(157_680)) is None
    assert cheaper(workload(), kind="model-unit", region=REGION, current=total(290), rates=RATES) is None
    assert cheaper(workload(), kind="model-unit", region=REGION, current=total(300), rates=RATES) is not None


def test_people_are_counted_on_both_sides() -> None:
    """Units take 14 hours a month more than tokens, and nobody is on call: 14 x 100 USD are 9,800 CNY."""
    team = workload(team={"size": 2, "hourlyRate": 100, "currency": "USD"})
    said = cheaper(team, kind="model-unit", region=REGION, current=total(290), rates=RATES)
    assert "would cost about 1,668 CNY a month, Model Units as it is 11,490 CNY" in str(said)


def test_another_form_of_the_same_way_is_no_other_way() -> None:
    dedicated = workload(isolation="dedicated")
    assert cheaper(dedicated, kind="ptu", region=REGION, current=total(250_000), rates=RATES) is None
    assert "PTU standard, for a term would cost" in str(cheaper(dedicated, kind="eas", region=REGION, current=total(250_000), rates=RATES))


@pytest.mark.parametrize("kind", ["ptu", "bare-metal", "eas"])
def test_without_an_estimate_the_advisor_prices_the_kind_itself(kind: str) -> None:
    assert cheaper(workload(), kind=kind, region=REGION, rates=RATES) is not None
