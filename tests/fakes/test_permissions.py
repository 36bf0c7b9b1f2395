"""What policies let a role do: wildcards, denials, conditions, and the cloud's own policies."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fake_calls import RAM, Caller, stepped_cloud

from fourways.fakes.accounts import DEFAULT_ACCOUNT_ID
from fourways.fakes.service import Scope
from fourways.fakes.services.ram.permissions import allows, role_allows

SECRET = "acs:kms:ap-southeast-1:1000000000000001:secret/key"
OBJECT = "acs:oss:*:1000000000000001:bucket/a/b"
TRUST = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": ["ecs.aliyuncs.com"]}}]}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Resource": "*", **one} for one in statements]})


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("oss:GetObject", "*", True),
        ("oss:Get*", "acs:oss:*:*:bucket/*", True),
        ("OSS:getobject", "acs:oss:*:*:*", True),
        (["oss:ListObjects", "oss:GetObject"], ["acs:oss:*:*:other/*", "acs:oss:*:*:bucket/a/*"], True),
        ("oss:GetObject", "acs:oss:*:*:bucket", False),
        ("oss:GetObject", "acs:oss:*:*:Bucket/*", False),
        ("oss:PutObject", "*", False),
        ("oss:GetObjec.", "*", False),
        ("oss:Get", "*", False),
    ],
)
def test_an_allow_is_about_what_its_patterns_cover(action: Any, resource: Any, allowed: bool) -> None:
    assert allows([document({"Action": action, "Resource": resource})], "oss:GetObject", OBJECT) is allowed


def test_nothing_is_allowed_that_is_not_said_and_a_denial_counts_more() -> None:
    everything, never = document({"Action": "*"}), document({"Effect": "Deny", "Action": "kms:*", "Resource": SECRET})
    assert not allows([], "kms:GetSecretValue", SECRET)
    assert allows([everything], "kms:GetSecretValue", SECRET)
    assert not allows([everything, never], "kms:GetSecretValue", SECRET)
    assert not allows([never, everything], "kms:GetSecretValue", SECRET)
    assert allows([everything, never], "kms:GetSecretValue", SECRET + "2")


def test_not_action_and_not_resource_are_about_the_rest() -> None:
    assert not allows([document({"NotAction": "kms:Get*"})], "kms:GetSecretValue", SECRET)
    assert allows([document({"NotAction": "oss:*"})], "kms:GetSecretValue", SECRET)
    rest = json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "*", "NotResource": ["acs:kms:*:*:secret/key"]}]})
    assert not allows([rest], "kms:GetSecretValue", SECRET)
    assert allows([rest], "kms:GetSecretValue", SECRET + "2")


def test_a_condition_lets_nothing_through() -> None:
    condition = {"IpAddress": {"acs:SourceIp": "192.0.2.0/24"}}
    assert not allows([document({"Action": "*", "Condition": condition})], "kms:GetSecretValue", SECRET)
    assert allows([document({"Action": "*", "Condition": {}})], "kms:GetSecretValue", SECRET)
    everywhere = document({"Action": "*"}, {"Effect": "Deny", "Action": "kms:*", "Condition": condition})
    assert not allows([everywhere], "kms:GetSecretValue", SECRET)


@pytest.mark.parametrize(
    ("operator", "values", "prefix", "allowed"),
    [
        ("StringLike", ["model/*"], "model/", True),
        ("StringLike", "model/*", "model/a", True),
        ("StringLike", ["model/*"], "other/", False),
        ("StringEquals", ["model/"], "model/", True),
        ("StringEquals", ["model/*"], "model/a", False),
        ("StringNotLike", ["model/*"], "other/", False),
    ],
)
def test_a_condition_on_what_is_known_is_evaluated(operator: str, values: Any, prefix: str, allowed: bool) -> None:
    condition = {operator: {"oss:Prefix": values}}
    facts = {"oss:Prefix": prefix}
    assert allows([document({"Action": "*", "Condition": condition})], "oss:ListObjects", OBJECT, facts) is allowed
    denies = document({"Action": "*"}, {"Effect": "Deny", "Action": "*", "Condition": condition})
    assert allows([denies], "oss:ListObjects", OBJECT, facts) is (not allowed and operator != "StringNotLike")
    assert not allows([document({"Action": "*", "Condition": condition})], "oss:ListObjects", OBJECT)


def test_a_role_may_do_what_is_attached_to_it() -> None:
    ram = Caller(stepped_cloud(), RAM)
    scope = Scope(ram.cloud, DEFAULT_ACCOUNT_ID, "ap-southeast-1")
    assert not role_allows(scope, "r", "kms:GetSecretValue", SECRET)
    ram.ok("CreateRole", RoleName="r", AssumeRolePolicyDocument=json.dumps(TRUST))
    assert not role_allows(scope, "r", "kms:GetSecretValue", SECRET)
    ram.ok("CreatePolicy", PolicyName="p", PolicyDocument=document({"Action": "kms:GetSecretValue", "Resource": SECRET}))
    ram.ok("AttachPolicyToRole", RoleName="r", PolicyName="p", PolicyType="Custom")
    assert role_allows(scope, "r", "kms:GetSecretValue", SECRET)
    assert not role_allows(scope, "r", "kms:GetSecretValue", SECRET + "2")
    nothing = document({"Action": "kms:ListSecrets"})
    ram.ok("CreatePolicyVersion", PolicyName="p", PolicyDocument=nothing, SetAsDefault="true")
    assert not role_allows(scope, "r", "kms:GetSecretValue", SECRET)


@pytest.mark.parametrize(
    ("policy", "action", "allowed"),
    [
        ("AliyunOSSReadOnlyAccess", "oss:GetObject", True),
        ("AliyunOSSReadOnlyAccess", "oss:PutObject", False),
        ("AliyunKMSReadOnlyAccess", "kms:GetSecretValue", False),
        ("AliyunKMSSecretUserAccess", "kms:GetSecretValue", True),
        ("AliyunKMSSecretAdminAccess", "kms:DeleteSecret", True),
        ("AliyunECSFullAccess", "ecs:RunInstances", True),
        ("AliyunECSFullAccess", "kms:GetSecretValue", False),
        ("AliyunECSReadOnlyAccess", "ecs:RunInstances", False),
        ("AdministratorAccess", "kms:GetSecretValue", True),
        ("ReadOnlyAccess", "kms:GetSecretValue", False),
    ],
)
def test_the_clouds_own_policies_say_what_they_allow(policy: str, action: str, allowed: bool) -> None:
    ram = Caller(stepped_cloud(), RAM)
    text = ram.ok("GetPolicy", PolicyName=policy, PolicyType="System")["Policy"]["PolicyDocument"]
    assert allows([text], action, SECRET) is allowed
