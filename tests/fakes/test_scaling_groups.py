"""Scaling groups: free, but what they start is billed until they are gone."""

from __future__ import annotations

from typing import Any

import pytest
from fake_calls import ESS, Caller
from machines import IMAGE, TYPE, Site, site


@pytest.fixture
def place() -> Site:
    return site()


@pytest.fixture
def ess(place: Site) -> Caller:
    return place.caller(ESS)


def make(place: Site, ess: Caller, **more: Any) -> str:
    wanted = {"ScalingGroupName": "g", "MinSize": 1, "MaxSize": 4, "VSwitchIds_1": place.vswitches[0], "VSwitchIds_2": place.vswitches[1]}
    id: str = ess.ok("CreateScalingGroup", **{**wanted, **more})["ScalingGroupId"]
    return id


def activate(place: Site, ess: Caller, group: str) -> str:
    id: str = ess.ok("CreateScalingConfiguration", ScalingGroupId=group, ImageId=IMAGE, InstanceType=TYPE, SecurityGroupId=place.group)[
        "ScalingConfigurationId"
    ]
    ess.ok("EnableScalingGroup", ScalingGroupId=group, ActiveScalingConfigurationId=id)
    ess.wait(10)
    return id


def row(ess: Caller, id: str) -> dict[str, Any]:
    found: dict[str, Any] = ess.ok("DescribeScalingGroups", ScalingGroupId_1=id)["ScalingGroups"]["ScalingGroup"][0]
    return found


def test_a_group_is_inactive_and_free_at_first(place: Site, ess: Caller) -> None:
    id = make(place, ess, DesiredCapacity=2, DefaultCooldown=20)
    shown = row(ess, id)
    assert (shown["LifecycleState"], shown["DesiredCapacity"], shown["TotalCapacity"], shown["VpcId"]) == ("Inactive", 2, 0, place.vpc_id)
    assert place.bills() == []
    assert ess.refused("EnableScalingGroup", ScalingGroupId=id)[0] == 400
    assert len(ess.ok("DescribeScalingGroups", ScalingGroupName="g")["ScalingGroups"]["ScalingGroup"]) == 1
    ess.ok("DeleteScalingGroup", ScalingGroupId=id)
    ess.wait()
    assert place.made("scaling-group") == []


def test_an_active_group_starts_instances_and_releases_them(place: Site, ess: Caller) -> None:
    id = make(place, ess, DesiredCapacity=2, MultiAZPolicy="BALANCE")
    activate(place, ess, id)
    assert place.bills() == ["ecs-disk", "ecs-disk", "ecs-instance", "ecs-instance"]
    assert row(ess, id)["ActiveCapacity"] == 2
    assert {instance["ZoneId"] for instance in place.instances()} == {"ap-southeast-1a", "ap-southeast-1b"}
    ess.ok("ModifyScalingGroup", ScalingGroupId=id, DesiredCapacity=1)
    ess.wait(10)
    assert len(place.instances()) == 1
    assert ess.refused("DeleteScalingGroup", ScalingGroupId=id) == (400, "InstanceInUse")
    ess.ok("DeleteScalingGroup", ScalingGroupId=id, ForceDelete="true")
    ess.wait(10)
    assert place.bills() == []
    assert place.made("instance") + place.made("scaling-group") + place.made("scaling-configuration") == []


def test_what_is_sold_out_is_an_activity_that_failed(place: Site, ess: Caller) -> None:
    ess.cloud.seed["ecs"] = {"stock": {TYPE: 1}}
    id = make(place, ess, DesiredCapacity=2)
    activate(place, ess, id)
    assert row(ess, id)["TotalCapacity"] == 1
    (activity,) = ess.ok("DescribeScalingActivities", ScalingGroupId=id)["ScalingActivities"]["ScalingActivity"]
    assert (activity["StatusCode"], activity["CreatedCapacity"]) == ("Warning", 1)  # SDK, DescribeScalingActivities: a success in part
    assert "OperationDenied.NoStock" in activity["StatusMessage"]


def test_protected_instances_stay(place: Site, ess: Caller) -> None:
    id = make(place, ess, MinSize=0, DesiredCapacity=2)
    activate(place, ess, id)
    kept = place.instances()[0]["InstanceId"]
    ess.ok("SetInstancesProtection", ScalingGroupId=id, InstanceId_1=kept, ProtectedFromScaleIn="true")
    ess.ok("ModifyScalingGroup", ScalingGroupId=id, DesiredCapacity=0)
    ess.wait(10)
    assert [instance["InstanceId"] for instance in place.instances()] == [kept]
    shown = ess.ok("DescribeScalingInstances", ScalingGroupId=id)["ScalingInstances"]["ScalingInstance"]
    assert [(member["InstanceId"], member["LifecycleState"]) for member in shown] == [(kept, "Protected")]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"MinSize": 5}, "InvalidMinSize.MaxSize"),
        ({"DesiredCapacity": 9}, "InvalidDesiredCapacity.OutOfRange"),
        ({"VSwitchIds_1": "vsw-none"}, "InvalidVSwitchId.NotFound"),
        ({"RemovalPolicy_1": "Any"}, "InvalidRemovalPolicy"),
        ({"MultiAZPolicy": "NONE"}, "InvalidMultiAZPolicy"),
    ],
)
def test_what_is_refused(place: Site, ess: Caller, wrong: dict[str, Any], code: str) -> None:
    wanted = {"MinSize": 1, "MaxSize": 4, "VSwitchIds_1": place.vswitches[0]}
    assert ess.refused("CreateScalingGroup", **{**wanted, **wrong})[1] == code


def test_blank_options_are_not_given(place: Site, ess: Caller) -> None:
    """As the alicloud plugin sends them."""
    shown = row(ess, make(place, ess, GroupType="", HealthCheckType=""))
    assert (shown["GroupType"], shown["HealthCheckType"]) == ("ECS", "ECS")


def test_names_are_unique_and_tags_come_by_a_second_call(place: Site, ess: Caller) -> None:
    id = make(place, ess)
    assert ess.refused("CreateScalingGroup", ScalingGroupName="g", MinSize=0, MaxSize=1) == (400, "InvalidScalingGroupName.Duplicate")
    ess.ok("TagResources", ResourceType="scalinggroup", ResourceId_1=id, Tag_1_Key="a", Tag_1_Value="b")
    assert row(ess, id)["Tags"] == {"Tag": [{"TagKey": "a", "TagValue": "b"}]}


def test_a_configuration_names_its_image_by_id_name_or_family(place: Site, ess: Caller) -> None:
    group = make(place, ess)
    given = {"ScalingGroupId": group, "InstanceType": TYPE, "SecurityGroupId": place.group}
    assert ess.refused("CreateScalingConfiguration", **given) == (400, "MissingImageId")
    for way in ({"ImageId": IMAGE}, {"ImageName": IMAGE}, {"ImageFamily": "acs:ubuntu_22_04_x64"}):
        id = ess.ok("CreateScalingConfiguration", **given, **way)["ScalingConfigurationId"]
        found = ess.ok("DescribeScalingConfigurations", ScalingConfigurationId_1=id)["ScalingConfigurations"]
        assert found["ScalingConfiguration"][0]["ImageId"] == IMAGE
