"""The small services that clients ask before the real work: resource groups, billing, endpoints."""

from __future__ import annotations

import json

import pytest
from fake_calls import GROUPS, HOST, Caller, stepped_cloud


@pytest.fixture
def groups() -> Caller:
    return Caller(stepped_cloud(), GROUPS)


def test_an_account_starts_with_groups_that_nobody_made(groups: Caller) -> None:
    rows = groups.ok("ListResourceGroups", Status="OK")["ResourceGroups"]["ResourceGroup"]
    assert [row["Name"] for row in rows] == ["default", "second"]
    assert groups.cloud.inventory() == []
    assert groups.refused("DeleteResourceGroup", ResourceGroupId=rows[0]["Id"]) == (409, "Invalid.ResourceGroup.Default")


def test_a_resource_group_lives(groups: Caller) -> None:
    made = groups.ok("CreateResourceGroup", Name="g", DisplayName="G")["ResourceGroup"]
    assert made["Status"] == "Creating"
    assert groups.refused("CreateResourceGroup", Name="g", DisplayName="G") == (409, "EntityAlreadyExists.ResourceGroup")
    groups.wait()
    groups.ok("UpdateResourceGroup", ResourceGroupId=made["Id"], NewDisplayName="H")
    row = groups.ok("GetResourceGroup", ResourceGroupId=made["Id"])["ResourceGroup"]
    assert (row["Status"], row["DisplayName"]) == ("OK", "H")
    groups.ok("DeleteResourceGroup", ResourceGroupId=made["Id"])
    groups.wait()
    assert groups.refused("GetResourceGroup", ResourceGroupId=made["Id"]) == (404, "EntityNotExists.ResourceGroup")
    assert groups.cloud.inventory() == []


def test_a_resource_group_has_tags(groups: Caller) -> None:
    id = groups.ok("CreateResourceGroup", Name="g", DisplayName="G")["ResourceGroup"]["Id"]
    given = {"ResourceType": "ResourceGroup", "ResourceId_1": id}
    groups.ok("TagResources", Tag_1_Key="a", Tag_1_Value="b", **given)
    assert groups.ok("ListTagResources", **given)["TagResources"] == [
        {"ResourceType": "ResourceGroup", "ResourceId": id, "TagKey": "a", "TagValue": "b"}
    ]
    groups.ok("UnTagResources", TagKey_1="a", **given)
    assert groups.ok("ListTagResources", **given)["TagResources"] == []


def test_every_product_is_to_be_found_at_the_fake_itself(groups: Caller) -> None:
    found = Caller(groups.cloud, "2015-06-12").ok("DescribeEndpoints", ServiceCode="vpcipam", Id="cn-beijing")
    assert [row["Endpoint"] for row in found["Endpoints"]["Endpoint"]] == [HOST]


def test_an_account_has_bought_nothing_in_advance(groups: Caller) -> None:
    answer = Caller(groups.cloud, "2017-12-14").send("QueryAvailableInstances", PageNum=1, PageSize=20)
    body = json.loads(answer.body)
    assert (body["Success"], body["Data"]["TotalCount"]) == (True, 0)
