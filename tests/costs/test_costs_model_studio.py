"""What Model Studio costs: reservations and units by the price book's own figures, tokens by use, never silently nothing.

By hand, Singapore, 500 000 in / 50 000 out TPM: fast by the hour 50 x 5.4 + 50 x 1.08 = 324; standard for a term
500 x 1.51 + 50 x 3.02 = 906 a day; fast for a term 50 x 64.8 + 50 x 12.95 = 3887.5 a day.
Beijing, 8 x MU1: 8 x 54 = 432 an hour (reference: the same figure).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fourways import costs
from fourways.catalog import prices
from fourways.costs import render, wording

TPM = {"model": "deepseek-v4-flash", "inputTpm": 500000.0, "outputTpm": 50000.0, "apiKey": {"secret": "x"}}
KEY = ("fourways:modelstudio:ApiKey", "key", {"models": ["deepseek-v4-flash"]})


def row(type_: str, region: str = "ap-southeast-1", **inputs: Any) -> costs.Row:
    (found,) = costs.estimate_planned([(f"fourways:modelstudio:{type_}", "it", inputs)], region).rows
    return found


@pytest.mark.parametrize(
    ("tier", "charge", "region", "each", "unit"),
    [
        ("fast", "PostPaid", "ap-southeast-1", "324", "hour"),
        ("fast", "PostPaid", "cn-beijing", "216", "hour"),
        ("default", "PrePaid", "ap-southeast-1", "906", "day"),
        ("fast", "PrePaid", "ap-southeast-1", "3887.5", "day"),
        ("default", "PrePaid", "cn-beijing", "606", "day"),
        ("fast", "PrePaid", "cn-beijing", "2592", "day"),
    ],
)
def test_a_reservation_by_the_hour_and_for_a_term(tier: str, charge: str, region: str, each: str, unit: str) -> None:
    found = row("Reservation", region, tier=tier, chargeType=charge, **TPM)
    assert (found.status, found.unit_price, found.unit, found.currency) == ("priced", Decimal(each), unit, "CNY")
    assert found.hourly == Decimal(each) / (24 if unit == "day" else 1)
    assert found.monthly == found.hourly * 730
    assert found.committed is (charge == "PrePaid")
    assert "500000 in / 50000 out TPM" in wording.billed(found)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"tier": "default", "chargeType": "PostPaid"}, "no PostPaid price"),
        ({"model": "qwen-plus", "tier": "fast", "chargeType": "PostPaid"}, "no PostPaid price in ap-southeast-1"),
        ({"chargeType": "PostPaid"}, "tier is not known"),
    ],
)
def test_a_reservation_that_the_book_does_not_have_is_unknown(changes: dict[str, Any], why: str) -> None:
    found = row("Reservation", **{**TPM, **changes})
    assert (found.status, found.hourly) == ("unknown", None)
    assert why in found.note


def test_half_a_price_is_no_price(monkeypatch: pytest.MonkeyPatch) -> None:
    book = {key: price for key, price in prices.book().items() if not key[1].endswith(" output")}
    monkeypatch.setattr(prices, "book", lambda: book)
    assert row("Reservation", tier="fast", chargeType="PostPaid", **TPM).status == "unknown"


def test_units_of_model_studio_where_a_price_is_published() -> None:
    found = row("ModelUnitDeployment", "cn-beijing", spec="MU1", units=8.0)
    assert (found.quantity, found.hourly, found.assumed) == (8, 432, False)
    assert row("ModelUnitDeployment", "ap-southeast-1", spec="MU1", units=8).status == "unknown"


def test_a_sum_of_unknown_prices_alone_is_no_sum() -> None:
    unknown = ("fourways:modelstudio:ModelUnitDeployment", "units", {"spec": "MU1", "units": 8})
    caption = render.caption(costs.estimate_planned([unknown, KEY], "ap-southeast-1"))
    assert "Sum: cannot tell" in caption


def test_a_key_costs_nothing_until_it_is_used_and_that_is_said() -> None:
    estimate = costs.estimate_planned([KEY], "ap-southeast-1")
    (found,) = estimate.metered
    assert (found.hourly, found.monthly, found.assumed, estimate.totals, estimate.unknown) == (None, None, True, (), ())
    assert "deepseek-v4-flash input 0.2 USD per million tokens" in wording.billed(found)
    assert "Sum: no fixed cost" in render.caption(estimate)
    assert "billed by use without a bound: key" in render.caption(estimate)
    assert "metered" in render.markdown(estimate)
    assert render.as_json(estimate)["metered"] == [found.urn]
    made = costs.difference(costs.estimate_planned([], "ap-southeast-1"), estimate)
    assert render.difference_table(made).caption == "Difference: no fixed cost; billed by use on top: key"
    verdict = costs.judge(estimate, costs.Budget(amount=Decimal(1000), currency="USD"))
    assert (verdict.status, "without a bound: key" in verdict.message) == ("cannot tell", True)


@pytest.mark.parametrize(
    ("models", "words"),
    [(["qwen-plus"], "qwen-plus input at an unknown price"), (None, "any model"), ([], "any model")],
)
def test_a_key_for_models_of_no_known_price_is_metered_too(models: list[str] | None, words: str) -> None:
    found = row("ApiKey", models=models)
    assert found.status == "metered"
    assert words in wording.billed(found)
    assert "unknown price" in wording.billed(found)


def test_workspaces_limits_and_permissions_are_known_to_be_free() -> None:
    assert {row(type_).status for type_ in ("Workspace", "ModelLimits", "ModelPermissions")} == {"free"}
