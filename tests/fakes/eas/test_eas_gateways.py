"""Private gateways with the official SDK: their life on the clock, their bill, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import gateway_calls as calls
import pytest
from alibabacloud_eas20210701 import models

from fourways.fakes.faults import Rule

REGION = "ap-southeast-1"
PRICE = Decimal("0.10")  # of a 2c4g node, the stand-in


def bill(eas: Any) -> list[tuple[str, Decimal, str, bool]]:
    return [
        (row["charge_type"], Decimal(row["hourly_price"]), row["amount"], row["closed"] is None) for row in eas.bill(kind="eas-gateway")
    ]


def test_a_gateway_comes_up_on_the_clock_and_is_billed_until_it_is_gone(eas: Any, refused: Any) -> None:
    gateway_id = calls.create(eas, name="prod", replicas=2)
    assert gateway_id.startswith("gw-")
    assert calls.describe(eas, gateway_id).status == "Creating"
    assert bill(eas) == [("PostPaid", 2 * PRICE, "0.0000", True)]
    eas.wait(10)
    found = calls.describe(eas, gateway_id)
    assert (found.status, found.gateway_name, found.instance_type, found.replicas) == ("Running", "prod", "2c4g", 2)
    assert (found.internet_enabled, found.internet_status, found.internet_domain) == (False, "Deleted", "")
    assert found.intranet_domain == f"{gateway_id}-1000000000000001-vpc.{REGION}.pai-eas.aliyuncs.com"
    assert (found.is_default, found.sslredirection_enabled) == (False, False)
    calls.delete(eas, gateway_id)
    assert calls.describe(eas, gateway_id).status == "Deleting"
    calls.delete(eas, gateway_id)
    eas.wait(3600)
    with refused(404, "InvalidGateway.NotFound"):
        calls.describe(eas, gateway_id)
    assert [open for *_, open in bill(eas)] == [False]
    assert eas.cloud.inventory() == []


def test_another_size_takes_effect_after_a_while_and_is_billed_from_now_on(eas: Any, refused: Any) -> None:
    gateway_id = calls.running(eas)
    eas.wait(3590)
    calls.update(eas, gateway_id, instance_type="4c8g", replicas=3, name="bigger")
    assert calls.describe(eas, gateway_id).status == "Waiting"
    with refused(409, "OperationDenied.GatewayStatus", "is Waiting"):
        calls.update(eas, gateway_id, replicas=4)
    eas.wait(6)
    found = calls.describe(eas, gateway_id)
    assert (found.status, found.instance_type, found.replicas, found.gateway_name) == ("Running", "4c8g", 3, "bigger")
    assert bill(eas) == [("PostPaid", PRICE, "0.1000", False), ("PostPaid", 6 * PRICE, "0.0010", True)]
    calls.update(eas, gateway_id, replicas=3)
    assert calls.describe(eas, gateway_id).status == "Running"


def test_internet_access_is_switched_on_the_clock(eas: Any) -> None:
    gateway_id = calls.create(eas, enable_internet=True)
    assert calls.describe(eas, gateway_id).internet_status == "Creating"
    eas.wait(10)
    found = calls.describe(eas, gateway_id)
    assert (found.internet_status, found.internet_enabled) == ("Running", True)
    assert found.internet_domain == f"{gateway_id}-1000000000000001.{REGION}.pai-eas.aliyuncs.com"
    calls.update(eas, gateway_id, enable_internet=False, enable_intranet=False, enable_sslredirection=True)
    found = calls.describe(eas, gateway_id)
    assert (found.status, found.internet_status, found.internet_enabled) == ("Running", "Deleting", False)
    assert (found.intranet_domain, found.sslredirection_enabled) == ("", True)
    eas.wait(4)
    assert calls.describe(eas, gateway_id).internet_status == "Deleted"
    calls.update(eas, gateway_id, enable_internet=True)
    calls.update(eas, gateway_id, enable_internet=False)
    eas.wait(4)
    assert calls.describe(eas, gateway_id).internet_status == "Deleted"


def test_one_gateway_at_most_is_the_default(eas: Any) -> None:
    first, second = calls.running(eas), calls.running(eas)
    calls.update(eas, first, is_default=True)
    calls.update(eas, second, is_default=True)
    assert {row.gateway_id: row.is_default for row in calls.listed(eas)} == {first: False, second: True}
    calls.update(eas, second, is_default=False)
    assert not any(row.is_default for row in calls.listed(eas))


def test_lists_are_filtered_and_the_newest_is_first(eas: Any, in_region: Callable[[str], Any]) -> None:
    first = calls.running(eas, name="one")
    group = eas.group().resource_id
    second = calls.create(eas, name="two", charge_type="PrePaid", resource_name=group)
    assert [row.gateway_id for row in calls.listed(eas)] == [second, first]
    assert [row.gateway_id for row in calls.listed(eas, gateway_name="one")] == [first]
    assert [row.gateway_id for row in calls.listed(eas, gateway_id=second)] == [second]
    assert [row.gateway_id for row in calls.listed(eas, resource_name=group)] == [second]
    assert [row.gateway_id for row in calls.listed(eas, page_size=1, page_number=2)] == [first]
    assert [(row.charge_type, row.status) for row in calls.listed(eas)] == [("PrePaid", "Creating"), ("PostPaid", "Running")]
    other = in_region("cn-beijing")
    assert list(other.client.list_gateway(models.ListGatewayRequest()).body.gateways) == []


def test_a_subscription_cannot_be_given_back_within_its_term(eas: Any, refused: Any) -> None:
    gateway_id = calls.running(eas, charge_type="PrePaid")
    with refused(403, "OperationDenied.PrePaidInstance", gateway_id):
        calls.delete(eas, gateway_id)
    assert bill(eas) == [("PrePaid", Decimal(0), "73.0000", True)]
    eas.wait(30 * 24 * 3600)
    assert calls.describe(eas, gateway_id).status == "Stopped"
    assert [open for *_, open in bill(eas)] == [False]
    calls.delete(eas, gateway_id)
    eas.wait(3)
    assert calls.listed(eas) == []


def test_a_subscription_that_renews_itself_goes_on(eas: Any) -> None:
    gateway_id = calls.running(eas, charge_type="PrePaid", auto_renewal=True)
    eas.wait(30 * 24 * 3600)
    assert calls.describe(eas, gateway_id).status == "Running"
    assert [open for *_, open in bill(eas)] == [False, True]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"instance_type": ""}, "InstanceType is required"),
        ({"instance_type": "1c2g"}, "InstanceType must be one of 2c4g, 4c8g, 8c16g, 16c32g, not '1c2g'"),
        ({"replicas": 0}, "Replicas must be a whole number from 1"),
        ({"replicas": 101}, "Replicas must be a whole number from 1 to 100"),
        ({"charge_type": "Spot"}, "ChargeType must be PrePaid or PostPaid"),
        ({"enable_internet": "yes"}, "EnableInternet must be true or false"),
        ({"auto_renewal": 1}, "AutoRenewal must be true or false"),
    ],
)
def test_what_create_refuses(eas: Any, refused: Any, given: dict[str, Any], words: str) -> None:
    with refused(400, "InvalidParameter", words):
        calls.create(eas, **given)
    assert calls.listed(eas) == []
    assert bill(eas) == []


def test_update_takes_no_field_of_create(eas: Any, refused: Any) -> None:
    from alibabacloud_tea_openapi import models as shapes
    from alibabacloud_tea_util.models import RuntimeOptions

    gateway_id = calls.running(eas)
    params = shapes.Params(
        action="UpdateGateway",
        version="2021-07-01",
        protocol="HTTP",
        pathname=f"/api/v2/gateways/{REGION}/{gateway_id}",
        method="PUT",
        auth_type="AK",
        style="ROA",
        req_body_type="json",
        body_type="json",
    )
    with refused(400, "InvalidParameter", "Unknown parameters: ChargeType, Nodes"):
        eas.client.call_api(params, shapes.OpenApiRequest(headers={}, body={"ChargeType": "PrePaid", "Nodes": 2}), RuntimeOptions())


def test_a_gateway_in_another_group_or_that_is_not_there(eas: Any, refused: Any) -> None:
    with refused(404, "InvalidResource.NotFound"):
        calls.create(eas, resource_name="eas-r-none")
    for call in (calls.describe, calls.delete, calls.update):
        with refused(404, "InvalidGateway.NotFound", "gw-none"):
            call(eas, "gw-none")


def test_faults_hold_a_gateway_up_hide_it_or_make_it_fail(eas: Any, refused: Any) -> None:
    eas.cloud.faults.add(Rule("stuck", action="CreateGateway"))
    stuck = calls.running(eas)
    assert calls.describe(eas, stuck).status == "Creating"
    eas.cloud.faults.add(Rule("lag", action="CreateGateway", seconds=30))
    hidden = calls.create(eas)
    with refused(404, "InvalidGateway.NotFound"):
        calls.describe(eas, hidden)
    eas.wait(30)
    assert calls.describe(eas, hidden).status == "Running"
    eas.cloud.faults.add(Rule("fail", action="CreateGateway"))
    failed = calls.running(eas, charge_type="PrePaid")
    assert calls.describe(eas, failed).status == "Failed"
    assert len(bill(eas)) == 2
    calls.delete(eas, failed)
    eas.wait(3)
    assert len(calls.listed(eas)) == 2
