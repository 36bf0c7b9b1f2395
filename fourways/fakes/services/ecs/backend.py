"""Security groups of one account and region, and their rules."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from fourways.fakes.service import Backend
from fourways.fakes.services.tagging import Tagged, check_tags
from fourways.fakes.services.vpc.backend import DEFAULT_RESOURCE_GROUP, VpcBackend
from fourways.fakes.wire.errors import CloudError, invalid

PROTOCOLS = ("TCP", "UDP", "ICMP", "ICMPV6", "GRE", "ALL")
# What a rule is told apart by: the same again is the same rule (AuthorizeSecurityGroup is idempotent).
IDENTITY = (
    "Direction",
    "IpProtocol",
    "PortRange",
    "NicType",
    "Policy",
    "SourceCidrIp",
    "DestCidrIp",
    "Ipv6SourceCidrIp",
    "Ipv6DestCidrIp",
    "SourceGroupId",
    "DestGroupId",
    "SourcePrefixListId",
    "DestPrefixListId",
    "SourcePortRange",
)


@dataclass
class SecurityGroup:
    """One security group; `rules` are rows as DescribeSecurityGroupAttribute shows them."""

    id: str
    vpc_id: str
    name: str
    description: str
    type: str
    resource_group: str
    created: float
    inner_access: str = "Accept"
    tags: dict[str, str] = field(default_factory=dict)
    rules: list[dict[str, str]] = field(default_factory=list)


class EcsBackend(Backend):
    """What ECS holds; instances come later."""

    def __init__(self, scope: Any) -> None:
        super().__init__(scope)
        self.groups: dict[str, SecurityGroup] = {}
        self.tokens: dict[str, str] = {}

    def inventory(self) -> list[dict[str, Any]]:
        return [{"kind": "security-group", "id": group.id, "name": group.name} for group in self.groups.values()]

    def group(self, group_id: str) -> SecurityGroup:
        if group_id not in self.groups:
            raise CloudError(404, "InvalidSecurityGroupId.NotFound", f"The specified SecurityGroupId {group_id} does not exist.")
        return self.groups[group_id]

    def create_group(
        self, vpc_id: str, name: str, description: str, type_: str, resource_group: str, tags: dict[str, str], token: str
    ) -> SecurityGroup:
        if token and self.tokens.get(token) in self.groups:
            return self.groups[self.tokens[token]]
        self.scope.backend(VpcBackend).vpc(vpc_id)
        check_tags(tags)
        group = SecurityGroup(
            f"sg-{uuid.uuid4().hex[:20]}",
            vpc_id,
            name,
            description,
            type_,
            resource_group or DEFAULT_RESOURCE_GROUP,
            self.scope.clock.now(),
            inner_access="Accept" if type_ == "normal" else "Drop",
            tags=tags,
        )
        self.groups[group.id] = group
        self.tokens[token] = group.id
        return group

    def delete_group(self, group_id: str) -> None:
        group = self.group(group_id)
        users = [
            other.id for other in self.groups.values() if other is not group and any(group_id in rule.values() for rule in other.rules)
        ]
        if users:
            raise CloudError(403, "DependencyViolation", f"There is still rule of {users[0]} that refers to the specified security group.")
        del self.groups[group_id]

    def authorize(self, group_id: str, direction: str, given: dict[str, str]) -> None:
        """Add a rule, or do nothing when it is there. Raises CloudError for a bad protocol, port range, policy or priority."""
        group, rule = self.group(group_id), _rule(direction, given)
        for peer in (rule["SourceGroupId"], rule["DestGroupId"]):
            if peer:
                self.group(peer)
        if any(_same(other, rule) for other in group.rules):
            return
        rule["SecurityGroupRuleId"] = f"sgr-{uuid.uuid4().hex[:20]}"
        rule["CreateTime"] = self.scope.clock.timestamp()
        group.rules.append(rule)

    def revoke(self, group_id: str, direction: str, given: dict[str, str]) -> None:
        """Remove a rule; one that is not there is no error, as in the cloud."""
        group, rule = self.group(group_id), _rule(direction, given)
        group.rules = [other for other in group.rules if not _same(other, rule)]

    def modify_rule(self, group_id: str, direction: str, given: dict[str, str]) -> None:
        """Change description (and, by rule id, everything else) of a rule. Raises CloudError when there is no such rule."""
        group, rule = self.group(group_id), _rule(direction, given)
        for other in group.rules:
            if other["SecurityGroupRuleId"] == given.get("SecurityGroupRuleId") or _same(other, rule):
                other["Description"] = given.get("Description", other["Description"])
                return
        raise CloudError(404, "InvalidSecurityGroupRule.NotFound", "The specified security group rule does not exist.")

    def find(self, type_: str, resource_id: str) -> Tagged:
        """The resource that a tag call means."""
        if type_.lower() != "securitygroup":
            raise invalid("ResourceType", f"{type_} is not known here.")
        return self.group(resource_id)

    def all_tagged(self, type_: str) -> list[tuple[str, Tagged]]:
        return [*self.groups.items()] if type_.lower() == "securitygroup" else []


def _rule(direction: str, given: dict[str, str]) -> dict[str, str]:
    protocol, ports = given.get("IpProtocol", "").upper(), given.get("PortRange", "")
    policy, priority = given.get("Policy", "accept").lower(), given.get("Priority", "1")
    if protocol not in PROTOCOLS:
        raise CloudError(400, "InvalidIpProtocol.ValueNotSupported", f"The parameter IpProtocol {protocol!r} must be one of {PROTOCOLS}.")
    if protocol in ("TCP", "UDP") and not _ports_are_valid(ports):
        raise CloudError(400, "InvalidPortRange.Malformed", f"The specified parameter PortRange {ports!r} is not valid.")
    if protocol not in ("TCP", "UDP") and ports not in ("", "-1/-1"):
        raise CloudError(400, "InvalidPortRange.Malformed", f"PortRange must be -1/-1 for {protocol}.")
    if policy not in ("accept", "drop"):
        raise CloudError(400, "InvalidPolicy.Malformed", "The specified parameter Policy is not valid.")
    if not priority.isdigit() or not 1 <= int(priority) <= 100:
        raise CloudError(400, "InvalidPriority.ValueNotSupported", "The parameter Priority must be 1 to 100.")
    row = {name: given.get(name, "") for name in IDENTITY}
    row.update(
        Direction=direction,
        IpProtocol=protocol,
        PortRange=ports or "-1/-1",
        NicType=given.get("NicType") or "intranet",
        Policy=policy.capitalize(),
        Priority=priority,
        Description=given.get("Description", ""),
        SourceGroupOwnerAccount=given.get("SourceGroupOwnerAccount", ""),
        DestGroupOwnerAccount=given.get("DestGroupOwnerAccount", ""),
    )
    return row


def _ports_are_valid(text: str) -> bool:
    first, _, last = text.partition("/")
    if text == "-1/-1":
        return True
    return first.isdigit() and last.isdigit() and 1 <= int(first) <= int(last) <= 65535


def _same(one: dict[str, str], other: dict[str, str]) -> bool:
    return all(one[name] == other[name] for name in IDENTITY)
