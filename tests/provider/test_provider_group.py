"""A resource group from purchase to return, over gRPC against the fake cloud: machines, labels, link, and the bill."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.provider.harness import GROUP_URN, REGION, URN, Failed, Harness, group, plain, service

Provide = Callable[[Any], None]


def open_bills(harness: Harness) -> int:
    return sum(row["closed"] is None for row in harness.cloud.ledger.rows())


def test_create_refresh_and_delete(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GROUP_URN, group(instanceCount=2, labels={"team": "llm"}))
        outputs = plain(made.properties)
        assert made.id == f"{REGION}/{outputs['resourceId']}"
        assert (outputs["gpus"], len(outputs["instanceIds"]), outputs["target"]) == (8, 2, "fake")
        assert open_bills(harness) == 2
        (order,) = [row for row in harness.cloud.requests.rows if row["action"] == "CreateResource"]
        assert order["body"]["AutoRenewal"] is False
        refreshed = await harness.read(
            GROUP_URN, made.id, made.properties, await harness.checked(GROUP_URN, group(instanceCount=2, labels={"team": "llm"}))
        )
        assert plain(refreshed.properties) == outputs
        answer = await harness.diff(GROUP_URN, made, refreshed.inputs, group(instanceCount=2, labels={"team": "llm"}))
        assert answer.changes == answer.DIFF_NONE
        await harness.delete(GROUP_URN, made)
        assert open_bills(harness) == 0
        assert harness.cloud.inventory() == []
        await harness.delete(GROUP_URN, made)  # not there is success

    provide(test)


def test_more_and_fewer_machines_in_place(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GROUP_URN, group())
        answer = await harness.diff(GROUP_URN, made, group(), group(instanceCount=3))
        assert not answer.replaces
        first = plain(made.properties)["instanceIds"]
        grown = plain((await harness.update(GROUP_URN, made, group(), group(instanceCount=3, labels={"a": "b"}))).properties)
        assert len(grown["instanceIds"]) == 3
        inputs = service()
        inputs["config"] = {**inputs["config"], "cloud": {}, "metadata": {"gpu": 4, "cpu": 4, "resource": grown["resourceId"]}}
        await harness.create(URN, inputs)
        busy = [machine["InstanceId"] for machine in await machines(harness, grown["resourceId"]) if machine["InstanceUsedGpu"]]
        shrunk = plain((await harness.update(GROUP_URN, made, group(instanceCount=3), group())).properties)
        assert shrunk["instanceIds"] == busy  # what serves is kept
        assert open_bills(harness) == 1
        assert first

    provide(test)


async def machines(harness: Harness, resource: str) -> list[dict[str, Any]]:
    return await harness.services.eas.machines(resource)


def test_a_group_with_services_is_not_emptied(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GROUP_URN, group())
        inputs = service()
        inputs["config"] = {**inputs["config"], "cloud": {}, "metadata": {"gpu": 4, "resource": plain(made.properties)["resourceId"]}}
        await harness.create(URN, inputs)
        with pytest.raises(Failed, match=r"services run in it \(chat\)\. Delete them first; nothing was changed"):
            await harness.delete(GROUP_URN, made)
        assert open_bills(harness) == 1

    provide(test)


def test_labels_of_machines_change_in_place(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        old, new = group(labels={"a": "1", "b": "2"}), group(labels={"b": "3"})
        made = await harness.create(GROUP_URN, old)
        await harness.update(GROUP_URN, made, old, new)
        (machine,) = await machines(harness, plain(made.properties)["resourceId"])
        labels = {entry["LabelKey"]: entry["LabelValue"] for entry in machine["Labels"]}
        assert labels["b"] == "3"
        assert "a" not in labels
        assert "fourways-creating" not in labels
        assert labels["fourways-stack"] == "test"

    provide(test)


def test_drift_in_machines_and_labels_is_found(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        inputs = group(instanceCount=2, labels={"team": "a"})
        made = await harness.create(GROUP_URN, inputs)
        resource = plain(made.properties)["resourceId"]
        eas = harness.services.eas
        await eas.delete_machines(resource, [plain(made.properties)["instanceIds"][0]])
        await eas.set_machine_labels(resource, {"team": "b", "foreign": "x"})
        harness.cloud.clock.advance(60)
        refreshed = await harness.read(GROUP_URN, made.id, made.properties, await harness.checked(GROUP_URN, inputs))
        answer = await harness.diff(GROUP_URN, made, refreshed.inputs, inputs)
        assert set(answer.detailedDiff) == {"instanceCount", "labels.team"}
        repaired = plain((await harness.update(GROUP_URN, made, refreshed.inputs, inputs)).properties)
        assert len(repaired["instanceIds"]) == 2

    provide(test)


def test_import_then_no_difference_but_ownership(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        eas = harness.services.eas
        answer = await eas.create_group({"charge_type": "PostPaid", "ecs_instance_type": "ecs.gn8v-4x.24xlarge", "ecs_instance_count": 1})
        harness.cloud.clock.advance(60)
        read = await harness.read(GROUP_URN, f"{REGION}/{answer['ResourceId']}")
        imported = plain(read.inputs)
        assert imported["instanceType"] == "ecs.gn8v-4x.24xlarge"
        assert imported["zone"] == f"{REGION}a"
        found = await harness.diff(GROUP_URN, read, read.inputs, group())
        assert set(found.detailedDiff) == {"labels.fourways-project", "labels.fourways-stack", "labels.fourways-urn"}
        await harness.update(GROUP_URN, read, read.inputs, group())
        assert open_bills(harness) == 1

    provide(test)


def test_a_prepaid_group_says_why_it_stays(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GROUP_URN, group(instanceCount=2, chargeType="PrePaid"))
        with pytest.raises(Failed, match="prepaid machines cannot be given back before their term ends"):
            await harness.update(GROUP_URN, made, group(instanceCount=2, chargeType="PrePaid"), group(chargeType="PrePaid"))
        prepaid = group(instanceCount=2, chargeType="PrePaid")
        with pytest.raises(Failed, match="autoRenewal of machines"):
            await harness.update(GROUP_URN, made, prepaid, {**prepaid, "autoRenewal": True})
        with pytest.raises(Failed, match="its term cannot be deleted"):
            await harness.delete(GROUP_URN, made)
        assert harness.calls("CreateResourceInstances") == 0

    provide(test)


def test_the_link_to_a_vpc_changes_in_place(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GROUP_URN, group())
        resource = plain(made.properties)["resourceId"]
        record = next(home for home in eas_backends(harness)).groups[resource]
        record.d_link = {"VpcId": "vpc-1", "VSwitchId": "vsw-1", "SecurityGroupId": "sg-1", "DestinationCIDRs": "10.0.0.0/8"}
        linked = group(dLink={"vSwitchId": "vsw-1", "securityGroupId": "sg-1", "destinationCidrs": "10.0.0.0/8"})
        await harness.update(GROUP_URN, made, group(), linked)
        assert harness.calls("UpdateResourceDLink") == 0  # it is so already
        read = plain((await harness.read(GROUP_URN, made.id, made.properties, await harness.checked(GROUP_URN, linked))).inputs)
        assert read["dLink"] == linked["dLink"]
        await harness.update(GROUP_URN, made, linked, group())
        assert record.d_link is None

    provide(test)


def eas_backends(harness: Harness) -> list[Any]:
    from fourways.fakes.services.eas.backend import EasBackend

    return list(harness.cloud.backends(EasBackend))


def test_no_stock_makes_nothing(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("no-stock", "CreateResource")
        with pytest.raises(
            Failed, match=r"cannot create the resource group \(ecs\.gn8v-4x\.24xlarge\): CreateResource: OperationDenied\.NoStock"
        ) as failed:
            await harness.create(GROUP_URN, group())
        assert failed.value.kept_id is None
        assert harness.cloud.inventory() == []

    provide(test)


def test_machines_that_never_get_ready_time_out_with_their_id(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("stuck", "CreateResource")
        with pytest.raises(Failed, match=r"out of time: 0 of 1 machines ready \(Attaching 1\)") as failed:
            await harness.create(GROUP_URN, group(), timeout=30)
        assert failed.value.kept_id
        assert failed.value.properties["instanceIds"]

    provide(test)
