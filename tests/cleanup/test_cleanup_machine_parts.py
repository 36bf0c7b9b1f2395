"""What has no tags and no id of its own is looked up by its parent and its name, or by what it joins; never by less."""

from collections.abc import Mapping
from typing import Any

import pytest

from fourways.cleanup.cloud import RealCloud
from fourways.cleanup.stack_names import tags_of_name
from fourways.cleanup.wanted import UNKNOWN, NotEnoughError, Wanted
from fourways.cloud import ownership
from fourways.cloud.errors import CloudError, Outcome
from fourways.recovery.look import LOOK_UPS

REGION = "ap-southeast-1"


class Answers(RealCloud):
    """One answer to each action; `asked` is what was asked."""

    def __init__(self, answers: Mapping[str, dict[str, Any]]) -> None:
        self.answers, self.asked = answers, dict[str, Mapping[str, Any]]()

    def call(self, product: str, version: str, action: str, params: Mapping[str, Any], region: str) -> dict[str, Any]:
        assert region == REGION
        self.asked[action] = {**params, "product": product, "version": version}
        if action not in self.answers:
            raise CloudError(action, outcome=Outcome.NOT_FOUND, message="gone", status=404)
        return {"RequestId": "r", **self.answers[action]}


def wanted(type_: str, **inputs: Any) -> Wanted:
    return Wanted(urn=f"urn:pulumi:metal::fourways::alicloud:{type_}::x", type=f"alicloud:{type_}", region=REGION, inputs=inputs)


CASES: list[tuple[str, dict[str, Any], str, dict[str, Any], str]] = [
    (
        "ess/lifecycleHook:LifecycleHook",
        {"name": "n", "scalingGroupId": "asg-1"},
        "DescribeLifecycleHooks",
        {"LifecycleHooks": {"LifecycleHook": [{"LifecycleHookId": "ash-1", "LifecycleHookName": "n"}, {"LifecycleHookId": "ash-2"}]}},
        "ash-1",
    ),
    (
        "ess/scalingRule:ScalingRule",
        {"scalingRuleName": "n", "scalingGroupId": "asg-1"},
        "DescribeScalingRules",
        {"ScalingRules": {"ScalingRule": [{"ScalingRuleId": "asr-1", "ScalingRuleName": "n"}]}},
        "asr-1",
    ),
    (
        "ess/scalingConfiguration:ScalingConfiguration",
        {"scalingConfigurationName": "n", "scalingGroupId": "asg-1"},
        "DescribeScalingConfigurations",
        {"ScalingConfigurations": {"ScalingConfiguration": [{"ScalingConfigurationId": "asc-1", "ScalingConfigurationName": "n"}]}},
        "asc-1",
    ),
    (
        "ess/alarm:Alarm",
        {"name": "n", "scalingGroupId": "asg-1"},
        "DescribeAlarms",
        {"AlarmList": {"Alarm": [{"AlarmTaskId": "asg-1_a", "Name": "n"}, {"AlarmTaskId": "asg-1_b", "Name": "m"}]}},
        "asg-1_a",
    ),
    (
        "alb/listener:Listener",
        {"loadBalancerId": "alb-1", "listenerPort": 443.0},
        "ListListeners",
        {"Listeners": [{"ListenerId": "lsn-1", "ListenerPort": 443}, {"ListenerId": "lsn-2", "ListenerPort": 80}]},
        "lsn-1",
    ),
    (
        "alb/rule:Rule",
        {"listenerId": "lsn-1", "ruleName": "n"},
        "ListRules",
        {"Rules": [{"RuleId": "rule-1", "RuleName": "n"}, {"RuleId": "rule-2", "RuleName": "m"}]},
        "rule-1",
    ),
    (
        "alb/aclEntryAttachment:AclEntryAttachment",
        {"aclId": "acl-1", "entry": "203.0.113.0/24"},
        "ListAclEntries",
        {"AclEntries": [{"Entry": "203.0.113.0/24"}, {"Entry": "10.0.0.0/8"}]},
        "acl-1:203.0.113.0/24",
    ),
    (
        "alb/listenerAclAttachment:ListenerAclAttachment",
        {"aclId": "acl-1", "listenerId": "lsn-1"},
        "ListAclRelations",
        {"AclRelations": [{"AclId": "acl-1", "RelatedListeners": [{"ListenerId": "lsn-1"}]}]},
        "lsn-1:acl-1",
    ),
    (
        "ecs/ecsKeyPair:EcsKeyPair",
        {"keyPairName": "n"},
        "DescribeKeyPairs",
        {"KeyPairs": {"KeyPair": [{"KeyPairName": "n"}, {"KeyPairName": "n-2"}]}},
        "n",
    ),
    (
        "alb/serverGroup:ServerGroup",
        {"serverGroupName": "n"},
        "ListServerGroups",
        {"ServerGroups": [{"ServerGroupId": "sgp-1", "ServerGroupName": "n"}, {"ServerGroupId": "sgp-2", "ServerGroupName": "m"}]},
        "sgp-1",
    ),
    ("alb/acl:Acl", {"aclName": "n"}, "ListAcls", {"Acls": [{"AclId": "acl-1", "AclName": "n"}]}, "acl-1"),
]


@pytest.mark.parametrize(("type_", "inputs", "action", "answer", "id_"), CASES, ids=[case[0] for case in CASES])
def test_it_is_found_by_its_parent_and_name(type_: str, inputs: dict[str, Any], action: str, answer: dict[str, Any], id_: str) -> None:
    cloud = Answers({action: answer})
    found = {one.id for one in LOOK_UPS[f"alicloud:{type_}"](cloud, wanted(type_, **inputs))}
    assert found == {id_}
    parents = {str(value) for key, value in inputs.items() if key in ("scalingGroupId", "loadBalancerId", "aclId")}
    assert parents <= {str(one) for value in cloud.asked[action].values() for one in (value if isinstance(value, list) else [value])}


@pytest.mark.parametrize(("type_", "inputs"), [case[:2] for case in CASES], ids=[case[0] for case in CASES])
def test_with_less_nothing_is_asked(type_: str, inputs: dict[str, Any]) -> None:
    for missing in inputs:
        cloud = Answers({})
        with pytest.raises(NotEnoughError):
            list(LOOK_UPS[f"alicloud:{type_}"](cloud, wanted(type_, **{**inputs, missing: UNKNOWN})))
        assert cloud.asked == {}


@pytest.mark.parametrize("type_", ["alb/listener:Listener", "alb/aclEntryAttachment:AclEntryAttachment"])
def test_a_part_of_what_is_gone_is_gone(type_: str) -> None:
    inputs = next(case[1] for case in CASES if case[0] == type_)
    assert list(LOOK_UPS[f"alicloud:{type_}"](Answers({}), wanted(type_, **inputs))) == []


@pytest.mark.parametrize(
    ("name", "stack"),
    [
        ("fourways-metal-singapore-5e6a02-alarm", None),
        ("other-metal-5e6a02-alarm", None),
        ("fourways-metal", None),
    ],
)
def test_a_name_whose_hash_is_not_its_stacks_says_nothing(name: str, stack: None) -> None:
    assert tags_of_name(name, "fourways").get(ownership.STACK) is stack
