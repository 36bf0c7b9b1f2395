"""Public machines: the ordered list, spot with its market, protection and bills, what DescribeMachineSpec says."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from alibabacloud_eas20210701 import models

REGION = "ap-southeast-1"
FIRST, SECOND = "ecs.gn8v-4x.24xlarge", "ml.gu8tef.8.46xlarge"
Make = Callable[..., dict[str, Any]]


def on(service_json: Make, *entries: dict[str, Any], protection: bool = True, **metadata: Any) -> dict[str, Any]:
    computing = {"instances": list(entries), **({} if protection else {"disable_spot_protection_period": True})}
    return {**service_json(**metadata), "cloud": {"computing": computing}}


def places(eas: Any, name: str = "chat") -> list[tuple[str, bool]]:
    return sorted((replica.instance_type, replica.is_spot) for replica in eas.replicas(name))


def market(eas: Any, **prices: Any) -> None:
    eas.cloud.seed["eas"] = {"spot_prices": {FIRST: 1.5, **prices}}


def test_a_bid_at_the_market_price_is_good_and_billed_at_that_price(eas: Any, service_json: Make) -> None:
    market(eas)
    eas.create(on(service_json, {"type": FIRST, "spot_price_limit": 1.5}, {"type": SECOND}))
    eas.wait(10 + 3600)
    assert places(eas) == [(FIRST, True)]
    (bill,) = eas.bill(kind="eas-public-instance")
    assert (Decimal(bill["hourly_price"]), bill["currency"], bill["seconds"]) == (Decimal("1.5"), "USD", 3600)
    assert bill["resource"] == eas.replicas()[0].instance_name


def test_the_market_price_is_billed_and_not_the_bid(eas: Any, service_json: Make) -> None:
    market(eas)
    eas.create(on(service_json, {"type": FIRST, "spot_price_limit": 9}))
    eas.wait(10)
    assert [Decimal(row["hourly_price"]) for row in eas.bill()] == [Decimal("1.5")]


def test_a_bid_below_the_market_goes_on_to_the_next_entry(eas: Any, service_json: Make) -> None:
    market(eas)
    eas.create(on(service_json, {"type": FIRST, "spot_price_limit": 1.49}, {"type": SECOND}))
    eas.wait(10)
    assert places(eas) == [(SECOND, False)]
    assert [row["currency"] for row in eas.bill()] == ["CNY"]


def test_without_another_entry_a_low_bid_waits_until_the_market_falls(eas: Any, service_json: Make) -> None:
    market(eas)
    eas.create(on(service_json, {"type": FIRST, "spot_price_limit": 1}))
    eas.wait(3600)
    found = eas.describe()
    assert (found.status, found.pending_instance) == ("Waiting", 1)
    assert "Spot price limit 1 of instance type ecs.gn8v-4x.24xlarge is below its market price 1.5" in found.message
    assert eas.bill() == []
    eas.cloud.seed["eas"]["spot_prices"][FIRST] = 1
    eas.wait(5 + 8)
    assert (eas.status(), places(eas)) == ("Running", [(FIRST, True)])


def test_without_protection_spot_is_a_tenth_cheaper(eas: Any, service_json: Make) -> None:
    market(eas)
    eas.create(on(service_json, {"type": FIRST, "spot_price_limit": 1.35}, protection=False))
    eas.wait(10)
    assert places(eas) == [(FIRST, True)]
    assert [Decimal(row["hourly_price"]) for row in eas.bill()] == [Decimal("1.35")]


def test_a_type_that_is_not_sold_on_spot_takes_no_bid(eas: Any, service_json: Make) -> None:
    market(eas, **{FIRST: None})
    eas.create(on(service_json, {"type": FIRST, "spot_price_limit": 1000}))
    eas.wait(60)
    assert "not sold on spot" in eas.describe().message


def test_stock_of_a_type_is_shared_by_spot_and_others(eas: Any, service_json: Make) -> None:
    eas.cloud.seed["eas"] = {"spot_prices": {FIRST: 1}, "stock": {FIRST: 1}}
    eas.create(on(service_json, {"type": FIRST, "spot_price_limit": 1}, {"type": FIRST}, {"type": SECOND}, instance=2))
    eas.wait(10)
    assert places(eas) == [(FIRST, True), (SECOND, False)]


def test_an_entry_takes_no_more_than_its_capacity(eas: Any, service_json: Make) -> None:
    market(eas)
    entries = ({"type": FIRST, "spot_price_limit": 2, "capacity": "50%"}, {"type": FIRST, "capacity": 1}, {"type": SECOND})
    eas.create(on(service_json, *entries, instance=5))
    eas.wait(10)
    assert places(eas) == [(FIRST, False), (FIRST, True), (FIRST, True), (SECOND, False), (SECOND, False)]


def test_at_capacity_without_another_entry_a_replica_waits(eas: Any, service_json: Make) -> None:
    eas.create(on(service_json, {"type": FIRST, "capacity": "1"}, instance=2))
    eas.wait(60)
    assert (eas.status(), eas.describe().running_instance) == ("Waiting", 1)
    assert "reached its capacity of 1" in eas.describe().message


def test_instances_are_listed_by_whether_they_are_on_spot(eas: Any, service_json: Make) -> None:
    market(eas)
    eas.create(on(service_json, {"type": FIRST, "spot_price_limit": 2, "capacity": 1}, {"type": SECOND}, instance=2))
    eas.wait(10)

    def listed(is_spot: bool) -> list[str]:
        request = models.ListServiceInstancesRequest(is_spot=is_spot)
        return [row.instance_type for row in eas.client.list_service_instances(REGION, "chat", request).body.instances]

    assert (listed(True), listed(False)) == ([FIRST], [SECOND])


def specs(eas: Any, *names: str) -> dict[str, Any]:
    rows = eas.client.describe_machine_spec(models.DescribeMachineSpecRequest(instance_types=list(names))).body.instance_metas
    return {row.instance_type: row for row in rows}


def test_machine_specs_say_how_cheap_spot_is(eas: Any) -> None:
    market(eas, **{SECOND: None})
    found = specs(eas, FIRST, SECOND, "ecs.c7a.large")
    assert (found[FIRST].spot_discount, found[FIRST].non_protect_spot_discount) == (0.125, 0.1125)  # 1.5 of 4 x 3 USD
    assert (found[SECOND].spot_discount, found[SECOND].non_protect_spot_discount) == (None, None)
    assert (found["ecs.c7a.large"].spot_discount, found["ecs.c7a.large"].non_protect_spot_discount) == (0.2, 0.18)


def test_machine_specs_follow_stock_while_it_changes(eas: Any) -> None:
    eas.cloud.seed["eas"] = {"stock": {FIRST: "NoStock"}}
    seen = []
    for state in ("NoStock", "ClosedWithStock", "WithStock", 0, 3):
        eas.cloud.seed["eas"]["stock"][FIRST] = state
        row = specs(eas, FIRST)[FIRST]
        seen.append((row.stock_status, row.is_available))
    assert seen == [("NoStock", False), ("ClosedWithStock", True), ("WithStock", True), ("NoStock", False), ("WithStock", True)]
