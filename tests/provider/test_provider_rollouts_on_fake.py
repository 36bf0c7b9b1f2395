"""Rollouts of a scaling group of the fake: its own instances, refreshes, rollbacks and shortages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from fourways.cloud import clients
from tests.provider.balancing import IMAGE, TYPE, ecs
from tests.provider.gateways import network
from tests.provider.harness import REGION, Failed, Harness, plain

Provide = Callable[[Any], None]
ROLLOUT_URN = "urn:pulumi:test::fourways::fourways:ess:Rollout::machines"


def ess(action: str, **request: Any) -> dict[str, Any]:
    return clients.call("ess", "2014-08-28", action, request, REGION)


@dataclass
class Machines:
    """A scaling group of the fake, of two instances that are made from version 1 of a launch template."""

    harness: Harness
    policy: str = "PRIORITY"
    id: str = field(init=False)
    template: str = field(init=False)

    def __post_init__(self) -> None:
        vpc, (switch,) = network(self.harness.cloud)
        self.given = {"ImageId": IMAGE, "InstanceType": TYPE, "SecurityGroupId": ecs("CreateSecurityGroup", VpcId=vpc)["SecurityGroupId"]}
        self.template = str(ecs("CreateLaunchTemplate", LaunchTemplateName="machine", **self.given)["LaunchTemplateId"])
        size = {"MinSize": 2, "MaxSize": 4, "DesiredCapacity": 2, "MultiAZPolicy": self.policy}
        named = {"LaunchTemplateId": self.template, "LaunchTemplateVersion": "1"}
        self.id = str(ess("CreateScalingGroup", ScalingGroupName="g", VSwitchIds=[switch], **size, **named)["ScalingGroupId"])
        ess("EnableScalingGroup", ScalingGroupId=self.id)

    def version(self, **more: Any) -> str:
        """Another version, which the group is told of as the plugin does."""
        request = {"LaunchTemplateId": self.template, **self.given, **more}
        number = str(ecs("CreateLaunchTemplateVersion", **request)["LaunchTemplateVersionNumber"])
        ess("ModifyScalingGroup", ScalingGroupId=self.id, LaunchTemplateId=self.template, LaunchTemplateVersion=number)
        return number

    def inputs(self, version: str, **changes: Any) -> dict[str, Any]:
        given = {
            "region": REGION,
            "scalingGroupId": self.id,
            "launchTemplateId": self.template,
            "launchTemplateVersion": version,
            "size": 2,
        }
        return {**given, "minHealthyPercentage": 100, "maxHealthyPercentage": 150, **changes}

    def versions(self) -> list[str]:
        rows = ess("DescribeScalingInstances", ScalingGroupId=self.id)["ScalingInstances"]["ScalingInstance"]
        return sorted(row["LaunchTemplateVersion"] for row in rows if not row["LifecycleState"].startswith("Removing"))

    def named(self) -> str:
        (row,) = ess("DescribeScalingGroups", ScalingGroupId=[self.id])["ScalingGroups"]["ScalingGroup"]
        return str(row["LaunchTemplateVersion"])

    def statuses(self) -> list[str]:
        rows = ess("DescribeInstanceRefreshes", ScalingGroupId=self.id)["InstanceRefreshTasks"]["InstanceRefreshTask"]
        return [row["Status"] for row in rows]


def test_instances_come_and_are_replaced(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness)
        made = await harness.create(ROLLOUT_URN, group.inputs("1"))
        assert len(plain(made.properties)["instances"]) == 2
        number = group.version()
        done = plain((await harness.update(ROLLOUT_URN, made, group.inputs("1"), group.inputs(number))).properties)
        assert (group.versions(), group.named(), group.statuses()) == ([number] * 2, number, ["Successful"])
        assert not set(done["instances"]) & set(plain(made.properties)["instances"])
        assert done["rolledOut"] == f"{group.template}/{number}"

    provide(test)


def test_one_without_stock_is_rolled_back_with_the_reason(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness)
        made = await harness.create(ROLLOUT_URN, group.inputs("1"))
        number = group.version(InstanceType="ecs.g6.large")
        harness.fault("no-stock", "RunInstances", times=None, resource="ecs.g6.large")
        with pytest.raises(Failed) as failed:
            await harness.update(ROLLOUT_URN, made, group.inputs("1"), group.inputs(number), timeout=600)
        said = str(failed.value)
        assert f"was not rolled out to {group.template}/{number}: timed out after 10 min: 0 of 2 healthy" in said
        assert "It was rolled back" in said
        assert "OperationDenied.NoStock" in said
        assert "give it more types or zones" in said
        assert failed.value.kept_id is None
        assert (group.versions(), group.named(), group.statuses()) == (["1", "1"], "1", ["RollbackSuccessful"])
        assert plain(made.properties)["instances"]

    provide(test)


def test_a_create_without_stock_is_kept_with_the_reason(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("no-stock", "RunInstances", times=None, resource=TYPE)
        group = Machines(harness)
        with pytest.raises(Failed, match=r"0 of 2 healthy, last: Failed: OperationDenied\.NoStock.*run `pulumi up` again") as failed:
            await harness.create(ROLLOUT_URN, group.inputs("1"), timeout=300)
        assert failed.value.kept_id == f"{REGION}/{group.id}"
        harness.cloud.faults.clear()
        kept = await harness.read(ROLLOUT_URN, failed.value.kept_id)
        assert len(plain((await harness.update(ROLLOUT_URN, kept, group.inputs("1"), group.inputs("1"))).properties)["instances"]) == 2

    provide(test)


def test_a_lost_answer_starts_one_refresh(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness)
        made = await harness.create(ROLLOUT_URN, group.inputs("1"))
        number = group.version()
        harness.fault("cut-after", "StartInstanceRefresh")
        await harness.update(ROLLOUT_URN, made, group.inputs("1"), group.inputs(number))
        assert (group.versions(), group.statuses()) == ([number] * 2, ["Successful"])

    provide(test)


def test_a_group_that_cannot_be_refreshed_says_why(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, policy="BALANCE")
        made = await harness.create(ROLLOUT_URN, group.inputs("1"))
        number = group.version()
        with pytest.raises(Failed, match="PRIORITY") as failed:
            await harness.update(ROLLOUT_URN, made, group.inputs("1"), group.inputs(number))
        assert failed.value.kept_id == made.id
        assert group.versions() == ["1", "1"]

    provide(test)
