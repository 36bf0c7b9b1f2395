"""Health checks: what ECS sees (`ECS`), what the load balancer finds (`LOAD_BALANCER`), or none (`NONE`); unhealthy members are replaced.

SDK 2022-02-22, CreateScalingGroup (the types) and DescribeScalingInstances (who is replaced, and who is released). The period, and how long
a booting machine is spared by its load balancer, are assumed: timings.yaml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourways.fakes.service import Scope
from fourways.fakes.services.ess import members, surroundings, timings
from fourways.fakes.services.ess.records import Member, ScalingGroup
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.ess.backend import EssBackend

TYPES = ("ECS", "LOAD_BALANCER", "NONE")


def types_of(group: ScalingGroup) -> list[str]:
    """`HealthCheckTypes` counts unless `HealthCheckType` was given."""
    named = str(group.options["HealthCheckType"])
    return [named] if named else list(group.options["HealthCheckTypes"])


def standing(scope: Scope, group: ScalingGroup, member: Member) -> str:
    """How the load balancer finds a member: the worst of its server groups; Healthy where there is none. A server group that has not
    taken it in yet, or is gone, has no say."""
    found = set()
    for target in group.targets:
        try:
            found.add(surroundings.balanced(scope, target.server_group, member.id))
        except CloudError:
            continue
    return next((word for word in ("Unhealthy", "Initial") if word in found), "Healthy")


def serves(scope: Scope, group: ScalingGroup, member: Member) -> bool:
    """In service, alive, and healthy in the load balancer where there is one, whatever is checked: what a refresh waits for."""
    good = member.in_service and member.health == "Healthy" and surroundings.alive(scope, member.id)
    return good and standing(scope, group, member) == "Healthy"


def check(backend: EssBackend, group: ScalingGroup) -> None:
    """Look at every member that is due, and take out the unhealthy ones; the group then starts others in their place."""
    scope, now = backend.scope, backend.scope.clock.now()
    if now >= group.check_at:
        group.check_at = now + timings.seconds(scope, "health")
        if "HealthCheck" not in group.suspended:
            for member in group.members:
                if member.in_service:
                    _examine(scope, group, member)
    sick = [member for member in group.members if member.health == "Unhealthy" and member.managed]
    for member in sick:
        alive = surroundings.alive(scope, member.id)
        # A dead machine has nothing to drain: that no hook is waited for is assumed.
        members.remove(backend, group, [member.id], f"The instance {member.id} is unhealthy.", wait=alive, trigger="System")


def _examine(scope: Scope, group: ScalingGroup, member: Member) -> None:
    types = types_of(group)
    if "NONE" in types or not types:
        return
    if not surroundings.alive(scope, member.id):
        member.health = "Unhealthy"
    elif "LOAD_BALANCER" in types:
        found = standing(scope, group, member)
        member.proven = member.proven or found == "Healthy"
        booting = not member.proven and scope.clock.now() - member.since < timings.seconds(scope, "balancer_grace")
        if found == "Unhealthy" and not booting:
            member.health = "Unhealthy"
