"""The bill by instance, from the ledger: what a day holds, when it comes, what is asked wrongly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fake_calls import ACCOUNT_ID, VPC, Caller, stepped_cloud

from fourways.catalog.facts import rows as catalogued
from fourways.fakes.accounts import AccessKey
from fourways.fakes.cloud import Cloud
from fourways.fakes.service import Scope
from fourways.fakes.services.bss import bills
from fourways.fakes.services.shared import billing

HOUR, DAY = 3600.0, 86_400.0
VERSION = "2017-12-14"


@pytest.fixture
def cloud() -> Cloud:
    return stepped_cloud()


@pytest.fixture
def bss(cloud: Cloud) -> Caller:
    return Caller(cloud, VERSION)


def today(cloud: Cloud, back: int = 0) -> str:
    """A day of the cloud's time, UTC+8."""
    return (datetime.fromtimestamp(cloud.clock.now(), UTC) + timedelta(hours=8) - timedelta(days=back)).strftime("%Y-%m-%d")


def bill(bss: Caller, day: str, **more: Any) -> list[dict[str, Any]]:
    answer = bss.ok("DescribeInstanceBill", BillingCycle=day[:7], Granularity="DAILY", BillingDate=day, **more)
    assert answer["Success"] is True
    found: list[dict[str, Any]] = answer["Data"]["Items"]
    return found


def midnight(cloud: Cloud) -> None:
    """On to the next midnight of the cloud's time."""
    cloud.clock.advance(DAY - (cloud.clock.now() + 8 * HOUR) % DAY)


def address(cloud: Cloud, name: str = "e") -> str:
    vpc = Caller(cloud, VPC)
    made = str(vpc.ok("AllocateEipAddress", Name=name)["AllocationId"])
    vpc.ok("TagResources", ResourceType="EIP", ResourceId_1=made, Tag_1_Key="k", Tag_1_Value="v")
    return made


def test_a_day_s_use_comes_a_day_later_and_its_name_after_two(cloud: Cloud, bss: Caller) -> None:
    midnight(cloud)
    cloud.clock.advance(6 * HOUR)
    made, day = address(cloud), today(cloud)
    cloud.clock.advance(20 * HOUR)
    assert bill(bss, day) == []
    cloud.clock.advance(16 * HOUR)  # 36 hours after the create: 12 of its first 18 hours have come
    (row,) = bill(bss, day)
    assert (row["InstanceID"], row["ProductCode"], row["SubscriptionType"], row["BillingDate"]) == (made, "eip", "PayAsYouGo", day)
    hourly = billing.hourly_price(Scope(cloud, ACCOUNT_ID, "ap-southeast-1"), "eip", "instance")[0]
    assert row["PretaxAmount"] == float(hourly * 12)
    assert (row["NickName"], row["Tag"], row["Region"]) == ("", "key:k value:v", "Singapore")
    cloud.clock.advance(12 * HOUR)
    (row,) = bill(bss, day)
    assert (row["NickName"], row["PretaxAmount"]) == ("e", float(hourly * 18))
    cloud.clock.advance(DAY)
    assert [row["PretaxAmount"] for row in bill(bss, today(cloud, 2))] == [float(hourly * 24)]


def test_what_is_gone_is_on_the_bill_of_its_days_without_a_name(cloud: Cloud, bss: Caller) -> None:
    midnight(cloud)
    made, day = address(cloud), today(cloud)
    cloud.clock.advance(HOUR)
    Caller(cloud, VPC).ok("ReleaseEipAddress", AllocationId=made)
    cloud.clock.advance(3 * DAY)
    (row,) = bill(bss, day)
    assert (row["InstanceID"], row["NickName"], row["Tag"]) == (made, "", "")
    assert bill(bss, today(cloud, 1)) == []


def test_pages_and_filters(cloud: Cloud, bss: Caller) -> None:
    midnight(cloud)
    made, day = [address(cloud, f"e{number}") for number in range(3)], today(cloud)
    cloud.clock.advance(3 * DAY)
    asked = {"BillingCycle": day[:7], "Granularity": "DAILY", "BillingDate": day, "MaxResults": 2}
    first = bss.ok("DescribeInstanceBill", **asked)["Data"]
    second = bss.ok("DescribeInstanceBill", **asked, NextToken=first["NextToken"])["Data"]
    assert [row["InstanceID"] for row in (*first["Items"], *second["Items"])] == made
    assert (first["TotalCount"], first["MaxResults"], "NextToken" in second) == (3, 2, False)
    assert [row["InstanceID"] for row in bill(bss, day, InstanceID=made[1])] == [made[1]]
    assert bill(bss, day, ProductCode="ecs") == []
    assert bill(bss, day, SubscriptionType="Subscription") == []
    month = bss.ok("DescribeInstanceBill", BillingCycle=day[:7])["Data"]
    assert month["BillingCycle"] == day[:7]
    assert "BillingDate" not in month["Items"][0]


def test_a_bill_is_the_account_s_own(cloud: Cloud, bss: Caller) -> None:
    midnight(cloud)
    address(cloud)
    day = today(cloud)
    cloud.clock.advance(3 * DAY)
    assert len(bill(bss, day)) == 1
    cloud.accounts.add(AccessKey("test", "test", "2000000000000002"))
    assert bill(bss, day) == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "MissingBillingCycle"),
        ({"BillingCycle": "2026-13"}, "InvalidBillingCycle"),
        ({"BillingCycle": "2019-01"}, "InvalidBillingCycle"),
        ({"Granularity": "HOURLY"}, "InvalidGranularity"),
        ({"Granularity": "DAILY"}, "MissingBillingDate"),
        ({"Granularity": "DAILY", "BillingDate": "24.11.2026"}, "InvalidBillingDate"),
        ({"MaxResults": "301"}, "InvalidMaxResults"),
        ({"NextToken": "?"}, "InvalidNextToken"),
        ({"SubscriptionType": "Spot"}, "InvalidSubscriptionType"),
    ],
    ids=str,
)
def test_wrong_parameters_are_refused(cloud: Cloud, bss: Caller, given: dict[str, str], code: str) -> None:
    cycle = {"BillingCycle": today(cloud)[:7]} if given and "BillingCycle" not in given else {}
    assert bss.refused("DescribeInstanceBill", **cycle, **given) == (400, code)


def test_what_was_bought_for_a_term_is_there_at_once_and_until_it_ends(cloud: Cloud, bss: Caller) -> None:
    vpc = Caller(cloud, VPC)
    made = vpc.ok("AllocateEipAddress", InstanceChargeType="PrePaid", Period=1, PricingCycle="Month", AutoPay="true")["AllocationId"]
    address(cloud)  # by the hour: not among them
    data = bss.ok("QueryAvailableInstances", SubscriptionType="Subscription")["Data"]
    assert [(row["InstanceID"], row["ProductCode"], row["Region"]) for row in data["InstanceList"]] == [(made, "eip", "ap-southeast-1")]
    assert bss.ok("QueryAvailableInstances", InstanceIDs="eip-other")["Data"]["TotalCount"] == 0
    assert bss.refused("QueryAvailableInstances", Region="ap-southeast-1") == (400, "MissingProductCode")


def test_every_kind_that_is_billed_has_a_product() -> None:
    priced = {str(row["kind"]) for row in catalogued("prices")} - {"token"}
    assert set(billing.stand_ins()) - {"ecs-spot"} <= set(bills.products())
    assert {kind for kind in priced if kind in billing.stand_ins()} <= set(bills.products())
