"""Security groups and the rules they obey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fourways.fakes.service import Scope
from fourways.fakes.services.ecs import rules
from fourways.fakes.services.shared.resources import Collection, Resource, dependency, new_id
from fourways.fakes.services.vpc.backend import VpcBackend
from fourways.fakes.wire.errors import CloudError

QUOTA = 100  # security groups of a region; help centre, ECS "Limits"
MOST_RULES = 200  # of a group, both directions; help centre, ECS "Limits"


@dataclass(kw_only=True)
class SecurityGroup(Resource):
    """`inner_access`: Accept lets the members of a normal group reach each other; enterprise groups know only Drop."""

    vpc_id: str
    type: str = "normal"
    inner_access: str = "Accept"
    rules: list[rules.Rule] = field(default_factory=list)


class SecurityGroups(Collection[SecurityGroup]):
    """The security groups of one account and region."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope, "ecs", "security group", "InvalidSecurityGroupId.NotFound")

    def new(self, vpc_id: str, type: str) -> SecurityGroup:
        """Checked, not yet kept; without a VPC it goes into the region's default one. Raises what the cloud does."""
        vpcs = self._scope.backend(VpcBackend).vpcs
        vpc = vpcs[vpc_id] if vpc_id else vpcs.needed_default()
        if vpc.status != "Available":
            raise CloudError(400, "IncorrectVpcStatus", f"Current VPC status {vpc.status} does not support this operation.")
        quota = int(self._scope.cloud.seed.get("quotas", {}).get("security_groups", QUOTA))
        if len(self._items) >= quota:
            raise CloudError(403, "QuotaExceed.SecurityGroup", f"The maximum number of security groups, {quota}, is exceeded.")
        inner = "Accept" if type == "normal" else "Drop"
        return SecurityGroup(id=new_id("sg-", 20), created=self._scope.clock.now(), vpc_id=vpc.id, type=type, inner_access=inner)

    def authorize(self, group: SecurityGroup, direction: str, given: list[Mapping[str, str]]) -> None:
        """Add rules, all or none; one that is there already is left as it is."""
        wanted = [self._read(given_rule, direction) for given_rule in given]
        known = {rule.identity() for rule in group.rules}
        added = []
        for rule in wanted:
            if rule.identity() not in known:
                known.add(rule.identity())
                added.append(rule)
        if len(group.rules) + len(added) > MOST_RULES:
            raise CloudError(403, "AuthorizationLimitExceed", f"The limit of {MOST_RULES} authorization records of the group is reached.")
        group.rules.extend(added)

    def revoke(self, group: SecurityGroup, direction: str, given: list[Mapping[str, str]], ids: list[str]) -> None:
        """Remove rules by id or by what they say; where none matches, nothing happens, as in the cloud."""
        for id in ids:
            self.rule(group, id)
        doomed = {self._read(given_rule, direction).identity() for given_rule in given}
        group.rules = [rule for rule in group.rules if rule.id not in ids and rule.identity() not in doomed]

    def modify_rule(self, group: SecurityGroup, direction: str, given: Mapping[str, str]) -> None:
        """Change the rule named by id in all that is given, or else the description of the rule that says the same."""
        if given.get("SecurityGroupRuleId"):
            old = self.rule(group, given["SecurityGroupRuleId"])
            shown = {name: value for name, value in old.view("").items() if value}
            new = self._read({**shown, **given}, direction)
            new.id, new.created = old.id, old.created
            group.rules[group.rules.index(old)] = new
            return
        wanted = self._read(given, direction)
        for rule in group.rules:
            if rule.identity() == wanted.identity():
                rule.description = wanted.description
                return
        raise CloudError(404, "InvalidSecurityGroupRule.RuleNotExist", "The specified rule does not exist.")

    @staticmethod
    def rule(group: SecurityGroup, id: str) -> rules.Rule:
        for rule in group.rules:
            if rule.id == id:
                return rule
        raise CloudError(404, "InvalidSecurityGroupRuleId.NotFound", f"The specified rule {id} does not exist in {group.id}.")

    def _read(self, given: Mapping[str, str], direction: str) -> rules.Rule:
        from fourways.fakes.services.ecs.backend import EcsBackend  # which holds this collection

        rule = rules.read(given, direction, new_id("sgr-", 20), self._scope.clock.now())
        peer = rule.group()
        if peer and peer not in self and not rule.peer.get("SourceGroupOwnerAccount") and not rule.peer.get("DestGroupOwnerAccount"):
            name = "InvalidSourceGroupId.NotFound" if direction == "ingress" else "InvalidDestGroupId.NotFound"
            raise CloudError(404, name, f"The specified security group {peer} does not exist.")
        prefixes = rule.prefix_list()
        if prefixes and prefixes not in self._scope.backend(EcsBackend).prefix_lists:
            raise CloudError(404, "InvalidPrefixListId.NotFound", f"The specified prefix list {prefixes} does not exist.")
        return rule

    def delete(self, id: str) -> None:
        group = self[id]
        users = self._scope.dependents(id)
        if users:
            raise dependency("", f"{users[0]} is in the security group", 403)
        for other in self:
            if other.id != group.id and any(rule.group() == id for rule in other.rules):
                raise dependency("", f"rules of {other.id} name the security group", 403)
        self.remove(id)
