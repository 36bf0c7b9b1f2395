"""ECS 2014-05-26 on the wire, as far as networks need it. Field names as terraform-provider-alicloud 1.285.0 reads them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fourways.fakes.service import Call, Handler, Service
from fourways.fakes.services.ecs.backend import EcsBackend, SecurityGroup
from fourways.fakes.services.tagging import Tagged, matches, shown, tag_actions


def create_security_group(call: Call) -> dict[str, Any]:
    given = call.parameters
    group = _state(call).create_group(
        given.require("VpcId"),
        given.get("SecurityGroupName"),
        given.get("Description"),
        given.choice("SecurityGroupType", ("normal", "enterprise"), "normal"),
        given.get("ResourceGroupId"),
        given.tags(),
        given.get("ClientToken"),
    )
    return {"SecurityGroupId": group.id}


def describe_security_groups(call: Call) -> dict[str, Any]:
    given = call.parameters
    found = [
        _group(call, group)
        for group in _state(call).groups.values()
        if given.get("SecurityGroupId") in ("", group.id)
        and given.get("VpcId") in ("", group.vpc_id)
        and given.get("SecurityGroupName") in ("", group.name)
        and matches(group.tags, given.tags())
    ]
    rows, page = given.page(found)
    return {"SecurityGroups": {"SecurityGroup": rows}, "RegionId": call.scope.region, "NextToken": "", **page}


def describe_security_group_attribute(call: Call) -> dict[str, Any]:
    given = call.parameters
    group = _state(call).group(given.require("SecurityGroupId"))
    direction = given.get("Direction") or "all"
    rules = [rule for rule in group.rules if direction == "all" or rule["Direction"] == direction]
    return {
        "SecurityGroupId": group.id,
        "SecurityGroupName": group.name,
        "Description": group.description,
        "InnerAccessPolicy": group.inner_access,
        "VpcId": group.vpc_id,
        "RegionId": call.scope.region,
        "Permissions": {"Permission": rules},
    }


def modify_security_group_attribute(call: Call) -> dict[str, Any]:
    given, group = call.parameters, _state(call).group(call.parameters.require("SecurityGroupId"))
    if "SecurityGroupName" in given:
        group.name = given.get("SecurityGroupName")
    if "Description" in given:
        group.description = given.get("Description")
    return {}


def modify_security_group_policy(call: Call) -> dict[str, Any]:
    given, group = call.parameters, _state(call).group(call.parameters.require("SecurityGroupId"))
    policy = given.require("InnerAccessPolicy").capitalize()
    group.inner_access = policy
    return {}


def delete_security_group(call: Call) -> dict[str, Any]:
    _state(call).delete_group(call.parameters.require("SecurityGroupId"))
    return {}


def _authorize(direction: str) -> Handler:
    def handler(call: Call) -> dict[str, Any]:
        for rule in _rules(call):
            _state(call).authorize(call.parameters.require("SecurityGroupId"), direction, rule)
        return {}

    return handler


def _revoke(direction: str) -> Handler:
    def handler(call: Call) -> dict[str, Any]:
        for rule in _rules(call):
            _state(call).revoke(call.parameters.require("SecurityGroupId"), direction, rule)
        return {}

    return handler


def _modify(direction: str) -> Handler:
    def handler(call: Call) -> dict[str, Any]:
        _state(call).modify_rule(call.parameters.require("SecurityGroupId"), direction, dict(call.parameters.flat))
        return {}

    return handler


def _rules(call: Call) -> list[dict[str, str]]:
    """New clients send Permissions.N, old ones one rule in the parameters themselves."""
    return call.parameters.records("Permissions") or [dict(call.parameters.flat)]


def _state(call: Call) -> EcsBackend:
    return call.backend(EcsBackend)


def _group(call: Call, group: SecurityGroup) -> dict[str, Any]:
    return {
        "SecurityGroupId": group.id,
        "SecurityGroupName": group.name,
        "Description": group.description,
        "SecurityGroupType": group.type,
        "VpcId": group.vpc_id,
        "ResourceGroupId": group.resource_group,
        "CreationTime": call.scope.clock.timestamp(group.created),
        "EcsCount": 0,
        "ServiceManaged": False,
        "Tags": shown(group.tags, "TagKey", "TagValue"),
    }


def _find(call: Call, type_: str, resource_id: str) -> Tagged:
    return _state(call).find(type_, resource_id)


def _everything(call: Call, type_: str) -> Iterable[tuple[str, Tagged]]:
    return _state(call).all_tagged(type_)


ECS = Service(
    product="Ecs",
    version="2014-05-26",
    actions={
        "CreateSecurityGroup": create_security_group,
        "DescribeSecurityGroups": describe_security_groups,
        "DescribeSecurityGroupAttribute": describe_security_group_attribute,
        "ModifySecurityGroupAttribute": modify_security_group_attribute,
        "ModifySecurityGroupPolicy": modify_security_group_policy,
        "DeleteSecurityGroup": delete_security_group,
        "AuthorizeSecurityGroup": _authorize("ingress"),
        "AuthorizeSecurityGroupEgress": _authorize("egress"),
        "RevokeSecurityGroup": _revoke("ingress"),
        "RevokeSecurityGroupEgress": _revoke("egress"),
        "ModifySecurityGroupRule": _modify("ingress"),
        "ModifySecurityGroupEgressRule": _modify("egress"),
        **tag_actions(_find, _everything),
    },
)
