"""Security groups on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.security_groups import SecurityGroup
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.requests import ids_of, refuse_dry_run, select, token_page
from fourways.fakes.services.shared.resources import checked_description, checked_name
from fourways.fakes.services.shared.tagging import as_list, given_tags
from fourways.fakes.wire.errors import CloudError, invalid

_ACCESS = {"accept": "Accept", "drop": "Drop"}


def _named(call: Call) -> SecurityGroup:
    return call.backend(EcsBackend).security_groups[call.parameters.require("SecurityGroupId")]


def create_security_group(call: Call) -> dict[str, Any]:
    def create() -> dict[str, Any]:
        given, groups = call.parameters, call.backend(EcsBackend).security_groups
        kind = given.choice("SecurityGroupType", ("normal", "enterprise"), "normal")
        group = groups.new(given.get("VpcId"), kind)
        group.name = checked_name(given.get("SecurityGroupName"), "SecurityGroupName")
        group.description = checked_description(given.get("Description"))
        group.resource_group = checked_group(call.scope, given.get("ResourceGroupId"))
        group.tags = given_tags(given)
        refuse_dry_run(given)
        return {"SecurityGroupId": groups.add(group, "CreateSecurityGroup").id}

    return call.backend(EcsBackend).tokens.once(call, create)


def describe_security_groups(call: Call) -> dict[str, Any]:
    given = call.parameters
    ids = ids_of(given, "SecurityGroupIds")
    found = select(
        call.backend(EcsBackend).security_groups,
        given,
        SecurityGroupId=lambda group: group.id,
        SecurityGroupName=lambda group: group.name,
        SecurityGroupType=lambda group: group.type,
        VpcId=lambda group: group.vpc_id,
    )
    found = [group for group in found if not ids or group.id in ids]
    about: dict[str, Any]
    if given.optional("MaxResults") or given.optional("NextToken"):
        page, about = token_page(found, given)
    else:
        page, about = given.page(found)
    rows = [
        {
            "SecurityGroupId": group.id,
            "SecurityGroupName": group.name,
            "Description": group.description,
            "SecurityGroupType": group.type,
            "VpcId": group.vpc_id,
            "CreationTime": call.scope.clock.timestamp(group.created),
            "EcsCount": len(call.scope.dependents(group.id)),
            "AvailableInstanceAmount": 2000 if group.type == "normal" else 65536,
            "RuleCount": len(group.rules),
            "ResourceGroupId": group.resource_group,
            "ServiceManaged": False,
            "Tags": as_list(group.tags, "TagKey", "TagValue"),
        }
        for group in page
    ]
    return {"RegionId": call.scope.region, "SecurityGroups": {"SecurityGroup": rows}, **about}


def describe_security_group_attribute(call: Call) -> dict[str, Any]:
    given, group = call.parameters, _named(call)
    direction = given.choice("Direction", ("ingress", "egress", "all"), "all")
    shown = [
        rule.view(call.scope.clock.timestamp(rule.created))
        for rule in sorted(group.rules, key=lambda rule: rule.created, reverse=True)
        if direction in ("all", rule.direction) and given.get("NicType") in ("", rule.nic_type)
    ]
    page, following = token_page(shown, given, default_size=500, largest=1000)
    return {
        "RegionId": call.scope.region,
        "SecurityGroupId": group.id,
        "SecurityGroupName": group.name,
        "Description": group.description,
        "VpcId": group.vpc_id,
        "InnerAccessPolicy": group.inner_access,
        "Permissions": {"Permission": page},
        **following,
    }


def modify_security_group_attribute(call: Call) -> None:
    given, group = call.parameters, _named(call)
    if "SecurityGroupName" in given:
        group.name = checked_name(given.get("SecurityGroupName"), "SecurityGroupName")
    if "Description" in given:
        group.description = checked_description(given.get("Description"))


def modify_security_group_policy(call: Call) -> None:
    group, policy = _named(call), call.parameters.require("InnerAccessPolicy").lower()
    if policy not in _ACCESS:
        raise invalid("InnerAccessPolicy", "Valid values: Accept, Drop.")
    if group.type == "enterprise":
        raise CloudError(400, "InvalidOperation.InvalidSecurityGroupType", "An enterprise group has no inner access policy.")
    group.inner_access = _ACCESS[policy]


def delete_security_group(call: Call) -> None:
    call.backend(EcsBackend).security_groups.delete(call.parameters.require("SecurityGroupId"))


def _rules(call: Call) -> list[Mapping[str, str]]:
    """New calls give Permissions.1.X, old ones one rule in the parameters themselves."""
    given: list[Mapping[str, str]] = list(call.parameters.records("Permissions"))
    return given or ([call.parameters.flat] if call.parameters.optional("IpProtocol") else [])


def _authorize(call: Call, direction: str) -> dict[str, Any]:
    def authorize() -> dict[str, Any]:
        call.backend(EcsBackend).security_groups.authorize(_named(call), direction, _rules(call) or [call.parameters.flat])
        return {}

    return call.backend(EcsBackend).tokens.once(call, authorize)


def authorize_ingress(call: Call) -> dict[str, Any]:
    return _authorize(call, "ingress")


def authorize_egress(call: Call) -> dict[str, Any]:
    return _authorize(call, "egress")


def _revoke(call: Call, direction: str) -> None:
    ids, given = call.parameters.values("SecurityGroupRuleId"), _rules(call)
    call.backend(EcsBackend).security_groups.revoke(_named(call), direction, given if given or ids else [call.parameters.flat], ids)


def revoke_ingress(call: Call) -> None:
    _revoke(call, "ingress")


def revoke_egress(call: Call) -> None:
    _revoke(call, "egress")


def modify_ingress_rule(call: Call) -> None:
    call.backend(EcsBackend).security_groups.modify_rule(_named(call), "ingress", call.parameters.flat)


def modify_egress_rule(call: Call) -> None:
    call.backend(EcsBackend).security_groups.modify_rule(_named(call), "egress", call.parameters.flat)


def join_resource_group(call: Call) -> None:
    given = call.parameters
    collection = call.backend(EcsBackend).taggable().get(given.require("ResourceType").lower())
    if collection is None:
        raise CloudError(400, "InvalidResourceType.NotFound", "The specified ResourceType is not supported.")
    collection[given.require("ResourceId")].resource_group = checked_group(call.scope, given.get("ResourceGroupId"))


ACTIONS: dict[str, Handler] = {
    "CreateSecurityGroup": create_security_group,
    "DescribeSecurityGroups": describe_security_groups,
    "DescribeSecurityGroupAttribute": describe_security_group_attribute,
    "ModifySecurityGroupAttribute": modify_security_group_attribute,
    "ModifySecurityGroupPolicy": modify_security_group_policy,
    "DeleteSecurityGroup": delete_security_group,
    "AuthorizeSecurityGroup": authorize_ingress,
    "AuthorizeSecurityGroupEgress": authorize_egress,
    "RevokeSecurityGroup": revoke_ingress,
    "RevokeSecurityGroupEgress": revoke_egress,
    "ModifySecurityGroupRule": modify_ingress_rule,
    "ModifySecurityGroupEgressRule": modify_egress_rule,
    "JoinResourceGroup": join_resource_group,
}
