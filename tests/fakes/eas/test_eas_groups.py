"""Resource groups: machines on the clock, labels, limits, and the bill to the second."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from alibabacloud_eas20210701 import models

from fourways.fakes.faults import Rule
from fourways.fakes.services.eas.backend import EasBackend

REGION = "ap-southeast-1"
MACHINE = "ml.gu8tef.4.23xlarge"
Make = Callable[..., dict[str, Any]]


def test_machines_attach_and_are_listed_with_labels(eas: Any) -> None:
    made = eas.client.create_resource(
        models.CreateResourceRequest(
            charge_type="PostPaid", ecs_instance_type=MACHINE, ecs_instance_count=2, labels={"team": "llm"}, zone=f"{REGION}c"
        )
    ).body
    assert made.resource_id.startswith("eas-r-")
    assert len(made.instance_ids) == 2
    assert {machine.instance_status for machine in eas.machines(made.resource_id)} == {"Attaching"}
    eas.wait(5)
    machine = eas.machines(made.resource_id)[0]
    assert (machine.instance_status, machine.instance_gpu_count, machine.zone) == ("Ready", 4, f"{REGION}c")
    assert [label.to_map() for label in machine.labels] == [{"LabelKey": "team", "LabelValue": "llm"}]
    found = eas.client.describe_resource(REGION, made.resource_id).body
    assert (found.gpu_count, found.gpu_used, found.instance_count, found.post_paid_instance_count) == (8, 0, 2, 2)
    assert not hasattr(found, "labels")


def test_labels_of_machines_change_and_filter(eas: Any) -> None:
    group = eas.group(2, labels={"a": "1"})
    first, second = group.instance_ids
    eas.client.update_resource_instance_label(
        REGION, group.resource_id, models.UpdateResourceInstanceLabelRequest(instance_ids=[first], labels={"b": "2"})
    )
    eas.client.delete_resource_instance_label(
        REGION, group.resource_id, models.DeleteResourceInstanceLabelRequest(all_instances=True, keys=["a"])
    )
    assert [machine.instance_id for machine in eas.machines(group.resource_id, label={"b": "2"})] == [first]
    assert eas.machines(group.resource_id, label={"a": "1"}) == []
    assert [machine.instance_id for machine in eas.machines(group.resource_id, instance_id=second)] == [second]


def test_a_group_with_machines_or_services_cannot_be_deleted(eas: Any, service_json: Make, refused: Any) -> None:
    group = eas.group()
    eas.create(service_json(resource=group.resource_id, gpu=1))
    with refused(409, "OperationDenied.ResourceInUse", "chat"):
        eas.client.delete_resource(REGION, group.resource_id)
    eas.client.delete_service(REGION, "chat")
    eas.wait(3)
    with refused(409, "OperationDenied.ResourceInUse", "1 instances"):
        eas.client.delete_resource(REGION, group.resource_id)
    eas.remove_machines(group.resource_id, group.instance_ids)
    eas.wait(2)
    eas.client.delete_resource(REGION, group.resource_id)
    with refused(404, "InvalidResource.NotFound"):
        eas.client.describe_resource(REGION, group.resource_id)
    assert eas.cloud.inventory() == []


def test_a_machine_is_billed_from_its_creation_until_it_is_gone(eas: Any) -> None:
    group = eas.group()  # 5 s pass until it is Ready
    eas.wait(3595)
    row = eas.bill(kind="eas-dedicated-machine")[0]
    assert (row["resource"], row["hourly_price"], row["currency"], row["closed"]) == (group.instance_ids[0], "216", "CNY", None)
    assert Decimal(row["amount"]) == 216
    eas.client.create_resource_instances(
        REGION,
        group.resource_id,
        models.CreateResourceInstancesRequest(charge_type="PostPaid", ecs_instance_type=MACHINE, ecs_instance_count=1),
    )
    eas.wait(1800)
    eas.remove_machines(group.resource_id, group.instance_ids)
    eas.wait(1000)
    first, second = eas.bill(kind="eas-dedicated-machine")
    assert (first["seconds"], second["seconds"], second["closed"]) == (5402, 2800, None)


def test_a_prepaid_machine_owes_its_month_at_once_and_stays(eas: Any, refused: Any) -> None:
    group = eas.group(charge_type="PrePaid")
    row = eas.bill(kind="eas-dedicated-machine")[0]
    assert (row["amount"], row["charge_type"], row["hourly_price"]) == ("104472.0000", "PrePaid", "0")
    with refused(403, "OperationDenied.PrePaidInstance", group.instance_ids[0]):
        eas.remove_machines(group.resource_id, group.instance_ids)
    eas.wait(30 * 24 * 3600 + 2)
    assert eas.machines(group.resource_id) == []
    assert eas.cloud.ledger.rows(only_open=True) == []


def test_a_prepaid_machine_with_auto_renewal_is_billed_again(eas: Any) -> None:
    group = eas.group(charge_type="PrePaid", auto_renewal=True)
    eas.wait(30 * 24 * 3600)
    assert len(eas.machines(group.resource_id)) == 1
    assert [row["closed"] is None for row in eas.bill(kind="eas-dedicated-machine")] == [False, True]


def test_public_replicas_are_billed_from_running_until_they_are_gone(eas: Any, service_json: Make) -> None:
    eas.create({**service_json(instance=2), "cloud": {"computing": {"instance_type": "ml.gu8tef.8.46xlarge"}}})
    eas.wait(9.5)
    assert eas.bill() == []
    eas.wait(0.5 + 3600)
    rows = eas.bill(kind="eas-public-instance")
    assert [(row["seconds"], Decimal(row["amount"])) for row in rows] == [(3600, 432), (3600, 432)]
    assert {row["resource"] for row in rows} == {replica.instance_name for replica in eas.replicas()}
    eas.client.stop_service(REGION, "chat")
    eas.wait(100)
    assert [row["seconds"] for row in eas.bill()] == [3603, 3603]
    eas.client.start_service(REGION, "chat")
    eas.wait(10)
    assert len(eas.cloud.ledger.rows(only_open=True)) == 2
    eas.client.delete_service(REGION, "chat")
    eas.wait(3)
    assert eas.cloud.ledger.rows(only_open=True) == []


def test_a_public_replica_that_is_scaled_down_is_billed_until_it_has_ended(eas: Any, service_json: Make) -> None:
    eas.create({**service_json(instance=2), "cloud": {"computing": {"instance_type": "ml.gu8tef.8.46xlarge"}}})
    eas.wait(10 + 100)
    eas.update("chat", {"metadata": {"instance": 1}})
    eas.wait(1000)
    assert sorted((row["closed"] is None, row["seconds"]) for row in eas.bill()) == [(False, 101.6), (True, 1100)]


def test_what_the_price_book_does_not_price_is_billed_as_unknown(eas: Any, service_json: Make) -> None:
    eas.create({**service_json(), "cloud": {"computing": {"instance_type": "ecs.gn7i-c16g1.4xlarge"}}})
    eas.wait(10)
    assert [row["currency"] for row in eas.bill()] == ["unknown"]


def test_dedicated_replicas_cost_nothing_by_themselves(eas: Any, service_json: Make) -> None:
    group = eas.group()
    eas.create(service_json(resource=group.resource_id, gpu=4))
    eas.wait(10)
    assert eas.status() == "Running"
    assert {row["kind"] for row in eas.bill()} == {"eas-dedicated-machine"}


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"charge_type": "Free"}, "ChargeType"),
        ({"ecs_instance_type": "ecs.unheard.of"}, "not supported"),
        ({"ecs_instance_count": 0}, "EcsInstanceCount"),
        ({"ecs_instance_count": 101}, "1 to 100"),
        ({"system_disk_size": 199}, "200 to 2000"),
        ({"zone": "cn-beijing-h"}, "Zone"),
        ({"resource_type": "Shared"}, "ResourceType"),
    ],
)
def test_wrong_orders_are_refused_and_buy_nothing(eas: Any, refused: Any, order: dict[str, Any], words: str) -> None:
    with refused(400, "InvalidParameter", words):
        eas.group(**{"charge_type": "PostPaid", "ecs_instance_type": MACHINE, "ecs_instance_count": 1, **order})
    assert eas.bill() == []
    assert eas.cloud.inventory() == []


def test_stock_limits_what_can_be_bought(eas: Any, refused: Any) -> None:
    eas.cloud.seed["eas"] = {"stock": {MACHINE: 2}}
    eas.group()
    with refused(400, "OperationDenied.NoStock"):
        eas.group(2)
    eas.group()
    eas.cloud.faults.add(Rule("no-stock", action="CreateResource"))
    with refused(400, "OperationDenied.NoStock"):
        eas.group(kind="ml.gu8tef.1.5xlarge")


def test_a_machine_that_is_deleted_while_it_attaches_never_becomes_ready(eas: Any) -> None:
    order = models.CreateResourceRequest(charge_type="PostPaid", ecs_instance_type=MACHINE, ecs_instance_count=1)
    group = eas.client.create_resource(order).body
    eas.wait(4)
    eas.remove_machines(group.resource_id, group.instance_ids)
    eas.wait(1.5)
    assert [machine.instance_status for machine in eas.machines(group.resource_id)] == ["Deleting"]
    eas.wait(0.5)
    assert eas.machines(group.resource_id) == []


def test_machines_that_fail_to_be_created_cost_nothing_and_can_be_cleared(eas: Any) -> None:
    eas.cloud.faults.add(Rule("fail", action="CreateResource"))
    group = eas.group(2)
    assert sorted(machine.instance_status for machine in eas.machines(group.resource_id)) == ["CreateFailed", "Ready"]
    assert len(eas.bill()) == 1
    eas.client.delete_resource_instances(REGION, group.resource_id, models.DeleteResourceInstancesRequest(all_failed=True))
    eas.wait(2)
    assert [machine.instance_status for machine in eas.machines(group.resource_id)] == ["Ready"]


def test_machine_specs_say_what_there_is(eas: Any) -> None:
    eas.cloud.seed["eas"] = {"stock": {MACHINE: "NoStock"}}
    rows = eas.client.describe_machine_spec(
        models.DescribeMachineSpecRequest(instance_types=[MACHINE, "ecs.c7a.large"])
    ).body.instance_metas
    found = {row.instance_type: row for row in rows}
    assert set(found) == {MACHINE, "ecs.c7a.large"}
    gpu = found[MACHINE]
    assert (gpu.gpuamount, gpu.gpu, gpu.gpumemory, gpu.stock_status, gpu.is_available) == (4, "H20-141G", 141, "NoStock", False)
    assert (found["ecs.c7a.large"].gpu, found["ecs.c7a.large"].stock_status) == (None, "WithStock")
    eas.cloud.seed["eas"]["stock"][MACHINE] = 0
    counted = eas.client.describe_machine_spec(models.DescribeMachineSpecRequest(instance_types=[MACHINE])).body.instance_metas
    assert counted[0].stock_status == "NoStock"
    everything = eas.client.describe_machine_spec(models.DescribeMachineSpecRequest()).body.instance_metas
    assert len(everything) > 5


def test_groups_are_listed_renamed_and_kept_to_their_region(eas: Any, in_region: Any, refused: Any) -> None:
    first, second = eas.group(), eas.group(2)
    eas.client.update_resource(REGION, first.resource_id, models.UpdateResourceRequest(resource_name="mine"))

    def listed(**wanted: Any) -> list[str]:
        return [group.resource_id for group in eas.client.list_resources(models.ListResourcesRequest(**wanted)).body.resources]

    assert listed() == [second.resource_id, first.resource_id]
    assert listed(sort="GpuCount", order="Asc") == [first.resource_id, second.resource_id]
    assert listed(resource_name="mine") == [first.resource_id]
    assert listed(page_size=1, page_number=2) == [first.resource_id]
    with refused(404, "InvalidResource.NotFound"):
        in_region("cn-beijing").client.describe_resource("cn-beijing", first.resource_id)


def test_the_direct_link_to_a_vpc(eas: Any, refused: Any, network: tuple[str, str, str]) -> None:
    group = eas.group()
    with refused(400, "InvalidParameter", "vswitch can not be null"):
        eas.client.update_resource_dlink(REGION, group.resource_id, models.UpdateResourceDLinkRequest(security_group_id="sg-1"))
    with refused(400, "InvalidParameter", "vsw-none does not exist"):
        eas.client.update_resource_dlink(
            REGION, group.resource_id, models.UpdateResourceDLinkRequest(v_switch_id="vsw-none", security_group_id="sg-1")
        )
    vpc, switch, security_group = network
    link = models.UpdateResourceDLinkRequest(v_switch_id=switch, security_group_id=security_group, destination_cidrs="10.0.0.0/8")
    eas.client.update_resource_dlink(REGION, group.resource_id, link)
    found = eas.client.describe_resource_dlink(REGION, group.resource_id).body
    assert (found.vpc_id, found.v_switch_id, found.destination_cidrs) == (vpc, switch, "10.0.0.0/8")
    eas.group()
    backend = eas.cloud.backend(EasBackend, "1000000000000001", REGION)
    assert [backend.users_of_network(name) for name in (vpc, switch, security_group, "vsw-none")] == [[group.resource_id]] * 3 + [[]]
    eas.client.delete_resource_dlink(REGION, group.resource_id)
    assert eas.client.describe_resource_dlink(REGION, group.resource_id).body.v_switch_id == ""
