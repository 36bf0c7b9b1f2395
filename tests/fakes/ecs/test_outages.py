"""Instances and zones that fail by themselves, and spot instances that are taken back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from gpu_machines import GPU_TYPE, Fleet, fleet
from machines import TYPE

from fourways.fakes.services.ecs.machines import engine

A, B = "ap-southeast-1a", "ap-southeast-1b"


@pytest.fixture
def it() -> Fleet:
    made = fleet()
    made.prepare()
    made.site.ecs.cloud.seed["prices"] = {GPU_TYPE: "10", "ecs-disk": "0.001"}
    return made


def step(it: Fleet, name: str, **given: Any) -> Any:
    return it.site.ecs.cloud.in_console(name, it.scope.account, it.scope.region, given)


def stock(it: Fleet, type: str = TYPE) -> dict[str, str]:
    """Zone -> status of the type in it."""
    zones = it.site.ecs.ok("DescribeAvailableResource", DestinationResource="InstanceType", InstanceType=type)["AvailableZones"]
    return {
        row["ZoneId"]: row["AvailableResources"]["AvailableResource"][0]["SupportedResources"]["SupportedResource"][0]["Status"]
        for row in zones["AvailableZone"]
    }


def test_a_dead_instance_is_stopped_at_once_and_billed_until_it_is_released(it: Fleet) -> None:
    id = it.start()
    assert step(it, "instance-down", instanceId=id) == {"instances": [id]}
    assert (it.site.row(id)["Status"], engine.alive(it.scope, id), it.health(id)) == ("Stopped", False, None)
    assert "ecs-instance" in it.site.bills()
    with pytest.raises(ValueError, match="is Stopped already"):
        step(it, "instance-down", instanceId=id)
    it.site.ecs.ok("StartInstance", InstanceId=id)
    it.site.ecs.wait(60)
    assert it.health(id) == 200
    step(it, "instance-down", instanceId=id)
    it.site.ecs.ok("DeleteInstance", InstanceId=id)
    it.site.ecs.wait()
    assert it.site.bills() == []


def test_one_that_dies_while_it_is_made_does_not_come_up_by_itself(it: Fleet) -> None:
    id = it.start(wait=0.5)
    step(it, "instance-down", instanceId=id)
    it.site.ecs.wait(60)
    assert it.site.row(id)["Status"] == "Stopped"


def test_a_zone_takes_its_instances_along_and_sells_nothing(it: Fleet) -> None:
    here, there = it.start(), it.start(VSwitchId=it.site.vswitches[1])
    assert step(it, "zone-down", zone=A) == {"instances": [here]}
    assert [engine.alive(it.scope, id) for id in (here, there)] == [False, True]
    assert [it.health(id) for id in (here, there)] == [None, 200]
    assert it.site.ecs.refused("RunInstances", **it.site.given()) == (403, "OperationDenied.NoStock")
    assert it.site.ecs.refused("StartInstance", InstanceId=here) == (403, "OperationDenied.NoStock")
    assert it.site.run(VSwitchId=it.site.vswitches[1])
    assert stock(it) == {A: "SoldOut", B: "Available", "ap-southeast-1c": "Available"}
    step(it, "zone-up", zone=A)
    assert stock(it)[A] == "Available"
    assert it.site.row(here)["Status"] == "Stopped"
    it.site.ecs.ok("StartInstance", InstanceId=here)
    it.site.ecs.wait(60)
    assert it.health(here) == 200
    with pytest.raises(ValueError, match="is not down"):
        step(it, "zone-up", zone=A)
    with pytest.raises(ValueError, match=r"InvalidZoneId\.NotFound"):
        step(it, "zone-down", zone="ap-southeast-1z")


def test_stock_by_zone(it: Fleet) -> None:
    it.site.ecs.cloud.seed["ecs"] = {"stock": {TYPE: {A: 1, B: 0}}}
    it.site.run()
    assert it.site.ecs.refused("RunInstances", **it.site.given()) == (403, "OperationDenied.NoStock")
    assert it.site.ecs.refused("RunInstances", **it.site.given(VSwitchId=it.site.vswitches[1])) == (403, "OperationDenied.NoStock")
    assert stock(it) == {A: "SoldOut", B: "SoldOut", "ap-southeast-1c": "Available"}


def test_economical_mode_gives_the_place_back(it: Fleet) -> None:
    it.site.ecs.cloud.seed["ecs"] = {"stock": {TYPE: {A: 1}}}
    first = it.site.run()
    it.site.ecs.ok("StopInstance", InstanceId=first, StoppedMode="StopCharging")
    it.site.ecs.wait()
    it.site.run()
    assert it.site.ecs.refused("StartInstance", InstanceId=first) == (403, "OperationDenied.NoStock")


SPOT = {"SpotStrategy": "SpotWithPriceLimit", "SpotPriceLimit": "9", "SpotDuration": 0}


def price(it: Fleet) -> Decimal:
    (row,) = [row for row in it.site.ecs.cloud.ledger.rows(only_open=True) if row["kind"] == "ecs-instance"]
    return Decimal(row["hourly_price"])


def currency(it: Fleet) -> str:
    """Of the price book, or of the stand-in where it has none."""
    return next(str(row["currency"]) for row in it.site.ecs.cloud.ledger.rows() if row["kind"] == "ecs-instance")


def test_spot_is_billed_at_the_market_price_as_it_moves(it: Fleet) -> None:
    it.start(**SPOT)
    assert price(it) == Decimal("3.0")
    assert step(it, "spot-market-price", instanceType=GPU_TYPE, zone=A, price=4) == {"released": {}}
    assert price(it) == 4
    rows = it.site.ecs.ok("DescribeSpotPriceHistory", NetworkType="vpc", InstanceType=GPU_TYPE, ZoneId=A)
    assert rows["Currency"] == currency(it)
    assert {(row["SpotPrice"], row["OriginPrice"]) for row in rows["SpotPrices"]["SpotPriceType"]} == {(4.0, 10.0)}
    other = it.site.ecs.ok("DescribeSpotPriceHistory", NetworkType="vpc", InstanceType=GPU_TYPE)["SpotPrices"]["SpotPriceType"]
    assert {(row["ZoneId"], row["SpotPrice"]) for row in other} == {(A, 4.0), (B, 3.0), ("ap-southeast-1c", 3.0)}


def test_a_reclaimed_spot_instance_has_five_minutes(it: Fleet) -> None:
    id = it.start(**SPOT)
    step(it, "spot-reclaim", instanceId=id)
    assert it.site.row(id)["OperationLocks"] == {"LockReason": [{"LockReason": "Recycling"}]}
    it.site.ecs.wait(299)
    assert (it.health(id), it.site.row(id)["Status"]) == (200, "Running")
    it.site.ecs.wait(1)
    assert it.health(id) is None
    it.site.ecs.wait()
    assert (it.site.instances(), it.site.bills()) == ([], [])


def test_the_protection_period_comes_first(it: Fleet) -> None:
    id = it.start(**{**SPOT, "SpotDuration": 1})
    step(it, "spot-reclaim", instanceId=id)
    it.site.ecs.wait(3600 - 61)
    assert it.site.row(id)["OperationLocks"] == {"LockReason": []}
    it.site.ecs.wait(1)
    assert it.site.row(id)["OperationLocks"] == {"LockReason": [{"LockReason": "Recycling"}]}


def test_a_bid_below_the_market_loses_its_instance_unless_the_price_falls_again(it: Fleet) -> None:
    low, high = it.start(**{**SPOT, "SpotDuration": 1}), it.start(**{**SPOT, "SpotPriceLimit": "20", "SpotDuration": 1})
    follows = it.start(SpotStrategy="SpotAsPriceGo", SpotDuration=1)
    assert list(step(it, "spot-market-price", instanceType=GPU_TYPE, zone=A, price=12)["released"]) == [low]
    step(it, "spot-market-price", instanceType=GPU_TYPE, zone=A, price=8)
    it.site.ecs.wait(4000)
    assert {row["InstanceId"] for row in it.site.instances()} == {low, high, follows}
    step(it, "spot-market-price", instanceType=GPU_TYPE, zone=A, price=12)
    it.site.ecs.wait(400)
    assert {row["InstanceId"] for row in it.site.instances()} == {high, follows}


def test_a_spot_instance_may_be_stopped_instead(it: Fleet) -> None:
    id = it.start(**SPOT, SpotInterruptionBehavior="Stop")
    step(it, "spot-reclaim", instanceId=id)
    it.site.ecs.wait(310)
    row = it.site.row(id)
    assert (row["Status"], row["StoppedMode"], row["OperationLocks"]) == ("Stopped", "StopCharging", {"LockReason": []})
    assert it.site.bills() == ["ecs-disk"]
    with pytest.raises(ValueError, match="is no spot instance"):
        step(it, "spot-reclaim", instanceId=it.start())


def test_gpu_types_are_on_offer(it: Fleet) -> None:
    rows = it.site.ecs.ok("DescribeInstanceTypes", MinimumGPUAmount=8)["InstanceTypes"]["InstanceType"]
    found = {row["InstanceTypeId"]: (row["GPUAmount"], row["GPUSpec"]) for row in rows}
    assert found["ecs.ebmgn8v.48xlarge"] == (8, "NVIDIA H20")
    assert found["ecs.gn8is-8x.32xlarge"] == (8, "NVIDIA L20")
    assert TYPE not in found
    assert stock(it, "ecs.gn7i-c8g1.2xlarge")[A] == "Available"
    one = it.site.ecs.ok("DescribeInstanceTypes", GPUSpec="NVIDIA A10", MaximumGPUAmount=1)["InstanceTypes"]["InstanceType"]
    assert {row["InstanceTypeFamily"] for row in one} == {"ecs.gn7i"}


def test_prices_are_those_of_the_bill(it: Fleet) -> None:
    it.start()
    disks = {"SystemDisk_Category": "cloud_essd", "SystemDisk_Size": 200, "DataDisk_1_Category": "cloud_essd", "DataDisk_1_Size": 500}
    found = it.site.ecs.ok("DescribePrice", InstanceType=GPU_TYPE, **disks)["PriceInfo"]["Price"]
    assert (found["OriginalPrice"], found["TradePrice"], found["Currency"]) == (10.7, 10.7, currency(it))
    details = {row["Resource"]: row["OriginalPrice"] for row in found["DetailInfos"]["DetailInfo"]}
    assert details == {"instanceType": 10.0, "systemDisk": 0.2, "dataDisk": 0.5}
    months = it.site.ecs.ok("DescribePrice", InstanceType=GPU_TYPE, PriceUnit="Month", Period=2, Amount=3)["PriceInfo"]["Price"]
    assert months["OriginalPrice"] == 10 * 730 * 2 * 3
    spot = it.site.ecs.ok("DescribePrice", InstanceType=GPU_TYPE, SpotStrategy="SpotAsPriceGo", ZoneId=A)["PriceInfo"]["Price"]
    assert spot["TradePrice"] == 3.0
    assert it.site.ecs.refused("DescribePrice", InstanceType="ecs.none") == (400, "InvalidInstanceType.ValueNotSupported")


def test_a_hardened_encrypted_machine_shows_that_it_is(it: Fleet) -> None:
    key = it.site.caller("2016-01-20").ok("CreateKey")["KeyMetadata"]["KeyId"]
    id = it.start(
        HttpEndpoint="enabled",
        HttpTokens="required",
        HttpPutResponseHopLimit=2,
        SecurityEnhancementStrategy="Active",
        DeletionProtection="true",
        SystemDisk_Category="cloud_essd",
        SystemDisk_Encrypted="true",
        SystemDisk_KMSKeyId=key,
        DataDisk_1_Size=500,
        DataDisk_1_Encrypted="true",
    )
    row = it.site.row(id)
    assert row["MetadataOptions"] == {"HttpEndpoint": "enabled", "HttpTokens": "required", "HttpPutResponseHopLimit": 2}
    assert row["DeletionProtection"] is True
    assert [(disk["Encrypted"], disk["KMSKeyId"]) for disk in it.site.disks(InstanceId=id, DiskType="system")] == [(True, key)]
    assert [(disk["Encrypted"], disk["KMSKeyId"]) for disk in it.site.disks(InstanceId=id, DiskType="data")] == [(True, "")]
    assert it.site.ecs.refused("DeleteInstance", InstanceId=id, Force="true") == (403, "InvalidOperation.DeletionProtection")
