"""Virtual resource groups: made, changed, listed and deleted, and the services that run through them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alibabacloud_eas20210701 import models
from alibabacloud_eas20210701.models import CreateVirtualResourceRequestResources as Resource
from alibabacloud_eas20210701.models import UpdateVirtualResourceRequestResources as Changed

REGION = "ap-southeast-1"
PUBLIC, SPOT, MACHINE = "ml.gu8tef.8.46xlarge", "ecs.gn8v-4x.24xlarge", "ml.gu8tef.4.23xlarge"
Make = Callable[..., dict[str, Any]]


def make(eas: Any, *resources: Any, **more: Any) -> str:
    made = eas.client.create_virtual_resource(models.CreateVirtualResourceRequest(resources=list(resources), **more)).body
    assert made.message == f"Successfully created virtual resource {made.virtual_resource_id}"
    return str(made.virtual_resource_id)


def described(eas: Any, group: str) -> Any:
    return eas.client.describe_virtual_resource(REGION, group).body


def test_it_is_made_described_changed_and_deleted(eas: Any, refused: Any) -> None:
    first, second = Resource(instance_type=SPOT, priority=6, spot_price_limit=10.05), Resource(instance_type=PUBLIC, priority=3)
    group = make(eas, first, second, virtual_resource_name="mixed", disable_spot_protection_period=True)
    assert group.startswith("eas-vr-")
    found = described(eas, group)
    assert (found.virtual_resource_id, found.virtual_resource_name, found.service_count) == (group, "mixed", 0)
    assert (found.disable_spot_protection_period, found.create_time) == (True, eas.cloud.clock.timestamp())
    assert [row.to_map() for row in found.resources] == [
        {"InstanceType": SPOT, "Priority": 6, "Region": REGION, "SpotPriceLimit": 10.05},
        {"InstanceType": PUBLIC, "Priority": 3, "Region": REGION},
    ]
    assert eas.cloud.inventory() == [{"account": "1000000000000001", "region": REGION, "kind": "eas-virtual-resource-group", "id": group}]
    eas.wait(60)
    change = models.UpdateVirtualResourceRequest(virtual_resource_name="other", resources=[Changed(instance_type=PUBLIC, priority=1)])
    eas.client.update_virtual_resource(REGION, group, change)
    found = described(eas, group)
    assert (found.virtual_resource_name, [row.instance_type for row in found.resources]) == ("other", [PUBLIC])
    assert (found.disable_spot_protection_period, found.update_time) == (True, eas.cloud.clock.timestamp())
    eas.client.update_virtual_resource(REGION, group, models.UpdateVirtualResourceRequest(disable_spot_protection_period=False))
    found = described(eas, group)
    assert (found.disable_spot_protection_period, len(found.resources)) == (False, 1)
    eas.client.delete_virtual_resource(REGION, group)
    for call in (eas.client.describe_virtual_resource, eas.client.delete_virtual_resource):
        with refused(404, "InvalidResource.NotFound", group):
            call(REGION, group)
    assert eas.cloud.inventory() == []


def test_without_a_name_it_is_called_by_its_id_and_may_be_empty(eas: Any, service_json: Make) -> None:
    group = make(eas)
    assert (described(eas, group).virtual_resource_name, described(eas, group).resources) == (group, [])
    eas.create(service_json(resource=group, gpu=1))
    eas.wait(60)
    assert (eas.status(), eas.describe().message) == ("Waiting", "the resource group names no resources")


def test_groups_are_listed(eas: Any, in_region: Any) -> None:
    first, second = make(eas, virtual_resource_name="one"), make(eas, virtual_resource_name="two")

    def listed(**wanted: Any) -> list[str]:
        rows = eas.client.list_virtual_resource(models.ListVirtualResourceRequest(**wanted)).body.virtual_resources
        return [row.virtual_resource_id for row in rows]

    assert listed() == [second, first]
    assert listed(virtual_resource_name="one") == [first]
    assert listed(virtual_resource_id=second) == [second]
    assert listed(page_size=1, page_number=2) == [first]
    assert in_region("cn-beijing").client.list_virtual_resource(models.ListVirtualResourceRequest()).body.total_count == 0


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        (Resource(priority=1), "one and only one of"),
        (Resource(instance_type=PUBLIC, quota_id="quota1"), "one and only one of"),
        (Resource(instance_type="ecs.unheard.of"), "not supported"),
        (Resource(resource_id="eas-r-none"), "eas-r-none does not exist"),
        (Resource(quota_id="quota1"), "quota1 does not exist"),
        (Resource(instance_type=PUBLIC, spot_price_limit=0), "SpotPriceLimit must be a price above 0"),
        (Resource(instance_type=PUBLIC, priority="high"), "Priority must be a whole number"),
        (Resource(instance_type=PUBLIC, region="cn-beijing"), "Region must be"),
    ],
)
def test_wrong_resources_are_refused_and_nothing_is_made(eas: Any, refused: Any, resource: Any, words: str) -> None:
    with refused(400, "InvalidParameter", words):
        make(eas, resource)
    assert eas.cloud.inventory() == []


def test_a_price_limit_is_for_public_types_alone(eas: Any, refused: Any) -> None:
    eas.cloud.seed["eas"] = {"quotas": ["quota1"]}
    with refused(400, "InvalidParameter", "SpotPriceLimit is for an InstanceType"):
        make(eas, Resource(quota_id="quota1", spot_price_limit=1))


def test_resources_of_all_kinds_are_filled_by_priority(eas: Any, service_json: Make) -> None:
    eas.cloud.seed["eas"] = {"quotas": {"quota1": {"gpus": 4}}, "spot_prices": {SPOT: 1}, "stock": {SPOT: 1}}
    machines = eas.group().resource_id
    group = make(
        eas,
        Resource(instance_type=PUBLIC, priority=1),
        Resource(instance_type=SPOT, spot_price_limit=2, priority=2),
        Resource(quota_id="quota1", priority=3),
        Resource(resource_id=machines, priority=9),
    )
    seen = []
    for count in range(1, 6):
        if count == 1:
            eas.create(service_json(resource=group, gpu=4))
        else:
            eas.update("chat", {"metadata": {"instance": count}})
        eas.wait(10)
        assert eas.status() == "Running"
        newest = eas.replicas()[0]  # the newest first
        seen.append((newest.resource_type, newest.instance_type, newest.is_spot))
    assert seen == [
        ("DedicatedResource", MACHINE, False),
        ("DedicatedResource", "", False),  # in the quota
        ("PublicResource", SPOT, True),
        ("PublicResource", PUBLIC, False),
        ("PublicResource", PUBLIC, False),
    ]
    assert sorted(row["currency"] for row in eas.bill(kind="eas-public-instance")) == ["CNY", "CNY", "USD"]
    assert described(eas, group).service_count == 1
    assert eas.describe().resource == group


def test_its_protection_period_can_be_turned_off(eas: Any, service_json: Make) -> None:
    eas.cloud.seed["eas"] = {"spot_prices": {SPOT: 1}}
    group = make(eas, Resource(instance_type=SPOT, spot_price_limit=0.9), disable_spot_protection_period=True)
    eas.create(service_json(resource=group, gpu=4))
    eas.wait(10)
    assert [row["hourly_price"] for row in eas.bill()] == ["0.9"]
    eas.step("reclaim-spot", service="chat")
    assert eas.status() == "Waiting"


def test_a_group_that_is_used_cannot_be_deleted(eas: Any, service_json: Make, refused: Any) -> None:
    group = make(eas, Resource(instance_type=PUBLIC))
    eas.create(service_json(resource=group, gpu=4))
    with refused(409, "OperationDenied.ResourceInUse", "is used by services: chat"):
        eas.client.delete_virtual_resource(REGION, group)
    eas.client.delete_service(REGION, "chat")
    eas.wait(3)
    eas.client.delete_virtual_resource(REGION, group)


def test_a_changed_list_gives_room_to_what_waits(eas: Any, service_json: Make) -> None:
    group = make(eas, Resource(resource_id=eas.group().resource_id))
    eas.create(service_json(resource=group, gpu=4, instance=2))
    eas.wait(60)
    assert (eas.status(), eas.describe().running_instance) == ("Waiting", 1)
    change = models.UpdateVirtualResourceRequest(resources=[Changed(instance_type=PUBLIC)])
    eas.client.update_virtual_resource(REGION, group, change)
    eas.wait(8)
    assert (eas.status(), eas.describe().running_instance) == ("Running", 2)


def test_an_update_through_a_virtual_group_stops_nothing_first(eas: Any, service_json: Make) -> None:
    group = make(eas, Resource(instance_type=PUBLIC))
    eas.create(service_json(resource=group, gpu=4))
    eas.wait(10)
    eas.update("chat", {"metadata": {"cpu": 9}})
    seen = []
    for _ in range(12):
        seen.append(eas.describe().running_instance)
        eas.wait(1)
    assert (min(seen), eas.status()) == (1, "Running")


def test_a_service_names_a_virtual_group_that_exists_and_no_types_besides(eas: Any, service_json: Make, refused: Any) -> None:
    with refused(400, "InvalidParameter", "virtual resource group eas-vr-none does not exist"):
        eas.create(service_json(resource="eas-vr-none"))
    group = make(eas, Resource(instance_type=PUBLIC))
    with refused(400, "InvalidParameter", "names its public types itself"):
        eas.create({**service_json(resource=group, resource_burstable=True), "cloud": {"computing": {"instance_type": PUBLIC}}})
