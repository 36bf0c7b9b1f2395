"""Spot machines that are reclaimed, nodes that die, and how services get over it."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

REGION = "ap-southeast-1"
FIRST, SECOND = "ecs.gn8v-4x.24xlarge", "ml.gu8tef.8.46xlarge"
Make = Callable[..., dict[str, Any]]


def spot(service_json: Make, *, protection: bool = False, **metadata: Any) -> dict[str, Any]:
    entries = [{"type": FIRST, "spot_price_limit": 2}, {"type": SECOND}]
    return {**service_json(**metadata), "cloud": {"computing": {"instances": entries, "disable_spot_protection_period": not protection}}}


@pytest.fixture
def running(eas: Any, service_json: Make) -> Callable[..., str]:
    """A service on spot that runs; returns the name of its first instance."""

    def make(**more: Any) -> str:
        eas.cloud.seed["eas"] = {"spot_prices": {FIRST: 1}}
        eas.create(spot(service_json, **more))
        eas.wait(10)
        assert {(replica.instance_type, replica.is_spot) for replica in eas.replicas()} == {(FIRST, True)}
        return str(eas.replicas()[0].instance_name)

    return make


def test_a_reclaimed_instance_ends_and_another_takes_its_place(eas: Any, running: Any) -> None:
    lost = running()
    assert eas.step("reclaim-spot", service="chat")[0] == 200
    found = eas.describe()
    assert (found.status, found.running_instance, found.pending_instance, found.total_instance) == ("Waiting", 0, 1, 1)
    (bill,) = eas.bill()
    assert (bill["resource"], bill["closed"] is None) == (lost, False)
    warning = eas.events("chat", "Warning")[0]
    assert (warning.reason, lost in json.loads(warning.message)["message"]) == ("SpotReclaimed", True)
    eas.wait(8)
    found = eas.describe()
    assert (found.status, found.running_instance, found.pending_instance) == ("Running", 1, 0)
    assert eas.replicas()[0].instance_name != lost
    assert [(row["resource"] == lost, row["closed"] is None) for row in eas.bill()] == [(True, False), (False, True)]


def test_one_instance_can_be_reclaimed_while_the_others_serve(eas: Any, running: Any) -> None:
    lost = running(instance=3)
    eas.step("reclaim-spot", service="chat", instance=lost)
    found = eas.describe()
    assert (found.status, found.running_instance, found.pending_instance, found.total_instance) == ("Waiting", 2, 1, 3)
    eas.wait(8)
    assert (eas.status(), eas.describe().running_instance) == ("Running", 3)


def test_all_instances_on_spot_are_reclaimed_and_no_others(eas: Any, running: Any, service_json: Make) -> None:
    running(instance=2)
    eas.create({**service_json("other"), "cloud": {"computing": {"instance_type": SECOND}}})
    eas.wait(10)
    _, answer = eas.step("reclaim-spot", service="chat")
    assert len(answer["reclaimed"]) == 2
    assert (eas.describe().running_instance, eas.status("other")) == (0, "Running")


def test_what_is_protected_is_reclaimed_when_its_hour_is_over(eas: Any, running: Any) -> None:
    lost = running(protection=True)  # placed 2 s after the call, running 8 s later
    _, answer = eas.step("reclaim-spot", service="chat")
    eas.wait(3600 - 8 - 1)
    assert (eas.status(), eas.replicas()[0].instance_name) == ("Running", lost)
    eas.wait(1)
    assert eas.status() == "Waiting"
    assert answer == {"reclaimed": {lost: eas.cloud.clock.timestamp()}}
    eas.wait(8)
    assert eas.status() == "Running"


def test_a_market_above_the_bid_moves_the_service_to_its_next_type(eas: Any, running: Any) -> None:
    lost = running()
    eas.wait(60)
    _, answer = eas.step("spot-price", instance_type=FIRST, price=2.5)
    assert list(answer["reclaimed"]) == [lost]
    eas.wait(8)
    assert [(replica.instance_type, replica.is_spot) for replica in eas.replicas()] == [(SECOND, False)]
    eas.wait(60)
    bills = [(row["currency"], row["seconds"], row["closed"] is None) for row in eas.bill() if row["seconds"]]
    assert bills == [("USD", 60, False), ("CNY", 61.6, True)]
    assert eas.status() == "Running"


def test_a_price_below_the_bid_is_billed_from_then_on(eas: Any, running: Any) -> None:
    running()
    eas.wait(3600)
    assert eas.step("spot-price", instance_type=FIRST, price=2)[1] == {"reclaimed": {}}
    eas.wait(1800)
    assert (eas.status(), len(eas.replicas())) == ("Running", 1)
    assert [(Decimal(row["hourly_price"]), row["seconds"]) for row in eas.bill()] == [(Decimal("0.9"), 3600), (Decimal("1.8"), 1800)]


def test_a_price_that_falls_again_before_the_protection_ends_takes_nothing(eas: Any, running: Any) -> None:
    kept = running(protection=True)
    assert list(eas.step("spot-price", instance_type=FIRST, price=3)[1]["reclaimed"]) == [kept]
    eas.wait(60)
    assert eas.status() == "Running"
    eas.step("spot-price", instance_type=FIRST, price=2)
    eas.wait(2 * 3600)
    assert [replica.instance_name for replica in eas.replicas()] == [kept]
    assert sum(row["closed"] is None for row in eas.bill()) == 1


def test_reclaiming_without_stock_waits_until_there_is_some(eas: Any, running: Any) -> None:
    running()
    eas.cloud.seed["eas"]["stock"] = {FIRST: 0, SECOND: 0}
    eas.step("reclaim-spot", service="chat")
    eas.wait(3600)
    assert (eas.status(), eas.describe().pending_instance) == ("Waiting", 1)
    assert "Insufficient stock" in eas.describe().message
    eas.cloud.seed["eas"]["stock"][SECOND] = 1
    eas.wait(5 + 8)
    assert (eas.status(), eas.replicas()[0].instance_type) == ("Running", SECOND)


def test_the_node_of_a_public_instance_dies(eas: Any, service_json: Make) -> None:
    eas.create({**service_json(instance=2), "cloud": {"computing": {"instance_type": SECOND}}})
    eas.wait(10)
    lost = eas.replicas()[0].instance_name
    assert eas.step("node-down", service="chat", instance=lost)[0] == 200
    assert (eas.status(), eas.describe().running_instance) == ("Waiting", 1)
    assert [(row["resource"], row["closed"] is None) for row in eas.bill() if row["closed"]] == [(lost, False)]
    assert eas.events("chat", "Warning")[0].reason == "NodeLost"
    eas.wait(8)
    assert (eas.status(), eas.describe().running_instance) == ("Running", 2)


def test_the_node_of_a_group_dies_and_comes_back(eas: Any, service_json: Make) -> None:
    group = eas.group()
    machine = group.instance_ids[0]
    eas.create(service_json(resource=group.resource_id, gpu=4))
    eas.wait(10)
    eas.step("node-down", machine=machine)
    assert [row.instance_status for row in eas.machines(group.resource_id)] == ["NotReady"]
    eas.wait(3600)
    assert (eas.status(), eas.describe().running_instance, eas.describe().pending_instance) == ("Waiting", 0, 1)
    assert [row["closed"] for row in eas.bill(kind="eas-dedicated-machine")] == [None]
    eas.step("node-up", machine=machine)
    eas.wait(8)
    assert eas.status() == "Running"


def test_a_dead_node_of_a_group_is_replaced_by_another(eas: Any, service_json: Make) -> None:
    group = eas.group(2)
    eas.create(service_json(resource=group.resource_id, gpu=3, instance=1))
    eas.wait(10)
    host = eas.replicas()[0].host_name
    dead = next(row for row in eas.machines(group.resource_id) if row.instance_name == host)
    eas.step("node-down", machine=dead.instance_id)
    eas.wait(8)
    assert eas.status() == "Running"
    assert eas.replicas()[0].host_name != host
    eas.remove_machines(group.resource_id, [dead.instance_id])
    eas.wait(2)
    assert (eas.status(), len(eas.machines(group.resource_id))) == ("Running", 1)


def test_an_old_instance_that_dies_after_a_failed_update_comes_back_as_it_was(eas: Any, running: Any, service_json: Make) -> None:
    lost = running(rolling_strategy={"max_surge": 1, "max_unavailable": 0})
    image = service_json()["containers"][0]["image"]
    eas.update("chat", {"containers": [{"image": f"{image}-does-not-exist"}]})
    eas.wait(60)
    assert (eas.status(), eas.describe().running_instance) == ("Failed", 1)
    eas.step("reclaim-spot", service="chat", instance=lost)
    assert (eas.status(), eas.describe().running_instance) == ("Failed", 0)
    eas.wait(8)
    found = eas.describe()
    assert (found.status, found.running_instance, found.current_version, found.latest_version) == ("Failed", 1, 1, 2)


def test_an_old_instance_comes_back_where_its_own_version_may_run(eas: Any, running: Any, service_json: Make) -> None:
    running()
    broken = [{"image": f"{service_json()['containers'][0]['image']}-does-not-exist"}]
    eas.update("chat", {"containers": broken, "cloud": {"computing": {"instances": [{"type": SECOND}]}}})
    eas.wait(60)
    eas.step("reclaim-spot", service="chat")
    eas.wait(8)
    places = {(replica.status, replica.instance_type, replica.is_spot) for replica in eas.replicas()}
    assert places == {("Failed", SECOND, False), ("Running", FIRST, True)}


def test_an_instance_that_was_ending_when_its_update_failed_is_not_replaced(eas: Any, running: Any, service_json: Make) -> None:
    running(instance=2, rolling_strategy={"max_surge": 0, "max_unavailable": 1})
    probe = {"http_get": {"path": "/health", "port": 8000}, "period_seconds": 1, "failure_threshold": 1}
    image = service_json()["containers"][0]["image"]
    eas.update("chat", {"containers": [{"image": image, "startup_check": probe}]})
    (ending,) = [replica.instance_name for replica in eas.replicas() if replica.status == "Terminating"]
    eas.wait(1)
    assert (eas.status(), len(eas.replicas())) == ("Failed", 3)
    eas.step("reclaim-spot", service="chat", instance=ending)
    eas.wait(10)
    assert (eas.status(), sorted(replica.status for replica in eas.replicas())) == ("Failed", ["Failed", "Running"])


def test_an_instance_that_is_lost_while_the_service_stops_is_not_replaced(eas: Any, running: Any) -> None:
    running()
    eas.client.stop_service(REGION, "chat")
    eas.step("reclaim-spot", service="chat")
    assert eas.replicas() == []
    eas.wait(10)
    assert (eas.status(), eas.replicas(), eas.cloud.ledger.rows(only_open=True)) == ("Stopped", [], [])


def test_steps_that_make_no_sense_are_refused(eas: Any, running: Any, service_json: Make) -> None:
    name = running()
    group = eas.group()
    eas.create(service_json("held", resource=group.resource_id, gpu=4))
    eas.create(service_json("pending", resource=group.resource_id, gpu=4))
    eas.wait(10)
    held, pending = eas.replicas("held")[0].instance_name, eas.replicas("pending")[0].instance_name
    for step, given, words in (
        ("reclaim-spot", {"service": "none"}, "no service 'none'"),
        ("reclaim-spot", {"service": "held"}, "no instance on spot"),
        ("reclaim-spot", {"service": "held", "instance": held}, "is not on spot"),
        ("reclaim-spot", {"service": "chat", "instance": "none"}, "no instance 'none'"),
        ("spot-price", {"instance_type": "ecs.unheard.of", "price": 1}, "no instance type"),
        ("spot-price", {"instance_type": FIRST, "price": 0}, "above 0"),
        ("node-down", {"machine": "i-none"}, "no machine 'i-none'"),
        ("node-down", {"service": "held", "instance": held}, f"runs on machine {group.instance_ids[0]}"),
        ("node-down", {"service": "pending", "instance": pending}, "has none"),
        ("node-up", {"machine": group.instance_ids[0]}, "is Ready"),
    ):
        status, answer = eas.step(step, **given)
        assert (status, words in answer["error"]) == (400, True), (step, given, answer)
    assert [replica.instance_name for replica in eas.replicas()] == [name]
