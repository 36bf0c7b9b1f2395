"""How many instances a group is to have, whom it lets go, and the work of getting there."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fourways.fakes.services.ess import launches, members, placement
from fourways.fakes.services.ess.records import Activity, Member, ScalingGroup, Source
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.ess.backend import EssBackend


def check(least: int, most: int, desired: int | None) -> None:
    if least > most:
        raise CloudError(400, "InvalidMinSize.MaxSize", "The specified value of MinSize is larger than MaxSize.")
    if desired is not None and not least <= desired <= most:
        raise CloudError(400, "InvalidDesiredCapacity.OutOfRange", f"DesiredCapacity {desired} is not between {least} and {most}.")


def wanted(group: ScalingGroup) -> int:
    """Without a desired capacity what scaling rules and attached instances have made of it, within the limits."""
    if group.desired is not None:
        return group.desired
    return min(max(len(group.staying) if group.goal is None else group.goal, group.least), group.most)


def set_wanted(group: ScalingGroup, size: int) -> None:
    if group.desired is None:
        group.goal = size
    else:
        group.desired = size


def source_of(group: ScalingGroup) -> Source:
    """What new instances are made from: during a refresh, the refresh's (help centre, StartInstanceRefresh)."""
    return group.refresh.source if group.refresh else group.source


def settle(backend: EssBackend, group: ScalingGroup, cause: str = "", trigger: str = "System") -> Activity | None:
    """Start or remove until an active group has its size; None where there is nothing to do, or it has to wait."""
    if group.status != "Active" or not group.source:
        return None
    size, count = wanted(group), len(group.staying)
    if group.desired is None and group.goal is None:
        group.goal = size
    if size > count and "ScaleOut" not in group.suspended and backend.scope.clock.now() >= group.retry_at:
        cause = cause or f"The scaling group has {count} instance(s) and wants {size}."
        return members.start(backend, group, size - count, cause, source_of(group), trigger)
    if size < count and "ScaleIn" not in group.suspended:
        doomed = leavers(backend, group, count - size)
        if doomed:
            cause = cause or f"The scaling group has {count} instance(s) and wants {size}."
            return members.remove(backend, group, [member.id for member in doomed], cause, recycle=recycles(group), trigger=trigger)
    return None


def recycles(group: ScalingGroup) -> bool:
    """Whether those that a scale-in takes are stopped in economical mode, and not released."""
    return str(group.options["ScalingPolicy"]).lower() in ("recycle", "forcerecycle")


def leavers(backend: EssBackend, group: ScalingGroup, count: int) -> list[Member]:
    """Whom the removal policies name, the first policy above the second; from the fullest vSwitch where the group balances them, and of
    the dearest type where it is to be cheap."""
    free = [member for member in group.staying if member.managed]
    for policy in reversed(group.options["RemovalPolicy"]):
        if policy in ("OldestInstance", "NewestInstance"):
            free.sort(key=lambda member: member.created, reverse=policy == "NewestInstance")
        elif policy == "OldestScalingConfiguration":
            free.sort(key=lambda member: launches.made(backend, member.source))
    if placement.cheapest_first(group):
        free.sort(key=lambda member: -placement.per_vcpu(backend.scope, member.type))
    chosen: list[Member] = []
    while free and len(chosen) < count:
        full = Counter(member.vswitch for member in group.staying if member not in chosen)
        first = min(free, key=lambda member: -full[member.vswitch]) if placement.balances(group) else free[0]
        free.remove(first)
        chosen.append(first)
    return chosen
