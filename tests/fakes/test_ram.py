"""Roles, users, groups and policies: names are an account's, documents are checked, and what is attached holds."""

from __future__ import annotations

import json

import pytest
from fake_calls import RAM, Caller, stepped_cloud

TRUST = json.dumps(
    {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": ["ecs.aliyuncs.com"]}}]}
)
READ = json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "oss:Get*", "Resource": "*"}]})


@pytest.fixture
def ram() -> Caller:
    return Caller(stepped_cloud(), RAM)


def test_a_role_lives(ram: Caller) -> None:
    made = ram.ok("CreateRole", RoleName="Reader", AssumeRolePolicyDocument=TRUST, Description="reads")["Role"]
    assert made["Arn"] == "acs:ram::1000000000000001:role/reader"
    assert ram.refused("CreateRole", RoleName="Reader", AssumeRolePolicyDocument=TRUST) == (409, "EntityAlreadyExists.Role")
    ram.wait(60)
    ram.ok("UpdateRole", RoleName="Reader", NewMaxSessionDuration=7200)
    role = ram.ok("GetRole", RoleName="Reader")["Role"]
    assert (role["MaxSessionDuration"], role["RoleId"], role["AssumeRolePolicyDocument"]) == (7200, made["RoleId"], TRUST)
    assert role["CreateDate"] != role["UpdateDate"]
    ram.ok("DeleteRole", RoleName="Reader")
    assert ram.refused("GetRole", RoleName="Reader") == (404, "EntityNotExist.Role")


def test_an_account_has_one_ram_for_all_regions(ram: Caller) -> None:
    ram.ok("CreateRole", RoleName="r", AssumeRolePolicyDocument=TRUST)
    assert Caller(ram.cloud, RAM, "cn-beijing").ok("GetRole", RoleName="r")["Role"]["RoleName"] == "r"
    assert [(row["region"], row["kind"]) for row in ram.cloud.inventory()] == [("global", "ram-role")]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"AssumeRolePolicyDocument": "{"}, "MalformedPolicyDocument.AssumeRolePolicyDocument"),
        ({"AssumeRolePolicyDocument": READ}, "MalformedPolicyDocument.AssumeRolePolicyDocument"),
        ({"AssumeRolePolicyDocument": TRUST.replace('"1"', '"2"')}, "MalformedPolicyDocument.AssumeRolePolicyDocument"),
        ({"RoleName": "a b"}, "InvalidParameter.RoleName.InvalidChars"),
        ({"RoleName": "r" * 65}, "InvalidParameter.RoleName.InvalidChars"),
        ({"MaxSessionDuration": 60}, "InvalidMaxSessionDuration"),
        ({"RoleName": ""}, "MissingRoleName"),
    ],
)
def test_roles_that_are_refused(ram: Caller, given: dict[str, object], code: str) -> None:
    assert ram.refused("CreateRole", **{"RoleName": "r", "AssumeRolePolicyDocument": TRUST, **given}) == (400, code)
    assert ram.cloud.inventory() == []


def test_attached_policies_hold_what_they_are_attached_to(ram: Caller) -> None:
    ram.ok("CreateRole", RoleName="r", AssumeRolePolicyDocument=TRUST)
    ram.ok("CreatePolicy", PolicyName="p", PolicyDocument=READ)
    attachment = {"RoleName": "r", "PolicyName": "p", "PolicyType": "Custom"}
    ram.ok("AttachPolicyToRole", **attachment)
    assert ram.refused("AttachPolicyToRole", **attachment) == (409, "EntityAlreadyExists.Role.Policy")
    assert [row["PolicyName"] for row in ram.ok("ListPoliciesForRole", RoleName="r")["Policies"]["Policy"]] == ["p"]
    assert ram.ok("GetPolicy", PolicyName="p", PolicyType="Custom")["Policy"]["AttachmentCount"] == 1
    assert ram.refused("DeleteRole", RoleName="r") == (409, "DeleteConflict.Role.Policy")
    assert ram.refused("DeletePolicy", PolicyName="p") == (409, "DeleteConflict.Policy.Role")
    ram.ok("DetachPolicyFromRole", **attachment)
    assert ram.refused("DetachPolicyFromRole", **attachment) == (404, "EntityNotExist.Role.Policy")
    ram.ok("DeletePolicy", PolicyName="p")
    ram.ok("DeleteRole", RoleName="r")
    assert ram.cloud.inventory() == []


def test_the_clouds_own_policies_are_there_and_in_no_inventory(ram: Caller) -> None:
    ram.ok("CreateRole", RoleName="r", AssumeRolePolicyDocument=TRUST)
    ram.ok("AttachPolicyToRole", RoleName="r", PolicyName="AliyunOSSReadOnlyAccess", PolicyType="System")
    assert ram.refused("GetPolicy", PolicyName="AliyunOSSReadOnlyAccess", PolicyType="Custom") == (404, "EntityNotExist.Policy")
    assert ram.refused("AttachPolicyToRole", RoleName="r", PolicyName="None", PolicyType="System") == (404, "EntityNotExist.Policy")
    assert {row["kind"] for row in ram.cloud.inventory()} == {"ram-role"}


def test_a_policy_keeps_five_versions(ram: Caller) -> None:
    ram.ok("CreatePolicy", PolicyName="p", PolicyDocument=READ)
    for number in range(2, 6):
        made = ram.ok("CreatePolicyVersion", PolicyName="p", PolicyDocument=READ, SetAsDefault=str(number == 3).lower())
        assert made["PolicyVersion"]["VersionId"] == f"v{number}"
    again = {"PolicyName": "p", "PolicyDocument": READ}
    assert ram.refused("CreatePolicyVersion", **again) == (409, "LimitExceeded.Policy.Version")
    ram.ok("CreatePolicyVersion", **again, RotateStrategy="DeleteOldestNonDefaultVersionWhenLimitExceeded")
    versions = ram.ok("ListPolicyVersions", PolicyName="p", PolicyType="Custom")["PolicyVersions"]["PolicyVersion"]
    assert [(row["VersionId"], row["IsDefaultVersion"]) for row in versions] == [
        ("v2", False),
        ("v3", True),
        ("v4", False),
        ("v5", False),
        ("v6", False),
    ]
    assert ram.refused("DeletePolicyVersion", PolicyName="p", VersionId="v3") == (409, "DeleteConflict.Policy.Version.Default")
    assert ram.refused("DeletePolicy", PolicyName="p") == (409, "DeleteConflict.Policy.Version")
    ram.ok("DeletePolicy", PolicyName="p", CascadingDelete="true")


@pytest.mark.parametrize(
    "document", ["", "[]", "{}", TRUST, READ.replace("Allow", "Perhaps"), json.dumps({"Version": "1", "Statement": []})]
)
def test_policy_documents_that_are_refused(ram: Caller, document: str) -> None:
    status, code = ram.refused("CreatePolicy", PolicyName="p", PolicyDocument=document)
    assert (status, code) == (400, "MalformedPolicyDocument" if document else "MissingPolicyDocument")


def test_tags_of_roles_are_json(ram: Caller) -> None:
    ram.ok("CreateRole", RoleName="r", AssumeRolePolicyDocument=TRUST, Tag='[{"Key":"a","Value":"1"}]')
    names = {"ResourceType": "role", "ResourceNames": '["r"]'}
    ram.ok("TagResources", **names, Tag='[{"Key":"b","Value":"2"}]')
    ram.ok("UntagResources", **names, TagKeys='["a"]')
    tags = ram.ok("ListTagResources", **names)["TagResources"]
    assert [(row["TagKey"], row["TagValue"]) for row in tags] == [("b", "2")]


def test_users_and_groups_hold_each_other(ram: Caller) -> None:
    ram.ok("CreateUser", UserName="u", DisplayName="U")
    ram.ok("CreateGroup", GroupName="g")
    ram.ok("AddUserToGroup", UserName="u", GroupName="g")
    assert ram.refused("DeleteUser", UserName="u") == (409, "DeleteConflict.User.Group")
    assert ram.refused("DeleteGroup", GroupName="g") == (409, "DeleteConflict.Group.User")
    ram.ok("UpdateUser", UserName="u", NewUserName="v")
    assert [row["UserName"] for row in ram.ok("ListUsersForGroup", GroupName="g")["Users"]["User"]] == ["v"]
    ram.ok("RemoveUserFromGroup", UserName="v", GroupName="g")
    ram.ok("DeleteUser", UserName="v")
    ram.ok("DeleteGroup", GroupName="g")
    assert ram.cloud.inventory() == []
