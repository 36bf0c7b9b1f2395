"""Scaling groups that are made from a launch template."""

from __future__ import annotations

from typing import Any

import pytest
from machines import IMAGE, TYPE
from scaling import OTHER_TYPE, Group, bare


def template(group: Group, name: str = "t", **more: Any) -> str:
    given = {"LaunchTemplateName": name, "ImageId": IMAGE, "InstanceType": TYPE, "SecurityGroupId": group.place.group, **more}
    id: str = group.place.ecs.ok("CreateLaunchTemplate", **given)["LaunchTemplateId"]
    return id


def version(group: Group, id: str, **more: Any) -> str:
    given = {"LaunchTemplateId": id, "ImageId": IMAGE, "InstanceType": TYPE, "SecurityGroupId": group.place.group, **more}
    return str(group.place.ecs.ok("CreateLaunchTemplateVersion", **given)["LaunchTemplateVersionNumber"])


def create(group: Group, *, size: int = 2, **more: Any) -> Group:
    given = {"MinSize": 0, "MaxSize": 6, "DesiredCapacity": size, "VSwitchIds_1": group.place.vswitches[0], **more}
    group.id = group.ess.ok("CreateScalingGroup", **given)["ScalingGroupId"]
    group.ess.ok("EnableScalingGroup", ScalingGroupId=group.id)
    group.wait()
    return group


def versions(group: Group) -> list[tuple[str, str]]:
    return sorted((row["LaunchTemplateId"], row["LaunchTemplateVersion"]) for row in group.members())


def task(group: Group, id: str) -> dict[str, Any]:
    answer = group.ess.ok("DescribeInstanceRefreshes", ScalingGroupId=group.id, InstanceRefreshTaskId_1=id)
    row: dict[str, Any] = answer["InstanceRefreshTasks"]["InstanceRefreshTask"][0]
    return row


def test_a_template_is_enough_to_be_enabled_and_its_version_is_shown() -> None:
    group = bare()
    id = template(group, HttpTokens="required", HttpEndpoint="enabled", UserData="IyEvYmluL3No", Tag_1_Key="stack", Tag_1_Value="metal")
    create(group, LaunchTemplateId=id, LaunchTemplateVersion="1")
    assert group.states() == ["InService"] * 2
    assert versions(group) == [(id, "1")] * 2
    shown = group.row()
    assert (shown["LaunchTemplateId"], shown["LaunchTemplateVersion"], shown["ActiveScalingConfigurationId"]) == (id, "1", "")
    instance = group.place.instances()[0]
    assert {"TagKey": "stack", "TagValue": "metal"} in instance["Tags"]["Tag"]
    assert instance["MetadataOptions"]["HttpTokens"] == "required"
    assert group.place.ecs.ok("DescribeUserData", InstanceId=instance["InstanceId"])["UserData"] == "IyEvYmluL3No"


def test_overrides_take_the_place_of_the_type_in_their_order() -> None:
    group = bare()
    group.ess.cloud.seed["ecs"] = {"stock": {OTHER_TYPE: 1}}
    types = {"LaunchTemplateOverride_1_InstanceType": OTHER_TYPE, "LaunchTemplateOverride_2_InstanceType": TYPE}
    types |= {"LaunchTemplateOverride_1_SpotPriceLimit": "0.50"}
    create(group, LaunchTemplateId=template(group, SpotStrategy="SpotWithPriceLimit", SpotPriceLimit="0.9"), **types)
    found = {row["InstanceType"]: row for row in group.place.instances()}
    assert {name: float(row["SpotPriceLimit"]) for name, row in found.items()} == {OTHER_TYPE: 0.5, TYPE: 0.9}
    overrides = group.row()["LaunchTemplateOverrides"]["LaunchTemplateOverride"]
    assert overrides == [{"InstanceType": OTHER_TYPE, "SpotPriceLimit": 0.5}, {"InstanceType": TYPE}]
    group.modify(LaunchTemplateOverride_1_InstanceType=TYPE)
    assert group.row()["LaunchTemplateOverrides"] == {"LaunchTemplateOverride": [{"InstanceType": TYPE}]}


def test_a_group_that_was_modified_refreshes_its_members_and_goes_back_to_theirs() -> None:
    """As the plugin and our provider do it: first the group's version, then the refresh."""
    group = bare()
    id = template(group)
    create(group, LaunchTemplateId=id, LaunchTemplateVersion="1")
    second = version(group, id)
    group.modify(LaunchTemplateId=id, LaunchTemplateVersion=second)
    group.wait(60)
    assert versions(group) == [(id, "1")] * 2  # those that are there stay as they are
    desired = {"DesiredConfiguration_LaunchTemplateId": id, "DesiredConfiguration_LaunchTemplateVersion": second}
    begun = group.ess.ok("StartInstanceRefresh", ScalingGroupId=group.id, **desired)["InstanceRefreshTaskId"]
    assert task(group, begun)["DesiredConfiguration"] == {"LaunchTemplateId": id, "LaunchTemplateVersion": second}
    group.ess.ok("RollbackInstanceRefresh", ScalingGroupId=group.id, InstanceRefreshTaskId=begun)
    group.wait(60)
    assert (task(group, begun)["Status"], group.row()["LaunchTemplateVersion"]) == ("RollbackSuccessful", "1")
    assert versions(group) == [(id, "1")] * 2
    again = group.ess.ok("StartInstanceRefresh", ScalingGroupId=group.id, **desired)["InstanceRefreshTaskId"]
    group.wait(60)
    assert (task(group, again)["Status"], group.row()["LaunchTemplateVersion"]) == ("Successful", second)
    assert versions(group) == [(id, second)] * 2
    refused = group.ess.refused("StartInstanceRefresh", ScalingGroupId=group.id, **desired)
    assert refused == (400, "InvalidInstance.NoInstanceNeedBeRefreshed")


@pytest.mark.parametrize(("named", "number"), [("Latest", "2"), ("Default", "1"), ("", "1")])
def test_members_carry_the_number_of_a_version_that_is_named(named: str, number: str) -> None:
    group = bare()
    id = template(group)
    version(group, id)
    create(group, size=1, LaunchTemplateId=id, LaunchTemplateVersion=named)
    assert versions(group) == [(id, number)]
    assert group.row()["LaunchTemplateVersion"] == (named or "Default")


def test_a_configuration_takes_the_place_of_a_template_and_the_other_way_round() -> None:
    group = bare()
    id = template(group)
    create(group, size=1, LaunchTemplateId=id)
    made = group.configuration()
    group.modify(ActiveScalingConfigurationId=made)
    assert (group.row()["LaunchTemplateId"], group.row()["ActiveScalingConfigurationId"]) == ("", made)
    group.modify(LaunchTemplateId=id, LaunchTemplateVersion="1")
    assert (group.row()["LaunchTemplateId"], group.row()["ActiveScalingConfigurationId"]) == (id, "")


def test_what_does_not_exist_is_refused_and_what_is_gone_later_is_a_failed_activity() -> None:
    group = bare()
    id = template(group)
    given = {"MinSize": 0, "MaxSize": 1, "VSwitchIds_1": group.place.vswitches[0]}
    assert group.ess.refused("CreateScalingGroup", **given, LaunchTemplateId="lt-none") == (404, "InvalidLaunchTemplate.NotFound")
    wrong = {**given, "LaunchTemplateId": id, "LaunchTemplateVersion": "7"}
    assert group.ess.refused("CreateScalingGroup", **wrong) == (404, "InvalidLaunchTemplateVersion.NotFound")
    create(group, size=0, LaunchTemplateId=id)
    group.place.ecs.ok("DeleteLaunchTemplate", LaunchTemplateId=id)
    group.modify(DesiredCapacity=1)
    group.wait()
    assert group.activities()[0]["ErrorCode"] == "InvalidLaunchTemplate.NotFound"
