"""Members on their way in and out: ALB server groups, attached and detached instances, standby, those that ECS lost."""

from __future__ import annotations

import json

import pytest
from fake_calls import RAM
from machines import TYPE, ZONE
from scaling import OTHER_TYPE, Group, bare, scaling_group, start

from fourways.fakes.faults import Rule

TRUST = json.dumps(
    {"Version": "1", "Statement": [{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": ["ecs.aliyuncs.com"]}}]}
)


def balanced(*, size: int = 2) -> tuple[Group, str]:
    group = bare()
    servers = group.server_group()
    given = {"AlbServerGroup_1_AlbServerGroupId": servers, "AlbServerGroup_1_Port": 8000, "AlbServerGroup_1_Weight": 100}
    return start(group, size=size, **given), servers


def test_members_are_servers_once_they_run_and_until_they_leave() -> None:
    group, servers = balanced()
    assert group.servers(servers) == sorted(group.ids(LifecycleState="InService"))
    assert group.row()["AlbServerGroups"]["AlbServerGroup"] == [{"AlbServerGroupId": servers, "Port": 8000, "Weight": 100}]
    group.modify(DesiredCapacity=1)
    (leaving,) = group.ids(LifecycleState="Removing")
    assert leaving not in group.servers(servers)  # out of the load balancer first
    assert leaving in [row["InstanceId"] for row in group.place.instances()]
    group.wait()
    assert group.servers(servers) == group.ids()
    assert len(group.place.instances()) == 1
    assert group.activities()[0]["StatusCode"] == "Successful"


def test_a_starting_member_is_no_server() -> None:
    group, servers = balanced(size=0)
    group.modify(DesiredCapacity=1)
    assert group.states() == ["Pending"]
    assert group.activities()[0]["StatusCode"] == "InProgress"
    assert group.servers(servers) == []
    group.wait()
    assert group.states() == ["InService"]
    assert group.activities()[0]["StatusCode"] == "Successful"
    assert len(group.servers(servers)) == 1


def test_a_member_is_pending_until_a_busy_server_group_has_it() -> None:
    group, servers = balanced(size=0)
    group.ess.cloud.faults.add(Rule("late", "UpdateServerGroupAttribute", seconds=60))
    group.alb.ok("UpdateServerGroupAttribute", ServerGroupId=servers, ServerGroupName="busy")
    group.modify(DesiredCapacity=1)
    group.wait(30)
    assert (group.states(), group.servers(servers)) == (["Pending"], [])
    group.wait(40)
    assert (group.states(), group.servers(servers)) == (["InService"], group.ids())


def test_server_groups_are_attached_and_detached_with_their_servers_only_by_force() -> None:
    group = scaling_group()
    quiet, forced = group.server_group(), group.server_group()
    given = {"ScalingGroupId": group.id, "AlbServerGroup_1_Port": 8000, "AlbServerGroup_1_Weight": 50}
    assert "ScalingActivityId" not in group.ess.ok("AttachAlbServerGroups", AlbServerGroup_1_AlbServerGroupId=quiet, **given)
    made = group.ess.ok("AttachAlbServerGroups", AlbServerGroup_1_AlbServerGroupId=forced, ForceAttach="true", **given)
    group.wait()
    assert group.activity(made["ScalingActivityId"])["StatusCode"] == "Successful"
    assert (group.servers(quiet), group.servers(forced)) == ([], sorted(group.ids()))
    group.ess.ok("AttachAlbServerGroups", AlbServerGroup_1_AlbServerGroupId=forced, **given)  # once more: it stays attached once
    assert group.ess.refused("AttachAlbServerGroups", AlbServerGroup_1_AlbServerGroupId="sgp-none", **given)[0] == 404
    group.modify(DesiredCapacity=3)
    group.wait()
    assert (len(group.servers(quiet)), len(group.servers(forced))) == (1, 3)
    del given["AlbServerGroup_1_Weight"]
    gone = group.ess.ok("DetachAlbServerGroups", AlbServerGroup_1_AlbServerGroupId=forced, ForceDetach="true", **given)
    group.ess.ok("DetachAlbServerGroups", AlbServerGroup_1_AlbServerGroupId=quiet, **given)
    group.wait()
    assert group.activity(gone["ScalingActivityId"])["StatusCode"] == "Successful"
    assert (len(group.servers(quiet)), len(group.servers(forced))) == (1, 0)
    assert group.row()["AlbServerGroups"] == {"AlbServerGroup": []}


def test_what_somebody_released_is_replaced() -> None:
    group = scaling_group()
    lost = group.ids()[0]
    group.place.ecs.ok("DeleteInstance", InstanceId=lost, Force="true")
    group.wait(60)
    assert lost not in group.ids()
    assert group.states() == ["InService", "InService"]


def test_attached_instances_count_and_are_only_let_go() -> None:
    group = scaling_group(size=1)
    own = group.place.run()
    made = group.ess.ok("AttachInstances", ScalingGroupId=group.id, InstanceId_1=own, LoadBalancerWeight_1=12)
    group.wait()
    assert group.activity(made["ScalingActivityId"])["StatusCode"] == "Successful"
    (row,) = group.members(CreationType="Attached")
    assert (row["InstanceId"], row["LifecycleState"], group.row()["DesiredCapacity"]) == (own, "InService", 2)
    assert row["LoadBalancerWeight"] == 12
    assert group.ess.refused("AttachInstances", ScalingGroupId=group.id, InstanceId_1=own) == (400, "InvalidInstanceId.InUse")
    group.ess.ok("RemoveInstances", ScalingGroupId=group.id, InstanceId_1=own)
    group.wait()
    assert own not in group.ids()
    assert group.place.row(own)["Status"] == "Running"


def test_detached_instances_live_on_and_removed_ones_do_not() -> None:
    group = scaling_group(size=3)
    detached, removed, stays = group.ids()
    group.ess.ok("DetachInstances", ScalingGroupId=group.id, InstanceId_1=detached)
    group.wait()
    group.ess.ok("RemoveInstances", ScalingGroupId=group.id, InstanceId_1=removed)
    group.wait()
    assert group.ids() == [stays]
    assert sorted(row["InstanceId"] for row in group.place.instances()) == sorted([detached, stays])
    assert group.row()["DesiredCapacity"] == 1
    assert group.ess.refused("RemoveInstances", ScalingGroupId=group.id, InstanceId_1=detached) == (404, "InvalidInstanceId.NotFound")


def test_sizes_bound_who_may_be_attached_or_removed() -> None:
    group = scaling_group(size=2, MinSize=2, MaxSize=2)
    own = group.place.run()
    assert group.ess.refused("AttachInstances", ScalingGroupId=group.id, InstanceId_1=own) == (400, "IncorrectCapacity.MaxSize")
    first = group.ids()[0]
    assert group.ess.refused("RemoveInstances", ScalingGroupId=group.id, InstanceId_1=first) == (400, "IncorrectCapacity.MinSize")
    group.ess.ok("RemoveInstances", ScalingGroupId=group.id, InstanceId_1=first, DecreaseDesiredCapacity="false")
    assert group.ess.refused("RemoveInstances", ScalingGroupId=group.id, InstanceId_1=own) == (404, "InvalidInstanceId.NotFound")
    group.wait(20)
    assert (first in group.ids(), group.states()) == (False, ["InService", "InService"])


def test_standby_takes_the_weight_away_and_gives_it_back() -> None:
    group, servers = balanced()
    first = group.ids()[0]

    def weight() -> int:
        rows = group.alb.ok("ListServerGroupServers", ServerGroupId=servers)["Servers"]
        return int(next(row["Weight"] for row in rows if row["ServerId"] == first))

    group.ess.ok("EnterStandby", ScalingGroupId=group.id, InstanceId_1=first)
    group.wait()
    assert (weight(), group.row()["StandbyCapacity"]) == (0, 1)
    group.modify(DesiredCapacity=0)
    group.wait()
    assert group.ids() == [first]  # nobody ends the life of one in standby
    group.ess.ok("ExitStandby", ScalingGroupId=group.id, InstanceId_1=first)
    assert group.ess.refused("ExitStandby", ScalingGroupId=group.id, InstanceId_1=first)[0] in (400, 404)


def test_sold_out_is_tried_again_on_the_clock() -> None:
    group = scaling_group(size=0)
    group.ess.cloud.seed["ecs"] = {"stock": {TYPE: 0}}
    group.modify(DesiredCapacity=1)
    group.wait(100)
    failed = group.activities(StatusCode="Failed")
    assert (len(failed), failed[0]["ErrorCode"], group.ids()) == (2, "OperationDenied.NoStock", [])
    group.ess.cloud.seed["ecs"] = {"stock": {TYPE: 1}}
    group.wait(60)
    assert group.states() == ["InService"]


def test_types_are_tried_in_their_order() -> None:
    group = bare()
    group.ess.cloud.seed["ecs"] = {"stock": {TYPE: 1}}
    start(group, size=2, configuration={"InstanceTypes_1": TYPE, "InstanceTypes_2": OTHER_TYPE})
    assert sorted(row["InstanceType"] for row in group.members()) == [OTHER_TYPE, TYPE]


@pytest.mark.parametrize(("policy", "zones"), [("PRIORITY", [ZONE, ZONE]), ("BALANCE", [ZONE, "ap-southeast-1b"])])
def test_the_policy_says_in_which_zones(policy: str, zones: list[str]) -> None:
    group = scaling_group(MultiAZPolicy=policy)
    assert sorted(row["ZoneId"] for row in group.members()) == zones
    group.modify(DesiredCapacity=4)
    group.wait()
    group.modify(DesiredCapacity=2)
    group.wait()
    assert sorted(row["ZoneId"] for row in group.members()) == zones


def test_cost_optimized_takes_the_cheapest_and_compensates_spot() -> None:
    group = bare()
    group.ess.cloud.seed["prices"] = {TYPE: "9", OTHER_TYPE: "1"}
    group.ess.cloud.seed["ecs"] = {"stock": {OTHER_TYPE: 1}}
    types = {"InstanceTypes_1": TYPE, "InstanceTypes_2": OTHER_TYPE, "SpotStrategy": "SpotAsPriceGo"}
    mix = {"OnDemandBaseCapacity": 1, "OnDemandPercentageAboveBaseCapacity": 0}
    start(group, size=2, configuration=types, MultiAZPolicy="COST_OPTIMIZED", **mix)
    found = sorted((row["InstanceType"], row["SpotStrategy"]) for row in group.members())
    assert found == [(OTHER_TYPE, "NoSpot"), (TYPE, "SpotAsPriceGo")]
    assert group.row()["SpotCapacity"] == 1


def test_what_a_configuration_says_is_handed_on() -> None:
    group = bare()
    group.place.caller(RAM).ok("CreateRole", RoleName="metal", AssumeRolePolicyDocument=TRUST)
    given = {
        "RamRoleName": "metal",
        "UserData": "IyEvYmluL3No",
        "Tags": '{"stack": "metal"}',
        "HttpTokens": "required",
        "HttpEndpoint": "enabled",
        "SystemDisk_Category": "cloud_essd",
        "SystemDisk_Size": 200,
        "SystemDisk_Encrypted": "true",
        "DataDisk_1_Category": "cloud_essd",
        "DataDisk_1_Size": 500,
        "DataDisk_1_Encrypted": "true",
        "DataDisk_1_DeleteWithInstance": "true",
        "SpotStrategy": "SpotWithPriceLimit",
        "SpotPriceLimit_1_InstanceType": TYPE,
        "SpotPriceLimit_1_PriceLimit": "0.5",
    }
    start(group, size=1, configuration=given)
    (id,) = group.ids()
    instance = group.place.row(id)
    assert (instance["SpotStrategy"], float(instance["SpotPriceLimit"])) == ("SpotWithPriceLimit", 0.5)
    assert {"TagKey": "stack", "TagValue": "metal"} in instance["Tags"]["Tag"]
    assert group.place.ecs.ok("DescribeUserData", InstanceId=id)["UserData"] == "IyEvYmluL3No"
    disks = {row["Type"]: (row["Size"], row["Encrypted"]) for row in group.place.disks(InstanceId=id)}
    assert disks == {"system": (200, True), "data": (500, True)}
    (shown,) = group.ess.ok("DescribeScalingConfigurations", ScalingGroupId=group.id)["ScalingConfigurations"]["ScalingConfiguration"]
    assert shown["SpotPriceLimit"] == {"SpotPriceModel": [{"InstanceType": TYPE, "PriceLimit": 0.5}]}
    assert (shown["SystemDisk.Encrypted"], shown["SystemDiskSize"], shown["HttpTokens"]) == (True, 200, "required")
    assert shown["DataDisks"]["DataDisk"][0]["Size"] == 500
    group.ess.ok("DeleteScalingGroup", ScalingGroupId=group.id, ForceDelete="true")
    group.wait()
    assert group.place.bills() == []


def test_processes_that_are_suspended_do_nothing() -> None:
    group = scaling_group(size=1)
    group.ess.ok("SuspendProcesses", ScalingGroupId=group.id, Process_1="ScaleOut")
    assert group.row()["SuspendedProcesses"] == {"SuspendedProcess": ["ScaleOut"]}
    group.modify(DesiredCapacity=2)
    group.wait(100)
    assert len(group.ids()) == 1
    group.ess.ok("ResumeProcesses", ScalingGroupId=group.id, Process_1="ScaleOut")
    group.wait()
    assert len(group.ids()) == 2
    assert group.ess.refused("SuspendProcesses", ScalingGroupId=group.id, Process_1="Sleep") == (400, "InvalidProcess")


def test_in_economical_mode_a_scale_in_only_stops_and_a_scale_out_starts_again() -> None:
    group = scaling_group(ScalingPolicy="recycle")
    before = group.ids()
    group.modify(DesiredCapacity=1)
    group.wait()
    (stopped,) = group.ids(LifecycleState="Stopped")
    assert (group.row()["StoppedCapacity"], group.place.row(stopped)["StoppedMode"]) == (1, "StopCharging")
    assert group.place.bills().count("ecs-instance") == 1
    assert group.activities()[0]["StoppedCapacity"] == 1
    group.wait(600)
    assert group.ids(LifecycleState="Stopped") == [stopped]
    group.modify(DesiredCapacity=3)
    group.wait()
    assert (group.states(), set(before) <= set(group.ids())) == (["InService"] * 3, True)
    assert (group.activities()[0]["StartedCapacity"], group.activities()[0]["CreatedCapacity"]) == (1, 1)
    refused = group.ess.refused("StartInstanceRefresh", ScalingGroupId=group.id, SkipMatching="false")
    assert refused == (400, "InvalidOperation.ScalingPolicy")
    group.modify(DesiredCapacity=1)
    group.wait()
    group.ess.ok("DeleteScalingGroup", ScalingGroupId=group.id, ForceDelete="true")
    group.wait()
    assert (group.place.instances(), group.place.bills()) == ([], [])
