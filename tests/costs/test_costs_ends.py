"""What of a bill is committed and until when, and what stops at the stack's destroy: of every row and of the sums, in every form."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from fourways import costs
from fourways.costs import render, wording
from fourways.costs.documents import UNKNOWN

MACHINE = "ml.gu8tef.4.23xlarge"
TPM = {"model": "deepseek-v4-flash", "inputTpm": 500000, "outputTpm": 50000, "region": "ap-southeast-1"}
GROUP = ("fourways:eas:ResourceGroup", {"region": "cn-beijing", "instanceType": MACHINE, "instanceCount": 1, "chargeType": "PostPaid"})
TERM = ("fourways:modelstudio:Reservation", {**TPM, "tier": "default", "chargeType": "PrePaid", "termDays": 30.0})
KEY = ("fourways:modelstudio:ApiKey", {"region": "ap-southeast-1", "models": ["deepseek-v4-flash"]})
VPC = ("alicloud:vpc/network:Network", {"region": "cn-beijing"})
ODD = ("alicloud:kms/key:Key", {"region": "cn-beijing"})


def estimate(*resources: tuple[str, dict[str, Any]], **more: Any) -> costs.Estimate:
    listed = [
        {"urn": f"urn:pulumi:s::p::{type_}::r{number}", "custom": True, "type": type_, "inputs": inputs, **more}
        for number, (type_, inputs) in enumerate(resources)
    ]
    return costs.estimate_state({"version": 3, "deployment": {"resources": listed}})


def ends(type_: str, inputs: dict[str, Any], **more: Any) -> str:
    (row,) = estimate((type_, inputs), **more).rows
    return wording.ends(row)


@pytest.mark.parametrize(
    ("inputs", "outputs", "says"),
    [
        ({"termDays": 30.0}, {"expiresAt": "2026-12-30T15:59:59Z"}, "committed until 2026-12-30"),
        (
            {"termDays": 30.0, "autoRenewal": True},
            {"expiresAt": "2026-12-30T15:59:59Z"},
            "committed until 2026-12-30, then renewed by itself",
        ),
        ({"termDays": 30.0}, {"expiresAt": UNKNOWN}, "committed for 30 days from the purchase"),
        ({"termDays": 1}, {}, "committed for 1 day from the purchase"),
        ({}, {}, "committed for a term"),
    ],
)
def test_a_reservation_says_when_its_term_ends(inputs: dict[str, Any], outputs: dict[str, Any], says: str) -> None:
    assert ends(TERM[0], {**TPM, "tier": "default", "chargeType": "PrePaid", **inputs}, outputs=outputs) == says


def test_an_instance_and_its_disks_are_committed_together() -> None:
    inputs = {
        "region": "cn-beijing", "instanceType": "ecs.gn8v.4xlarge", "instanceChargeType": "PrePaid", "period": 1, "periodUnit": "Month",
        "renewalStatus": "AutoRenewal", "systemDiskCategory": "cloud_essd", "systemDiskSize": 40,
    }  # fmt: skip
    bought = estimate(("alicloud:ecs/instance:Instance", inputs))
    assert {wording.ends(row) for row in bought.rows} == {"committed for 1 month from the purchase, then renewed by itself"}
    runs = estimate(("alicloud:ecs/instance:Instance", inputs), outputs={"expiredTime": "2026-12-30T16:00Z"})
    assert {row.until for row in runs.rows} == {"until 2026-12-30, then renewed by itself"}
    hourly = estimate(
        ("alicloud:ecs/instance:Instance", {**inputs, "instanceChargeType": "PostPaid"}), outputs={"expiredTime": "2099-12-31T15:59Z"}
    )
    assert {wording.ends(row) for row in hourly.rows} == {"stops at destroy"}


def test_every_row_says_when_it_ends() -> None:
    found = estimate(GROUP, TERM, KEY, VPC, ODD)
    assert {row.type: wording.ends(row) for row in found.rows} == {
        GROUP[0]: "stops at destroy",
        TERM[0]: "committed for 30 days from the purchase",
        KEY[0]: "with its use",
        VPC[0]: "-",
        ODD[0]: "unknown",
    }
    assert ends(*GROUP, retainOnDelete=True) == "stays at destroy"


def test_the_sums_are_parted_into_what_is_committed_and_what_stops() -> None:
    """By hand: the group 216 an hour; the reservation 500 x 1.51 + 50 x 3.02 = 906 a day, 37.75 an hour."""
    found = estimate(GROUP, TERM, KEY)
    (total,), (committed,), (stopping,) = found.totals, found.committed, found.stopping
    assert (total.hourly, committed.hourly, stopping.hourly) == (Decimal("253.75"), Decimal("37.75"), Decimal(216))
    assert "Of it committed: 37.75 CNY an hour, 27,557.50 CNY a month (730 h) (r1 for 30 days from the purchase)" in render.caption(found)
    assert "stops at destroy: 216.00 CNY an hour, 157,680.00 CNY a month" in render.caption(found)
    markdown = render.markdown(found)
    assert "| **of it committed, CNY** | | **37.75 CNY** | **27,557.50 CNY** | |" in markdown
    assert "| **of it stops at destroy, CNY** | | **216.00 CNY** | **157,680.00 CNY** | |" in markdown
    content = json.loads(json.dumps(render.as_json(found)))
    assert [one["hourly"] for one in (*content["committed"], *content["stops_at_destroy"])] == ["37.75", "216"]
    by_type = {row["type"]: row for row in content["resources"]}
    assert (by_type[TERM[0]]["until"], by_type[TERM[0]]["stops_at_destroy"]) == ("for 30 days from the purchase", False)
    assert (by_type[GROUP[0]]["until"], by_type[GROUP[0]]["stops_at_destroy"]) == (None, True)


def test_what_is_kept_and_what_is_not_committed_is_said_too() -> None:
    assert wording.commitment(estimate(GROUP)).startswith("committed: nothing; stops at destroy: 216.00 CNY")
    kept = wording.commitment(estimate(GROUP, retainOnDelete=True))
    assert kept == "committed: nothing; stops at destroy: nothing; stays at destroy: r0"
    assert wording.commitment(estimate(KEY)) == ""


def test_a_difference_says_how_much_more_is_committed() -> None:
    """By hand: 906 a day is 906 / 24 x 730 = 27,557.50 a month."""
    diff = costs.difference(estimate(GROUP), estimate(GROUP, TERM))
    (committed,) = diff.committed
    assert (committed.currency, committed.hourly) == ("CNY", Decimal("37.75"))
    assert "| **of it committed, CNY** | | | | **+27,557.50 CNY** |" in render.difference_markdown(diff)
    assert "of it committed for a term: +37.75 CNY an hour" in str(render.difference_table(diff).caption)
    assert render.as_json(estimate(GROUP), diff)["difference_committed"][0]["hourly"] == "37.75"
    without = costs.difference(estimate(GROUP), estimate(GROUP, KEY))
    assert without.committed == ()
    assert "committed" not in render.difference_markdown(without)


def test_an_old_price_is_told_by_row_with_its_age_and_the_limit() -> None:
    found = estimate(GROUP, KEY, VPC)
    assert wording.stale(found, date(2027, 2, 22)) == []
    assert wording.stale(found, date(2027, 2, 23)) == ["r1: its price was read 2026-11-24, 91 days ago, and is trusted 90"]
    later = date(2027, 5, 24)
    assert [line.split(":")[0] for line in wording.stale(found, later)] == ["r0", "r1"]
    assert "Old price: r0: its price was read 2026-11-24, 181 days ago, and is trusted 180" in render.caption(found, today=later)
    assert "Old price: r0" in render.markdown(found, today=later)
    assert render.as_json(found, today=later)["stale"] == [row.urn for row in found.rows if row.status != "free"]
    assert render.as_json(found)["stale"] is None, "nobody said which day it is"
    assert "Old price" not in render.caption(found)
