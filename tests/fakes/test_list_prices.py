"""List prices by BssOpenApi on the fake: modules as the documentation has them, terms, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from fake_calls import Caller, stepped_cloud

BSS = "2017-12-14"
MACHINE = "InstanceType:ecs.gn8v.4xlarge,IoOptimized:IoOptimized,ImageOs:linux"
PAYG = {"ProductCode": "ecs", "SubscriptionType": "PayAsYouGo", "Region": "cn-beijing"}
TERM = {
    "ProductCode": "ecs", "SubscriptionType": "Subscription", "OrderType": "NewOrder", "Region": "cn-beijing", "Quantity": 1,
    "ServicePeriodQuantity": 1, "ServicePeriodUnit": "Month",
}  # fmt: skip


@pytest.fixture
def bss() -> Caller:
    return Caller(stepped_cloud(), BSS)


def module(number: int, code: str, config: str, price_type: str = "Hour") -> dict[str, str]:
    fields = {"ModuleCode": code, "Config": config, "PriceType": price_type}
    return {f"ModuleList_{number}_{name}": value for name, value in fields.items()}


def test_an_hour_of_an_instance(bss: Caller) -> None:
    answer = bss.ok("GetPayAsYouGoPrice", **PAYG, **module(1, "InstanceType", MACHINE))
    assert (answer["Code"], answer["Success"], answer["Data"]["Currency"]) == ("Success", True, "CNY")
    (detail,) = answer["Data"]["ModuleDetails"]["ModuleDetail"]
    assert (detail["ModuleCode"], detail["OriginalCost"], detail["CostAfterDiscount"], detail["InvoiceDiscount"]) == (
        "InstanceType",
        54,
        54,
        0,
    )


def test_disks_are_priced_by_category_level_and_size_in_the_region_that_is_asked_about(bss: Caller) -> None:
    data = module(1, "DataDisk", "DataDisk.Category:cloud_essd,DataDisk.Size:730,DataDisk.PerformanceLevel:PL0")
    system = module(2, "SystemDisk", "SystemDisk.Category:cloud_auto,SystemDisk.Size:730")
    answer = bss.ok("GetPayAsYouGoPrice", **PAYG, **data, **system)
    costs = {row["ModuleCode"]: row["OriginalCost"] for row in answer["Data"]["ModuleDetails"]["ModuleDetail"]}
    assert costs == {"DataDisk": 0.0704, "SystemDisk": 0.1408}


def test_the_retention_of_an_address(bss: Caller) -> None:
    for region, price in (("ap-southeast-1", 0.006), ("cn-beijing", 0.003)):
        asked = {"ProductCode": "eip", "SubscriptionType": "PayAsYouGo", "Region": region}
        answer = bss.ok("GetPayAsYouGoPrice", **asked, **module(1, "InstanceRent", "InstanceRent:1"))
        assert answer["Data"]["ModuleDetails"]["ModuleDetail"][0]["OriginalCost"] == price


@pytest.mark.parametrize(
    ("changes", "price"),
    [({}, 26118), ({"ServicePeriodQuantity": 3}, 3 * 26118), ({"ServicePeriodUnit": "Year", "Quantity": 2}, 24 * 26118)],
)
def test_a_term_costs_its_months(bss: Caller, changes: dict[str, Any], price: int) -> None:
    data = bss.ok("GetSubscriptionPrice", **{**TERM, **changes}, **module(1, "InstanceType", MACHINE))["Data"]
    assert (data["OriginalPrice"], data["TradePrice"], data["DiscountPrice"], data["Currency"]) == (price, price, 0, "CNY")
    assert data["ModuleDetails"]["ModuleDetail"][0]["OriginalCost"] == price


@pytest.mark.parametrize(
    ("action", "given", "code"),
    [
        ("GetPayAsYouGoPrice", PAYG, "InvalidModuleList"),
        ("GetPayAsYouGoPrice", {**PAYG, **module(1, "Magic", "Magic:1")}, "InvalidParameter"),
        ("GetPayAsYouGoPrice", {**PAYG, "ProductCode": "moon", **module(1, "InstanceType", MACHINE)}, "InvalidParameter"),
        ("GetPayAsYouGoPrice", {**PAYG, **module(1, "InstanceType", MACHINE, "Month")}, "InvalidModuleList"),
        ("GetPayAsYouGoPrice", {**PAYG, **module(1, "InstanceType", "InstanceType")}, "InvalidModuleList"),
        ("GetPayAsYouGoPrice", {**PAYG, **module(1, "InstanceType", "InstanceType:ecs.none")}, "InvalidInstanceType.ValueNotSupported"),
        ("GetPayAsYouGoPrice", {**PAYG, **module(1, "DataDisk", "DataDisk.Category:cloud_essd,DataDisk.Size:big")}, "InvalidModuleList"),
        (
            "GetPayAsYouGoPrice",
            {**PAYG, "SubscriptionType": "Subscription", **module(1, "InstanceType", MACHINE)},
            "InvalidSubscriptionType",
        ),
        (
            "GetPayAsYouGoPrice",
            {**PAYG, **module(1, "InstanceType", MACHINE), **module(2, "DataDisk", "DataDisk.Category:cloud_essd,DataDisk.Size:9")},
            "InvalidModuleList",
        ),
        ("GetSubscriptionPrice", {**TERM, "OrderType": "Upgrade", **module(1, "InstanceType", MACHINE)}, "InvalidOrderType"),
        (
            "GetSubscriptionPrice",
            {**TERM, "ServicePeriodQuantity": 0, **module(1, "InstanceType", MACHINE)},
            "InvalidServicePeriodQuantity",
        ),
    ],
)
def test_what_is_wrong_is_refused(bss: Caller, action: str, given: dict[str, Any], code: str) -> None:
    status, said = bss.refused(action, **given)
    assert status == 400
    assert said.startswith(code)
