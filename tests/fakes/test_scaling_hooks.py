"""Lifecycle hooks: members wait on their way in and out, until the time is over or somebody completes the action."""

from __future__ import annotations

from typing import Any

import pytest
from scaling import Group, bare, scaling_group, start


def hook(group: Group, transition: str, **more: Any) -> str:
    given = {"LifecycleHookName": f"h-{transition}", "LifecycleTransition": transition, "HeartbeatTimeout": 60, **more}
    id: str = group.ess.ok("CreateLifecycleHook", ScalingGroupId=group.id, **given)["LifecycleHookId"]
    return id


def action(group: Group) -> dict[str, Any]:
    """What the newest activity waits for."""
    answer = group.ess.ok("DescribeLifecycleActions", ScalingActivityId=group.activities()[0]["ScalingActivityId"])
    row: dict[str, Any] = answer["LifecycleActions"]["LifecycleAction"][0]
    return row


def complete(group: Group, result: str) -> None:
    row = action(group)
    given = {"LifecycleHookId": row["LifecycleHookId"], "LifecycleActionToken": row["LifecycleActionToken"]}
    group.ess.ok("CompleteLifecycleAction", LifecycleActionResult=result, **given)


def test_members_wait_on_their_way_in_until_the_time_is_over() -> None:
    group = scaling_group(size=0)
    hook(group, "SCALE_OUT")
    group.modify(DesiredCapacity=2)
    group.wait()
    assert group.states() == ["Pending:Wait"] * 2
    assert sorted(action(group)["InstanceIds"]["InstanceId"]) == sorted(group.ids())
    group.wait(50)
    assert group.row()["PendingWaitCapacity"] == 2
    group.wait(10)
    assert group.states() == ["InService"] * 2
    done = group.ess.ok("DescribeLifecycleActions", ScalingActivityId=group.activities()[0]["ScalingActivityId"])
    assert done["LifecycleActions"]["LifecycleAction"][0]["LifecycleActionStatus"] == "Timeout"


def test_on_the_way_out_a_member_leaves_its_load_balancer_first_and_then_waits() -> None:
    group = bare()
    servers = group.server_group()
    start(group, size=2, AlbServerGroup_1_AlbServerGroupId=servers, AlbServerGroup_1_Port=8000, AlbServerGroup_1_Weight=100)
    hook(group, "SCALE_IN")
    group.modify(DesiredCapacity=1)
    group.wait()
    (waiting,) = group.ids(LifecycleState="Removing:Wait")
    assert group.servers(servers) == group.ids(LifecycleState="InService")
    assert group.place.row(waiting)["Status"] == "Running"
    group.wait(60)
    assert waiting not in [row["InstanceId"] for row in group.place.instances()]
    assert group.activities()[0]["StatusCode"] == "Successful"


def test_completing_ends_the_wait_at_once_and_a_heartbeat_prolongs_it() -> None:
    group = scaling_group(size=0)
    id = hook(group, "SCALE_OUT")
    group.modify(DesiredCapacity=1)
    group.wait()
    token = action(group)["LifecycleActionToken"]
    group.ess.ok("RecordLifecycleActionHeartbeat", LifecycleHookId=id, LifecycleActionToken=token, HeartbeatTimeout=600)
    group.wait(590)
    assert group.states() == ["Pending:Wait"]
    complete(group, "CONTINUE")
    assert group.states() == ["InService"]
    given = {"LifecycleHookId": id, "LifecycleActionToken": token}
    assert group.ess.refused("CompleteLifecycleAction", **given) == (400, "IncorrectLifecycleActionStatus")
    given["LifecycleActionToken"] = "none"
    assert group.ess.refused("CompleteLifecycleAction", **given) == (404, "InvalidLifecycleActionToken.NotExist")


def test_abandoned_on_the_way_in_is_released_and_tried_again() -> None:
    group = scaling_group(size=0)
    hook(group, "SCALE_OUT")
    group.modify(DesiredCapacity=1)
    group.wait()
    (first,) = group.ids()
    activity = group.activities()[0]["ScalingActivityId"]
    complete(group, "ABANDON")
    group.wait()
    assert (group.ids(), group.place.instances(), group.activity(activity)["StatusCode"]) == ([], [], "Failed")
    group.wait(60)
    assert group.ids() not in ([], [first])


def test_rolled_back_on_the_way_out_stays_and_is_a_server_again() -> None:
    group = bare()
    servers = group.server_group()
    start(group, size=2, AlbServerGroup_1_AlbServerGroupId=servers, AlbServerGroup_1_Port=8000, AlbServerGroup_1_Weight=100)
    hook(group, "SCALE_IN")
    leaving = group.ids()[0]
    group.ess.ok("RemoveInstances", ScalingGroupId=group.id, InstanceId_1=leaving, DecreaseDesiredCapacity="false")
    group.ess.ok("SuspendProcesses", ScalingGroupId=group.id, Process_1="ScaleOut", Process_2="ScaleIn")
    group.wait()
    row = group.ess.ok("DescribeScalingActivities", ScalingGroupId=group.id)["ScalingActivities"]["ScalingActivity"]
    removal = next(item for item in row if item["Description"].startswith("Remove"))
    found = group.ess.ok("DescribeLifecycleActions", ScalingActivityId=removal["ScalingActivityId"])["LifecycleActions"]
    token = found["LifecycleAction"][0]["LifecycleActionToken"]
    given = {"LifecycleHookId": found["LifecycleAction"][0]["LifecycleHookId"], "LifecycleActionToken": token}
    group.ess.ok("CompleteLifecycleAction", LifecycleActionResult="ROLLBACK", **given)
    group.wait()
    assert leaving in group.ids(LifecycleState="InService")
    assert leaving in group.servers(servers)
    assert group.activity(removal["ScalingActivityId"])["StatusCode"] == "Failed"


def test_a_hook_is_changed_shown_and_deleted_with_the_waits_at_it() -> None:
    group = scaling_group(size=0)
    id = hook(group, "SCALE_OUT", NotificationArn="acs:mns:ap-southeast-1:1:queue/q", NotificationMetadata="m")
    group.ess.ok("ModifyLifecycleHook", LifecycleHookId=id, HeartbeatTimeout=900, DefaultResult="ABANDON")
    (shown,) = group.ess.ok("DescribeLifecycleHooks", LifecycleHookId_1=id)["LifecycleHooks"]["LifecycleHook"]
    assert (shown["HeartbeatTimeout"], shown["DefaultResult"], shown["LifecycleTransition"]) == (900, "ABANDON", "SCALE_OUT")
    assert (shown["NotificationArn"], shown["LifecycleHookName"]) == ("acs:mns:ap-southeast-1:1:queue/q", "h-SCALE_OUT")
    group.ess.ok("ModifyLifecycleHook", LifecycleHookId=id, DefaultResult="CONTINUE")
    group.modify(DesiredCapacity=1)
    group.wait()
    assert group.states() == ["Pending:Wait"]
    group.ess.ok("DeleteLifecycleHook", LifecycleHookId=id)
    group.wait(1)
    assert group.states() == ["InService"]
    assert group.ess.refused("DeleteLifecycleHook", LifecycleHookId=id) == (404, "InvalidLifecycleHookId.NotExist")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"HeartbeatTimeout": 10}, "InvalidHeartbeatTimeout"),
        ({"LifecycleTransition": "SLEEP"}, "InvalidLifecycleTransition"),
        ({"DefaultResult": "WAIT"}, "InvalidDefaultResult"),
        ({"LifecycleHookName": "x"}, "InvalidLifecycleHookName.Malformed"),
        ({"LifecycleHookName": "h-SCALE_IN"}, "InvalidLifecycleHookName.Duplicate"),
        ({"NotificationArn": "queue"}, "InvalidNotificationArn"),
        ({"ScalingGroupId": "asg-none"}, "InvalidScalingGroupId.NotFound"),
    ],
)
def test_what_is_refused_of_a_hook(wrong: dict[str, Any], code: str) -> None:
    group = scaling_group(size=0, active=False)
    hook(group, "SCALE_IN")
    given = {"ScalingGroupId": group.id, "LifecycleTransition": "SCALE_IN", "LifecycleHookName": "other"}
    assert group.ess.refused("CreateLifecycleHook", **{**given, **wrong})[1] == code


def test_six_hooks_are_the_most() -> None:
    group = scaling_group(size=0, active=False)
    for number in range(6):
        hook(group, "SCALE_IN", LifecycleHookName=f"h{number}")
    given = {"ScalingGroupId": group.id, "LifecycleTransition": "SCALE_IN"}
    assert group.ess.refused("CreateLifecycleHook", **given) == (400, "QuotaExceeded.LifecycleHook")
    group.ess.ok("DeleteScalingGroup", ScalingGroupId=group.id, ForceDelete="true")
    group.wait()
    assert group.place.made("lifecycle-hook") == []
