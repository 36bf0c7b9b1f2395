"""Whom security groups let in. Pure.

Source: help centre, "Security group rules" and "Basic and advanced security groups": rules count by their priority, 1 first, a Drop
before an Accept of the same one; what no rule accepts is dropped; members of a basic group reach each other, except with inner access Drop.
"""

from __future__ import annotations

from collections.abc import Iterable

from fourways.fakes.services.ecs.rules import Rule
from fourways.fakes.services.ecs.security_groups import SecurityGroup

_EVERYBODY = {"SourceCidrIp": "0.0.0.0/0"}


def opens(groups: Iterable[SecurityGroup], port: int) -> bool:
    """Whether anybody outside may connect to the TCP port; who, is not asked."""
    about = [rule for group in groups for rule in group.rules if _is_about(rule, port)]
    shut: list[dict[str, str]] = []
    for rule in sorted(about, key=lambda rule: (rule.priority, rule.policy == "accept")):
        if rule.policy == "drop":
            shut.append(rule.peer)
        elif rule.peer not in shut:
            return True
        if _EVERYBODY in shut:
            return False
    return False


def among(one: Iterable[SecurityGroup], other: Iterable[SecurityGroup]) -> bool:
    """Whether members of these groups reach each other's ports without any rule."""
    return any(group.inner_access == "Accept" for group in one if group in list(other))


def _is_about(rule: Rule, port: int) -> bool:
    if rule.direction != "ingress" or rule.protocol not in ("TCP", "ALL"):
        return False
    low, _, high = rule.ports.partition("/")
    return int(low) == -1 or int(low) <= port <= int(high)
