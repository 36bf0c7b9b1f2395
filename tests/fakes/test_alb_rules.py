"""Forwarding rules: when they apply, in which order, and what they do."""

from __future__ import annotations

from typing import Any

import pytest
from balanced import Engines, Front, engines, front  # noqa: F401 - fixtures
from machines import site

from fourways.fakes.services.alb import conditions
from fourways.fakes.services.alb.conditions import Asked
from fourways.fakes.wire.messages import Request, Response

LISTENER = "DefaultActions_1_ForwardGroupConfig_ServerGroupTuples_1"


def asked(method: str = "GET", url: str = "/v1/models?user=ann", **headers: str) -> Asked:
    request = Request.build(method, url, {"host": "LLM.example.com:443", "x-team": "blue", "cookie": "a=1; b=2", **headers}, b"")
    return Asked(request, request.path, "203.0.113.7")


@pytest.mark.parametrize(
    ("kind", "config", "applies"),
    [
        ("Host", {"Values": ["*.example.com"]}, True),
        ("Host", {"Values": ["example.com"]}, False),
        ("Path", {"Values": ["/none", "/v1/*"]}, True),
        ("Path", {"Values": ["/v1"]}, False),
        ("Path", {"Values": ["/V1/*"]}, False),
        ("Path", {"Values": ["~^/v[0-9]/"]}, True),
        ("Path", {"Values": ["~*^/V1/"]}, True),
        ("Path", {"Values": ["~^/V1/"]}, False),
        ("Method", {"Values": ["GET", "HEAD"]}, True),
        ("Method", {"Values": ["POST"]}, False),
        ("Header", {"Key": "X-Team", "Values": ["b?ue"]}, True),
        ("Header", {"Key": "x-none", "Values": ["*"]}, False),
        ("QueryString", {"Values": [{"Key": "user", "Value": "a*"}]}, True),
        ("QueryString", {"Values": [{"Key": "user", "Value": "bob"}]}, False),
        ("Cookie", {"Values": [{"Key": "b", "Value": "2"}]}, True),
        ("Cookie", {"Values": [{"Key": "b", "Value": "1"}]}, False),
        ("SourceIp", {"Values": ["203.0.113.0/24"]}, True),
        ("SourceIp", {"Values": ["198.51.100.0/24"]}, False),
    ],
)
def test_when_a_condition_applies(kind: str, config: dict[str, Any], applies: bool) -> None:
    assert conditions.apply([{"Type": kind, f"{kind}Config": config}], asked()) is applies


def test_each_condition_must_apply() -> None:
    one, two = {"Type": "Method", "MethodConfig": {"Values": ["GET"]}}, {"Type": "Path", "PathConfig": {"Values": ["/none"]}}
    assert not conditions.apply([one, two], asked())


def path(*values: str) -> dict[str, Any]:
    given = {f"RuleConditions_1_PathConfig_Values_{number}": value for number, value in enumerate(values, 1)}
    return {"RuleConditions_1_Type": "Path", **given}


def action(number: int, kind: str, **config: Any) -> dict[str, Any]:
    prefix = f"RuleActions_{number}"
    given = {f"{prefix}_{kind}Config_{name}": value for name, value in config.items()}
    return {f"{prefix}_Type": kind, f"{prefix}_Order": number, **given}


def make(front: Front, priority: int, **given: Any) -> str:  # noqa: F811
    wanted = {"ListenerId": front.listener, "RuleName": f"rule {priority}", "Priority": priority, **given}
    id: str = front.alb.ok("CreateRule", **wanted)["RuleId"]
    return id


def to_group(number: int, group: str, weight: int = 100) -> dict[str, Any]:
    return action(number, "ForwardGroup", ServerGroupTuples_1_ServerGroupId=group, ServerGroupTuples_1_Weight=weight)


def answer(found: Response) -> tuple[int, bytes]:
    return found.status, found.body


def test_the_lowest_priority_that_applies_is_taken(front: Front) -> None:  # noqa: F811
    (one,) = front.ready(1)
    make(front, 20, **path("/docs*"), **action(1, "FixedResponse", HttpCode="200", Content="twenty", ContentType="text/plain"))
    make(front, 10, **path("/docs/a"), **action(1, "FixedResponse", HttpCode="404", Content="ten"))
    assert answer(front.send("/docs/a")) == (404, b"ten")
    assert answer(front.send("/docs/b")) == (200, b"twenty")
    assert front.ask(path="/v1/models") == one
    front.alb.ok("StopListener", ListenerId=front.listener)
    front.wait(2)
    assert front.send("/docs/a").cut


def test_a_redirect(front: Front) -> None:  # noqa: F811
    make(front, 1, **path("/old*"), **action(1, "Redirect", Protocol="HTTPS", Port="443", Host="llm.example.com", HttpCode="302"))
    found = front.send("/old/x?a=b")
    assert (found.status, found.headers["location"]) == (302, "https://llm.example.com/old/x?a=b")


def test_a_request_is_rewritten_on_its_way_to_a_group(front: Front) -> None:  # noqa: F811
    (one,) = front.ready(1)
    make(front, 1, **path("/api/*"), **action(1, "Rewrite", Path="/v1${path}", Query="x=1"), **to_group(2, front.group))
    assert front.ask(path="/api/models?y=2") == one
    assert front.engines.asked[-1] == (one, "/v1/api/models")


def test_headers_are_put_in_and_taken_out(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    front.ready(1)
    seen: list[dict[str, str]] = []
    before = front.engines.answer
    monkeypatch.setattr(front.engines, "answer", lambda *given: seen.append(dict(given[-1].headers)) or before(*given))
    insert = action(1, "InsertHeader", Key="X-Team", Value="blue", ValueType="UserDefined")
    make(front, 1, **path("/*"), **insert, **action(2, "RemoveHeader", Key="Host"), **to_group(3, front.group))
    front.ask()
    assert seen == [{"x-team": "blue"}]


def test_groups_share_by_weight(front: Front) -> None:  # noqa: F811
    (one,) = front.ready(1)
    first, front.group = front.group, front.new_group()
    (two,) = front.instances(1)
    front.add(two)
    front.wait(20)
    given = to_group(1, first, 50) | {
        "RuleActions_1_ForwardGroupConfig_ServerGroupTuples_2_ServerGroupId": front.group,
        "RuleActions_1_ForwardGroupConfig_ServerGroupTuples_2_Weight": 50,
    }
    make(front, 1, **path("/*"), **given)
    assert [front.ask() for _ in range(4)].count(one) == 2
    assert front.alb.refused("DeleteServerGroup", ServerGroupId=front.group) == (409, "ResourceInUse.ServerGroup")
    (row,) = front.alb.ok("ListServerGroups", ServerGroupIds_1=front.group)["ServerGroups"]
    assert (len(row["RelatedRuleIds"]), row["RelatedLoadBalancerIds"], row["RelatedListenerIds"]) == (1, [front.id], [])
    health = front.alb.ok("GetListenerHealthStatus", ListenerId=front.listener, IncludeRule="true")["RuleHealthStatus"]
    assert [info["ServerGroupId"] for info in health[0]["ServerGroupInfos"]] == [first, front.group]


def test_a_group_without_weight_gets_nothing(front: Front) -> None:  # noqa: F811
    front.ready(1)
    make(front, 1, **path("/none*"), **to_group(1, front.group, 0))
    assert front.send("/none").status == 503


def test_a_rule_is_shown_as_it_was_given_and_changed(front: Front) -> None:  # noqa: F811
    cookie = {"RuleConditions_2_Type": "Cookie", "RuleConditions_2_CookieConfig_Values_1_Key": "a"}
    id = make(front, 7, **path("/a", "/b"), **cookie, **(to_group(1, front.group) | {"RuleActions_1_Order": 9}))
    (row,) = front.alb.ok("ListRules", ListenerIds_1=front.listener)["Rules"]
    assert (row["RuleId"], row["RuleStatus"], row["Priority"], row["Direction"]) == (id, "Provisioning", 7, "Request")
    assert row["RuleConditions"] == [
        {"Type": "Path", "PathConfig": {"Values": ["/a", "/b"]}},
        {"Type": "Cookie", "CookieConfig": {"Values": [{"Key": "a"}]}},
    ]
    forward = {"ServerGroupTuples": [{"ServerGroupId": front.group, "Weight": 100}]}
    assert row["RuleActions"] == [{"Type": "ForwardGroup", "Order": 9, "ForwardGroupConfig": forward}]
    front.wait(2)
    front.alb.ok("UpdateRuleAttribute", RuleId=id, RuleName="same priority")
    front.alb.ok("UpdateRuleAttribute", RuleId=id, RuleName="other", Priority=8)
    (row,) = front.alb.ok("ListRules", RuleIds_1=id)["Rules"]
    assert (row["RuleName"], row["Priority"], row["RuleStatus"], len(row["RuleConditions"])) == ("other", 8, "Configuring", 2)
    front.alb.ok("DeleteRule", RuleId=id)
    assert front.alb.ok("ListRules")["Rules"] == []
    assert front.alb.refused("DeleteRule", RuleId=id) == (404, "ResourceNotFound.Rule")


def test_what_the_basic_edition_lacks(engines: Engines) -> None:  # noqa: F811
    front = Front(site(), engines, edition="Basic")  # noqa: F811
    drain = {"ConnectionDrainConfig_ConnectionDrainEnabled": "true"}
    refused = (400, "UnsupportedFeature.ConnectionDrain")
    assert front.alb.refused("UpdateServerGroupAttribute", ServerGroupId=front.group, **drain) == refused
    other = front.new_group(**drain)
    target = {f"{LISTENER}_ServerGroupId": other, "DefaultActions_1_Type": "ForwardGroup"}
    assert front.alb.refused("UpdateListenerAttribute", ListenerId=front.listener, **target) == refused
    wanted = {"ListenerId": front.listener, "RuleName": "r", "Priority": 1}
    assert front.alb.refused("CreateRule", **wanted, **path("/*"), **to_group(1, other)) == refused
    made = action(1, "FixedResponse", Content="x")
    assert front.alb.refused("CreateRule", **wanted, **path("/*"), **made) == (400, "UnsupportedFeature.FixedResponse")
    method = {"RuleConditions_1_Type": "Method", "RuleConditions_1_MethodConfig_Values_1": "GET"}
    assert front.alb.refused("CreateRule", **wanted, **method, **to_group(1, front.group)) == (400, "UnsupportedFeature.Method")
    make(front, 1, **path("/*"), **to_group(1, front.group))
    front.alb.ok("UpdateLoadBalancerEdition", LoadBalancerId=front.id, LoadBalancerEdition="Standard")
    front.wait(2)
    front.alb.ok("UpdateServerGroupAttribute", ServerGroupId=front.group, **drain)


def test_what_is_no_rule(front: Front) -> None:  # noqa: F811
    make(front, 1, **path("/a"), **to_group(1, front.group))
    wanted = {"ListenerId": front.listener, "RuleName": "r", "Priority": 2, **path("/b"), **to_group(1, front.group)}
    assert front.alb.refused("CreateRule", **{**wanted, "Priority": 1}) == (400, "Conflict.Priority")
    assert front.alb.refused("CreateRule", **{**wanted, "Priority": 10001}) == (400, "InvalidPriority")
    assert front.alb.refused("CreateRule", **{**wanted, "RuleConditions_1_Type": "Weather"}) == (400, "InvalidType")
    needed = {name: value for name, value in wanted.items() if not name.startswith("RuleActions")}
    assert front.alb.refused("CreateRule", **needed) == (400, "MissingRuleActions")
    assert front.alb.refused("CreateRule", **wanted, **action(2, "Rewrite", Path="/x")) == (400, "IllegalParam.RuleActions")
    nowhere = {**wanted, **to_group(1, "sgp-none")}
    assert front.alb.refused("CreateRule", **nowhere) == (404, "ResourceNotFound.ServerGroup")
    assert len(front.place.made("alb-rule")) == 1
    front.alb.ok("DeleteListener", ListenerId=front.listener)
    front.wait(2)
    assert front.place.made("alb-rule") == []
