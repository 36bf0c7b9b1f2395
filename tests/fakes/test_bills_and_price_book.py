"""The fake bills what the price book says, and estimates say what the fake bills: one price for one thing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from fake_calls import stepped_cloud
from machines import ZONE, Site, site

from fourways import costs
from fourways.catalog import prices
from fourways.fakes.service import Scope
from fourways.fakes.services.deployments import rules
from fourways.fakes.services.deployments.records import Capacity
from fourways.fakes.services.modelstudio import catalogue
from fourways.fakes.services.shared import billing

HOURLY = [key for key, one in prices.book().items() if key.charge_type == "PostPaid" and one.unit in prices.HOURS_A_UNIT]


def row(type_: str, region: str, **inputs: Any) -> costs.Row:
    found = costs.estimate_planned([(type_, "it", inputs)], region).rows
    return next(one for one in found if one.status == "priced")


@pytest.fixture
def place() -> Site:
    return site()


def test_the_stand_ins_name_nothing_that_the_book_prices_anywhere() -> None:
    booked = {(key.kind, key.item) for key in prices.book()}
    assert not booked & {(kind, item) for kind, items in billing.stand_ins().items() for item in items}


@pytest.mark.parametrize("key", HOURLY, ids=lambda key: f"{key.kind} {key.item} {key.region}")
def test_an_hour_costs_what_the_book_says_whatever_the_unit(key: prices.Key) -> None:
    listed = prices.book()[key]
    amount, currency = billing.hourly_price(Scope(stepped_cloud(), "1", key.region), key.kind, key.item)
    by_unit = {"hour": Decimal(1), "day": Decimal(24), "month": Decimal(730)}[listed.unit]
    assert (amount * by_unit, currency) == (pytest.approx(listed.amount), listed.currency)


def test_a_region_without_a_list_price_takes_that_of_beijing() -> None:
    scope = Scope(stepped_cloud(), "1", "cn-wulanchabu")
    assert billing.hourly_price(scope, "nat-gateway", "instance") == (Decimal("0.034"), "USD")
    assert prices.price("nat-gateway", "instance", "cn-wulanchabu", "PostPaid") is None, "an estimate does not"


@pytest.mark.parametrize(
    ("category", "level"),
    [("cloud_essd", None), ("cloud_essd", "PL0"), ("cloud_essd", "PL1"), ("cloud_auto", None)],
)
def test_the_estimate_of_a_disk_is_its_bill(place: Site, category: str, level: str | None) -> None:
    more = {} if level is None else {"PerformanceLevel": level}
    place.ecs.ok("CreateDisk", ZoneId=ZONE, Size=400, DiskCategory=category, **more)
    (bill,) = place.ecs.cloud.ledger.rows(only_open=True)
    estimated = row("alicloud:ecs/ecsDisk:EcsDisk", bill["region"], category=category, size=400, performanceLevel=level)
    assert estimated.hourly is not None
    assert (Decimal(bill["hourly_price"]), bill["currency"]) == (pytest.approx(estimated.hourly), estimated.currency)


@pytest.mark.parametrize("type_", ["ecs.gn8v.4xlarge", "ecs.ebmgn8v.48xlarge"])
def test_the_estimate_of_an_instance_and_its_disk_is_their_bill(place: Site, type_: str) -> None:
    disk = {"SystemDisk.Category": "cloud_essd", "SystemDisk.Size": 200}
    place.run(InstanceType=type_, **disk)
    rows = place.ecs.cloud.ledger.rows(only_open=True)
    billed = {bill["currency"]: Decimal(bill["hourly_price"]) for bill in rows if bill["kind"] in ("ecs-instance", "ecs-disk")}
    inputs = {"instanceType": type_, "systemDiskCategory": "cloud_essd", "systemDiskSize": 200}
    estimated = costs.estimate_planned([("alicloud:ecs/instance:Instance", "it", inputs)], rows[0]["region"])
    assert {one.currency: one.hourly for one in estimated.totals} == {name: pytest.approx(amount) for name, amount in billed.items()}


@pytest.mark.parametrize("region", ["cn-beijing", "ap-southeast-1"])
@pytest.mark.parametrize(("tier", "charge"), [("default", "PrePaid"), ("fast", "PrePaid"), ("fast", "PostPaid")])
def test_the_estimate_of_a_reservation_is_its_bill(region: str, tier: str, charge: str) -> None:
    billed = rules.price(
        region, "deepseek-v4-flash", f"ptu_{tier}", {"PrePaid": "pre_paid", "PostPaid": "post_paid"}[charge], Capacity(500, 50)
    )
    inputs = {"model": "deepseek-v4-flash", "tier": tier, "chargeType": charge, "inputTpm": 500_000, "outputTpm": 50_000}
    assert row("fourways:modelstudio:Reservation", region, **inputs).unit_price == billed


def test_tokens_cost_what_the_book_says() -> None:
    model = catalogue.models()["deepseek-v4-flash"]
    for region, (band,) in model.bands.items():
        listed = {
            "input": prices.token_price(model.id, "input", region),
            "cached": prices.token_price(model.id, "input", region, cache="hit"),
            "output": prices.token_price(model.id, "output", region),
        }
        assert {side: one.amount for side, one in listed.items() if one} == {
            "input": band.input, "cached": band.cached, "output": band.output,
        }  # fmt: skip
        assert {one.currency for one in listed.values() if one} == {catalogue.CURRENCY}


def test_a_prepaid_instance_owes_its_months_at_the_book_s_price(place: Site) -> None:
    place.run(InstanceType="ecs.gn8v.4xlarge", InstanceChargeType="PrePaid", Period=2, PeriodUnit="Month")
    (bill,) = [one for one in place.ecs.cloud.ledger.rows() if one["kind"] == "ecs-instance"]
    estimated = row("alicloud:ecs/instance:Instance", bill["region"], instanceType="ecs.gn8v.4xlarge", instanceChargeType="PrePaid")
    assert estimated.monthly == Decimal(26118)
    assert (Decimal(bill["amount"]), bill["currency"]) == (2 * estimated.monthly, estimated.currency)
