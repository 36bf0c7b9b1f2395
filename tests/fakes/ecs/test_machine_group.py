"""A scaling group of machines that really boot into their engine, behind a load balancer that checks it."""

from __future__ import annotations

from typing import Any

import pytest
from balanced import CHECK
from gpu_machines import GPU_TYPE, ROLE, Fleet, cloud_config, encoded, fleet
from machines import IMAGE, ZONE
from scaling import ALB, ESS, Group

from fourways.fakes.services.ess import surroundings

PORT = 8000


class Metal:
    """A fleet, its group of two machines, the launch template and the server group."""

    def __init__(self, **more: Any) -> None:
        self.fleet: Fleet = fleet()
        self.fleet.prepare()
        place = self.fleet.site
        self.group = Group(place, place.caller(ESS), place.caller(ALB))
        self.servers = self.group.alb.ok("CreateServerGroup", ServerGroupName="s", VpcId=place.vpc_id, **CHECK)["ServerGroupId"]
        self.group.wait(2)
        given = {"ImageId": IMAGE, "InstanceType": GPU_TYPE, "RamRoleName": ROLE, "SecurityGroupId": place.group}
        self.made_from = {**given, "UserData": encoded(cloud_config())}
        self.template = place.ecs.ok("CreateLaunchTemplate", LaunchTemplateName="t", **self.made_from)["LaunchTemplateId"]
        given = {"MinSize": 2, "MaxSize": 4, "DesiredCapacity": 2, "LaunchTemplateId": self.template, "LaunchTemplateVersion": "1"}
        given |= {f"VSwitchIds_{number}": id for number, id in enumerate(place.vswitches, 1)}
        given |= {"AlbServerGroup_1_AlbServerGroupId": self.servers, "AlbServerGroup_1_Port": PORT, "AlbServerGroup_1_Weight": 100}
        given |= {"HealthCheckTypes_1": "ECS", "HealthCheckTypes_2": "LOAD_BALANCER", "MultiAZPolicy": "BALANCE", "DefaultCooldown": 0}
        self.group.id = self.group.ess.ok("CreateScalingGroup", **{**given, **more})["ScalingGroupId"]
        hook = {"LifecycleTransition": "SCALE_IN", "HeartbeatTimeout": 60, "DefaultResult": "CONTINUE"}
        self.group.ess.ok("CreateLifecycleHook", ScalingGroupId=self.group.id, **hook)
        self.group.ess.ok("EnableScalingGroup", ScalingGroupId=self.group.id)
        self.group.wait(120)

    def healthy(self) -> list[str]:
        """The servers that the load balancer sends requests to."""
        ids = self.group.servers(self.servers)
        return [id for id in ids if surroundings.balanced(self.fleet.scope, self.servers, id) == "Healthy"]

    def console(self, step: str, **given: Any) -> None:
        self.group.ess.cloud.in_console(step, self.fleet.scope.account, self.fleet.scope.region, given)

    def zones(self) -> list[str]:
        return sorted(row["ZoneId"] for row in self.group.members(LifecycleState="InService"))


@pytest.fixture
def metal() -> Metal:
    return Metal()


def test_all_machines_serve_in_both_zones_and_boot_undisturbed(metal: Metal) -> None:
    assert (len(metal.healthy()), metal.zones()) == (2, [ZONE, "ap-southeast-1b"])
    assert {row["Description"][:3] for row in metal.group.activities()} == {"Add"}


def test_a_dead_machine_is_replaced_by_one_that_serves_and_its_bill_is_closed(metal: Metal) -> None:
    dead = metal.healthy()[0]
    metal.console("instance-down", instanceId=dead)
    metal.group.wait(180)
    assert dead not in metal.group.ids()
    assert len(metal.healthy()) == 2
    assert metal.group.place.bills().count("ecs-instance") == 2


def test_a_hung_engine_is_found_by_the_load_balancer_and_drains_at_the_hook(metal: Metal) -> None:
    hung = metal.healthy()[0]
    metal.console("engine-down", instanceId=hung)
    metal.group.wait(60)
    assert metal.group.ids(LifecycleState="Removing:Wait") == [hung]
    assert hung not in metal.group.servers(metal.servers)
    metal.group.wait(120)
    assert hung not in metal.group.ids()
    assert len(metal.healthy()) == 2


def test_the_machines_of_a_zone_that_is_down_come_up_in_the_other_one(metal: Metal) -> None:
    metal.console("zone-down", zone=ZONE)
    metal.group.wait(180)
    assert (len(metal.healthy()), metal.zones()) == (2, ["ap-southeast-1b"] * 2)


def test_a_new_version_rolls_out_without_fewer_than_the_healthy_ones() -> None:
    metal = Metal(MultiAZPolicy="PRIORITY")
    group, before = metal.group, metal.group.ids()
    version = group.place.ecs.ok("CreateLaunchTemplateVersion", LaunchTemplateId=metal.template, **metal.made_from)
    number = str(version["LaunchTemplateVersionNumber"])
    group.modify(LaunchTemplateId=metal.template, LaunchTemplateVersion=number)
    given = {"MinHealthyPercentage": 100, "MaxHealthyPercentage": 150, "ScalingGroupId": group.id}
    id = group.ess.ok("StartInstanceRefresh", **given)["InstanceRefreshTaskId"]
    fewest = 2
    for _ in range(600):
        group.wait(1)
        fewest = min(fewest, len(metal.healthy()))
    answer = group.ess.ok("DescribeInstanceRefreshes", ScalingGroupId=group.id, InstanceRefreshTaskId_1=id)
    assert answer["InstanceRefreshTasks"]["InstanceRefreshTask"][0]["Status"] == "Successful"
    assert (fewest, len(group.ids()), set(before) & set(group.ids())) == (2, 2, set())
    assert {row["LaunchTemplateVersion"] for row in group.members()} == {number}
    group.ess.ok("DeleteScalingGroup", ScalingGroupId=group.id, ForceDelete="true")
    group.wait(30)
    assert group.place.bills() == []
    assert metal.group.servers(metal.servers) == []
