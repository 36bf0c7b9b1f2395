"""What serving costs while it is measured; sums by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fourways import costs
from fourways.catalog import prices
from fourways.costs.serving import ServingPrices, TokenPrices, Used, billed_model, serving_prices, token_prices

MODEL, REGION = "deepseek-v4-flash", "ap-southeast-1"


def state(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"deployment": {"resources": [resource(**one) for one in resources]}}


def resource(type_: str, **inputs: Any) -> dict[str, Any]:
    return {
        "urn": f"urn:pulumi:s::fourways::{type_}::it", "type": type_, "id": "x", "custom": True, "inputs": {"region": REGION, **inputs},
    }  # fmt: skip


def group() -> dict[str, Any]:
    return {
        "type_": "fourways:eas:ResourceGroup", "instanceType": "ml.gu8tef.4.23xlarge", "instanceCount": 2, "chargeType": "PostPaid",
    }  # fmt: skip


def reservation() -> dict[str, Any]:
    return {
        "type_": "fourways:modelstudio:Reservation", "model": MODEL, "tier": "fast", "chargeType": "PostPaid", "inputTpm": 500000,
        "outputTpm": 50000,
    }  # fmt: skip


def of(kind: str, *resources: dict[str, Any]) -> ServingPrices:
    return serving_prices(costs.estimate_state(state(*resources)), kind=kind, model=MODEL, region=REGION)


def test_the_hour_is_in_the_capacitys_currency_and_the_others_are_beside_it() -> None:
    found = of("model-unit", group(), {"type_": "alicloud:vpc/natGateway:NatGateway"})
    machine = prices.price("eas-dedicated-machine", "ml.gu8tef.4.23xlarge", REGION, "PostPaid")
    gateway = prices.price("nat-gateway", "instance", REGION, "PostPaid")
    assert machine is not None
    assert gateway is not None
    assert found.hourly_json() == {
        "amount": f"{machine.amount * 2:f}",
        "currency": machine.currency,
        "assumed": True,
        "beside": [{"amount": f"{gateway.amount.normalize():f}", "currency": gateway.currency}],
    }
    assert found.tokens is None, "tokens of machines of one's own are not billed"


def test_disks_of_machines_are_beside_them_in_their_own_currency() -> None:
    machine = {"type_": "alicloud:ecs/instance:Instance", "instanceType": "ecs.gn8v-8x.48xlarge", "systemDiskCategory": "cloud_essd"}
    found = of("bare-metal", {**machine, "systemDiskSize": 200, "systemDiskPerformanceLevel": "PL1"}).hourly_json()
    assert found is not None
    assert (found["amount"], found["currency"]) == ("432", "CNY")
    assert [one["currency"] for one in found["beside"]] == ["USD"]


def test_what_is_billed_by_the_token_has_no_hour() -> None:
    found = of("token", {"type_": "fourways:modelstudio:ApiKey", "models": [MODEL]})
    assert found.hourly_json() is None
    assert found.tokens is not None
    assert found.tokens.as_json() == {
        side: f"{price.amount.normalize():f}" if (price := prices.token_price(MODEL, name, REGION, cache=cache)) else None  # type: ignore[arg-type]
        for side, name, cache in (("input", "input", "miss"), ("output", "output", "miss"), ("cached", "input", "hit"))
    } | {"currency": "USD", "assumed": True}
    assert found.overflow_only is False


def test_a_reservation_has_both_and_bills_tokens_beyond_it_only() -> None:
    found = of("ptu", reservation())
    assert found.hourly_json() == {"amount": "324", "currency": "CNY", "assumed": found.assumed}  # 500 x 0.54 + 50 x 1.08
    assert found.tokens is not None
    assert found.overflow_only is True


def test_the_model_of_a_reservation_is_the_one_reserved_not_the_name_it_is_served_under() -> None:
    assert billed_model(state(reservation()), f"{MODEL}-ptu-1a2b3c4d") == MODEL
    assert billed_model(state(group()), MODEL) == MODEL


def test_what_has_no_price_is_named_and_never_zero() -> None:
    found = of("model-unit", {**group(), "instanceType": "ml.of.nobody"})
    assert found.hourly_json() is None
    assert [name.split(" ")[0] for name in found.unknown] == ["it"]
    assert token_prices("a-model-of-nobody", REGION) is None


def test_an_hour_names_what_it_leaves_out() -> None:
    """A report must not take it for all that is billed."""
    found = ServingPrices(hourly={"CNY": Decimal(216)}, main="CNY", unknown=("machines (gn7i)",)).hourly_json()
    assert found == {"amount": "216", "currency": "CNY", "assumed": False, "unknown": ["machines (gn7i)"]}


@pytest.mark.parametrize(("cached", "cost"), [(Decimal(1), "9.5"), (None, "10.5")])
def test_cached_tokens_cost_what_they_cost_and_else_what_others_do(cached: Decimal | None, cost: str) -> None:
    tokens = TokenPrices(input=Decimal(2), output=Decimal(4), cached=cached, currency="USD", assumed=False)
    used = Used(input=3_250_000, output=1_000_000, cached=1_000_000)
    assert tokens.cost(used) == Decimal(cost)
    found = ServingPrices(hourly={"USD": Decimal(60), "CNY": Decimal(7)}, tokens=tokens)
    assert found.spent(1800, used) == {"USD": Decimal(30) + Decimal(cost), "CNY": Decimal("3.5")}
