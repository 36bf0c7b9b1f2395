"""CloudMonitor: contacts that have to confirm their address, groups of them, and threshold rules that come back as they were put."""

from __future__ import annotations

from typing import Any

import pytest
from fake_calls import CMS, Caller, stepped_cloud


@pytest.fixture
def cms() -> Caller:
    return Caller(stepped_cloud(), CMS)


def put_contact(cms: Caller, name: str = "oncall", **more: Any) -> None:
    cms.ok("PutContact", **{"ContactName": name, "Describe": "d", "Channels.DingWebHook": "https://ding.example/1", **more})


def contact(cms: Caller, name: str = "oncall") -> dict[str, Any]:
    found: dict[str, Any] = cms.ok("DescribeContactList", ContactName=name)["Contacts"]["Contact"][0]
    return found


def put_rule(cms: Caller, id: str = "r-1", **more: Any) -> None:
    cms.ok("PutResourceMetricRule", **rule_given(id, **more))


def rule_given(id: str = "r-1", **more: Any) -> dict[str, Any]:
    given = {"RuleId": id, "RuleName": "slow", "Namespace": "acs_ecs_dashboard", "MetricName": "cpu_total", "ContactGroups": "g"}
    given |= {"Resources": '[{"instanceId":"i-1"}]', "Period": "60", "SilenceTime": "3600"}
    given |= {"Escalations.Critical.Threshold": "90", "Escalations.Critical.ComparisonOperator": "GreaterThanThreshold"}
    return {**given, **more}


def rules(cms: Caller, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = cms.ok("DescribeMetricRuleList", **more)["Alarms"]["Alarm"]
    return found


def test_an_address_counts_when_its_owner_has_confirmed_it(cms: Caller) -> None:
    put_contact(cms, **{"Channels.Mail": "a@example.com"})
    assert (contact(cms)["Channels"]["Mail"], contact(cms)["ChannelsState"]["Mail"]) == ("", "PENDING")
    assert contact(cms)["Channels"]["DingWebHook"] == "https://ding.example/1"
    cms.cloud.in_console("alarm-contact-confirmed", "1000000000000001", cms.region, {"name": "oncall"})
    assert (contact(cms)["Channels"]["Mail"], contact(cms)["ChannelsState"]["Mail"]) == ("a@example.com", "OK")
    put_contact(cms, **{"Channels.Mail": "a@example.com", "Describe": "other"})
    assert contact(cms)["Channels"]["Mail"] == "a@example.com"
    put_contact(cms, **{"Channels.Mail": "b@example.com"})
    assert contact(cms)["ChannelsState"]["Mail"] == "PENDING"


def test_a_contact_needs_a_channel_a_description_and_a_short_name(cms: Caller) -> None:
    assert cms.refused("PutContact", ContactName="oncall", Describe="d") == (400, "ParameterInvalid")
    assert cms.refused("PutContact", **{"ContactName": "x" * 41, "Describe": "d", "Channels.SMS": "1"}) == (400, "ParameterInvalid")
    assert cms.refused("PutContact", **{"ContactName": "oncall", "Channels.SMS": "1"}) == (400, "MissingDescribe")
    assert cms.refused("DeleteContact", ContactName="oncall") == (404, "ContactNotExists")
    assert cms.cloud.inventory() == []


def test_a_list_by_name_has_the_exact_one_first(cms: Caller) -> None:
    put_contact(cms, "oncall-2")
    put_contact(cms, "oncall")
    found = cms.ok("DescribeContactList", ContactName="oncall")["Contacts"]["Contact"]
    assert [one["Name"] for one in found] == ["oncall", "oncall-2"]


def test_a_group_keeps_what_is_not_given_and_loses_a_deleted_contact(cms: Caller) -> None:
    put_contact(cms)
    cms.ok("PutContactGroup", **{"ContactGroupName": "g", "ContactNames.1": "oncall", "Describe": "d"})
    cms.ok("PutContactGroup", ContactGroupName="g", EnableSubscribed="true")
    assert contact(cms)["Lang"] == ""
    (group,) = cms.ok("DescribeContactGroupList")["ContactGroupList"]["ContactGroup"]
    assert (group["Contacts"], group["Describe"], group["EnableSubscribed"]) == ({"Contact": ["oncall"]}, "d", True)
    assert contact(cms)["ContactGroups"] == {"ContactGroup": ["g"]}
    cms.ok("DeleteContact", ContactName="oncall")
    assert cms.ok("DescribeContactGroupList")["ContactGroupList"]["ContactGroup"][0]["Contacts"] == {"Contact": []}
    cms.ok("DeleteContactGroup", ContactGroupName="g")
    assert cms.refused("DeleteContactGroup", ContactGroupName="g") == (404, "ContactGroupNotExists")
    assert cms.cloud.inventory() == []


def test_a_rule_comes_back_as_it_was_put_and_goes(cms: Caller) -> None:
    put_rule(cms, **{"Labels.1.Key": "stack", "Labels.1.Value": "s"})
    (rule,) = rules(cms, RuleIds="r-1")
    assert (rule["RuleName"], rule["Period"], rule["SilenceTime"], rule["EffectiveInterval"]) == ("slow", "60", 3600, "00:00-23:59")
    assert rule["Escalations"] == {
        "Critical": {"ComparisonOperator": "GreaterThanThreshold", "Statistics": "Average", "Threshold": "90", "Times": "3"}
    }
    assert (rule["Resources"], rule["EnableState"], rule["AlertState"]) == ('[{"instanceId":"i-1"}]', True, "INSUFFICIENT_DATA")
    assert rule["Labels"] == {"Labels": [{"Key": "stack", "Value": "s"}]}
    cms.ok("DisableMetricRules", **{"RuleId.1": "r-1"})
    put_rule(cms, RuleName="slower")
    assert [(one["RuleName"], one["EnableState"]) for one in rules(cms)] == [("slower", False)]
    cms.ok("EnableMetricRules", **{"RuleId.1": "r-1"})
    assert rules(cms, RuleName="slower")[0]["EnableState"] is True
    assert rules(cms, RuleName="slow") == []
    cms.ok("DeleteMetricRules", **{"Id.1": "r-1"})
    assert rules(cms) == [] == cms.cloud.inventory()


def test_a_rule_is_seen_from_every_region(cms: Caller) -> None:
    put_rule(cms)
    assert [one["RuleId"] for one in rules(Caller(cms.cloud, CMS, "cn-beijing"))] == ["r-1"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"EffectiveInterval": "9-5"},
        {"Period": "90"},
        {"Resources": "not json"},
        {"Resources": '{"a": 1}'},
        {"Escalations.Critical.Threshold": "much"},
        {"Escalations.Critical.Threshold": ""},
        {"Prometheus": "["},
    ],
)
def test_what_is_wrong_in_a_rule_is_refused(cms: Caller, wrong: dict[str, str]) -> None:
    assert cms.refused("PutResourceMetricRule", **rule_given(**wrong)) == (400, "ParameterInvalid")
    assert rules(cms) == []


@pytest.mark.parametrize("name", ["RuleId", "RuleName", "Namespace", "MetricName", "ContactGroups"])
def test_what_is_missing_in_a_rule_is_refused(cms: Caller, name: str) -> None:
    assert cms.refused("PutResourceMetricRule", **rule_given(**{name: ""})) == (400, f"Missing{name}")


@pytest.mark.parametrize(
    "wrong", [{"SilenceTime": "60"}, {"Escalations.Critical.ComparisonOperator": ">"}, {"Escalations.Critical.Times": "0"}]
)
def test_what_is_out_of_range_in_a_rule_is_refused(cms: Caller, wrong: dict[str, str]) -> None:
    assert cms.refused("PutResourceMetricRule", **rule_given(**wrong))[0] == 400


def test_targets_of_a_rule_are_kept_by_id(cms: Caller) -> None:
    assert cms.refused("PutMetricRuleTargets", RuleId="r-1") == (404, "ResourceNotFound")
    put_rule(cms)
    assert cms.ok("DescribeMetricRuleTargets", RuleId="r-1")["Targets"] == {"Target": []}
    assert cms.refused("PutMetricRuleTargets", **{"RuleId": "r-1", "Targets.1.Id": "1"})[0] == 400
    for level in ("Warn", "Critical"):
        cms.ok("PutMetricRuleTargets", **{"RuleId": "r-1", "Targets.1.Id": "1", "Targets.1.Arn": "acs:mns:x", "Targets.1.Level": level})
    assert [one["Level"] for one in cms.ok("DescribeMetricRuleTargets", RuleId="r-1")["Targets"]["Target"]] == ["Critical"]


def test_an_unknown_rule_cannot_be_switched(cms: Caller) -> None:
    assert cms.refused("EnableMetricRules", **{"RuleId.1": "r-9"}) == (404, "ResourceNotFound")
    assert cms.refused("DeleteMetricRules") == (400, "MissingId")


def test_an_event_rule_comes_back_with_what_it_tells(cms: Caller) -> None:
    given = {"RuleName": "replicas", "EventPattern.1.Product": "learn", "EventPattern.1.LevelList.1": "WARN"}
    assert cms.refused("PutEventRuleTargets", RuleName="replicas") == (404, "ResourceNotFound")
    assert cms.refused("PutEventRule", **{**given, "EventPattern.1.LevelList.1": "BAD"}) == (400, "ParameterInvalid")
    cms.ok("PutEventRule", **given)
    cms.ok("PutEventRuleTargets", **{"RuleName": "replicas", "ContactParameters.1.Id": "1", "ContactParameters.1.ContactGroupName": "g"})
    cms.ok("PutEventRule", **given, State="DISABLED", SilenceTime=60)
    (rule,) = cms.ok("DescribeEventRuleList", NamePrefix="rep")["EventRules"]["EventRule"]
    assert (rule["State"], rule["SilenceTime"]) == ("DISABLED", 60)
    assert rule["EventPattern"] == {"Product": "learn", "LevelList": {"LevelList": ["WARN"]}}
    told = cms.ok("DescribeEventRuleTargetList", RuleName="replicas")
    assert told["ContactParameters"] == {"ContactParameter": [{"Id": "1", "ContactGroupName": "g"}]}
    assert told["WebhookParameters"] == {"WebhookParameter": []}
    assert [row["kind"] for row in cms.cloud.inventory()] == ["cms-event-rule"]
    assert cms.ok("DescribeEventRuleList", NamePrefix="x")["EventRules"] == {"EventRule": []}
    cms.ok("DeleteEventRules", **{"RuleNames.1": "replicas"})
    assert cms.cloud.inventory() == []
