"""A look at a group: everything that is due in it, and when to look again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourways.fakes.services.ess import activities, balancing, health, members, refreshes, sizes, timings
from fourways.fakes.services.ess.records import ScalingGroup

if TYPE_CHECKING:
    from fourways.fakes.services.ess.backend import EssBackend


def look(backend: EssBackend, group: ScalingGroup) -> None:
    """Members first, then their health, then their number; ALB is asked for what came of all that."""
    scope = backend.scope
    members.forget_lost(backend, group)
    members.step(backend, group)
    if group.status == "Active":
        health.check(backend, group)
        if group.refresh:
            refreshes.step(backend, group, group.refresh)
        if not group.refresh:
            sizes.settle(backend, group)
    members.step(backend, group)
    balancing.run(scope, group)
    activities.settle(scope.clock, group)


def next_look(backend: EssBackend, group: ScalingGroup) -> float | None:
    """The moment of the next look: soon while something moves, else when a wait or a check is over; None where nothing can happen."""
    scope, now = backend.scope, backend.scope.clock.now()
    soon = now + timings.seconds(scope, "look")
    if group.errands or activities.under_way(group) or group.refresh:
        moves = group.errands or group.refresh or any(member.state in ("Pending", "Removing") for member in group.members)
        waits = [action.deadline for action in group.actions if action.status == "Pending"]
        return soon if moves or not waits else max(now, min([*waits, _rest(backend, group)]))
    if group.members or group.status == "Active":
        return max(soon, min([_rest(backend, group), *([group.retry_at] if group.retry_at > now else [])]))
    return None


def _rest(backend: EssBackend, group: ScalingGroup) -> float:
    now, period = backend.scope.clock.now(), timings.seconds(backend.scope, "health")
    return group.check_at if group.check_at > now else now + period
