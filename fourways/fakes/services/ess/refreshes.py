"""Instance refresh: every instance replaced by one of another configuration, never below the healthy share nor above the largest total.

Help centre and SDK 2022-02-22, StartInstanceRefresh: one task at a time; only groups with the policy PRIORITY that are not in economical
mode; defaults 80 and 120; attached, protected and standby instances stay; the active configuration follows once it is done. That a task
fails when nothing comes of it for an hour is assumed (timings.yaml), and so are the codes but InvalidInstance.NoInstanceNeedBeRefreshed
(provider's source).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from fourways.fakes.services.ess import health, members, timings
from fourways.fakes.services.ess.records import Member, Refresh, ScalingGroup
from fourways.fakes.services.ess.sizes import recycles, wanted
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.ess.backend import EssBackend


@dataclass(frozen=True)
class Counts:
    """Of the instances that do not leave: all, the stale ones, those that serve, and how many new ones there are to be in the end."""

    total: int
    stale: int
    serving: int
    fresh: int
    wanted_fresh: int


def limits(size: int, least: int, most: int) -> tuple[int, int]:
    """The least that must serve and the most that may exist: of 100 and 100 percent, one more at a time."""
    low, high = ceil(size * least / 100), size * most // 100
    return low, max(high, size + (1 if low >= size else 0))


def plan(counts: Counts, low: int, high: int, stale_serving: int) -> tuple[int, int]:
    """How many to start and how many stale ones to take out now. Stale ones that do not serve may go at once."""
    begin = max(0, min(high - counts.total, counts.wanted_fresh - counts.fresh))
    spare = max(0, counts.serving - low)
    idle = counts.stale - stale_serving
    return begin, min(counts.stale, idle + min(stale_serving, spare))


def eligible(group: ScalingGroup) -> list[Member]:
    return [member for member in group.members if member.managed and member.creation == "AutoCreated"]


def begin(backend: EssBackend, group: ScalingGroup, task: Refresh) -> None:
    """Raises 400 where the group may not be refreshed, is being refreshed, or has nothing to refresh."""
    if group.options["MultiAZPolicy"] != "PRIORITY":
        raise CloudError(
            400, "InvalidOperation.MultiAZPolicy", "Instance refresh is for scaling groups that use the PRIORITY policy (MultiAZPolicy)."
        )
    if recycles(group):
        raise CloudError(400, "InvalidOperation.ScalingPolicy", "Instance refresh is not for scaling groups in economical mode.")
    if group.refresh:
        raise CloudError(400, "InstanceRefreshInProgress", f"The instance refresh {group.refresh.id} is in progress.")
    task.stale = [member.id for member in eligible(group) if not (task.skip and member.source == task.source)]
    task.total = len(task.stale)
    if not task.stale:
        raise CloudError(400, "InvalidInstance.NoInstanceNeedBeRefreshed", "There is no instance that needs to be refreshed.")
    if task.previous == task.source:
        task.previous = next((member.source for member in group.members if member.id in task.stale), task.previous)
    group.refreshes.append(task)
    backend.groups.changed(group)


def step(backend: EssBackend, group: ScalingGroup, task: Refresh) -> None:
    now = backend.scope.clock.now()
    if task.status == "Pending":
        task.status = "InProgress"
    if task.status == "CheckpointPause" and now >= task.paused_until:
        task.status, task.progress = "InProgress", now
    if task.status in ("Paused", "CheckpointPause"):
        return
    _advance(backend, group, task)


def _advance(backend: EssBackend, group: ScalingGroup, task: Refresh) -> None:
    scope, now = backend.scope, backend.scope.clock.now()
    mine = eligible(group)
    stale = [member for member in mine if member.id in task.stale]
    task.stale = [member.id for member in stale]
    fresh = [member for member in mine if member.id not in task.stale]
    serving = {member.id for member in group.staying if health.serves(scope, group, member)}
    new = [member.id for member in fresh if member.id in serving and member.id not in task.proven]
    if new:
        task.proven += new
        task.progress = now
        if _checkpoint(task, now):
            return
    size = wanted(group)
    wanted_fresh = max(0, size - (len(group.staying) - len(mine)))
    if not stale and len(fresh) >= wanted_fresh and all(member.id in serving for member in fresh):
        _finish(backend, group, task, now)
        return
    if now - task.progress >= timings.seconds(scope, "refresh"):
        _fail(backend, group, task, [member for member in fresh if member.id not in serving])
        return
    low, high = limits(size, task.least, task.most)
    counts = Counts(len(group.staying), len(stale), len(serving), len(fresh), wanted_fresh)
    start, leave = plan(counts, low, high, sum(1 for member in stale if member.id in serving))
    if leave and "ScaleIn" not in group.suspended:
        # Those that do not serve first: they cost no healthy one.
        doomed = sorted(stale, key=lambda member: member.id in serving)[:leave]
        cause = f"The instance refresh {task.id} replaces instances."
        members.remove(backend, group, [member.id for member in doomed], cause, trigger="InstanceRefresh").refresh = task.id
        task.progress = now
    if start and now >= group.retry_at and "ScaleOut" not in group.suspended:
        cause = f"The instance refresh {task.id} starts instances."
        activity = members.start(backend, group, start, cause, task.source, "InstanceRefresh")
        activity.refresh = task.id
        task.made += activity.created


def _checkpoint(task: Refresh, now: float) -> bool:
    """Pause when the share of new ones has come to the next checkpoint, or to several at once; also at 100, as an acceptance test
    of the provider shows: it cancels a refresh of a single instance that has been replaced."""
    share = 100 * min(len(task.proven), task.total) / max(1, task.total)
    reached = [percentage for percentage in task.checkpoints if percentage <= share]
    task.checkpoints = [percentage for percentage in task.checkpoints if percentage > share]
    if not reached or task.status != "InProgress":
        return False
    task.status, task.paused_until = "CheckpointPause", now + task.pause_minutes * 60
    return True


def _finish(backend: EssBackend, group: ScalingGroup, task: Refresh, now: float) -> None:
    rolled_back = task.status == "RollbackInProgress"
    task.status, task.end = "RollbackSuccessful" if rolled_back else "Successful", now
    backend.groups.make_from(group, task.source)


def _fail(backend: EssBackend, group: ScalingGroup, task: Refresh, waiting: list[Member]) -> None:
    """The active configuration is still the one before. New ones that serve are kept; of the others the surplus goes (assumed)."""
    errors = [item.error for item in reversed(group.activities) if item.refresh == task.id and item.error]
    if waiting:
        task.detail = f"Did not become healthy in time: {', '.join(member.id for member in waiting)}."
    else:
        task.detail = f"No instance could be started: {errors[0] if errors else 'the process is suspended'}"
    task.status, task.end = "RollbackFailed" if task.status == "RollbackInProgress" else "Failed", backend.scope.clock.now()
    surplus = max(0, len(group.staying) - wanted(group))
    doomed = [member.id for member in waiting][:surplus]
    if doomed:
        members.remove(backend, group, doomed, f"The instance refresh {task.id} has failed.", trigger="InstanceRefresh").refresh = task.id


def cancel(task: Refresh, now: float) -> None:
    """What was replaced stays replaced. Raises 400 for one that is over or being rolled back (help centre, CancelInstanceRefresh)."""
    _require(task, "Pending", "InProgress", "Paused", "CheckpointPause")
    task.status, task.end = "Cancelled", now


def suspend(task: Refresh) -> None:
    _require(task, "Pending", "InProgress")
    task.status = "Paused"


def resume(task: Refresh, now: float) -> None:
    _require(task, "Paused", "CheckpointPause")
    task.status, task.progress = "InProgress", now


def roll_back(group: ScalingGroup, task: Refresh, now: float) -> None:
    """Replace what the task has started by instances of what there was before: the group's own source, or, where that was changed before
    the refresh began, that of the instances that were stale first (assumed)."""
    if group.refresh is not task:
        if group.refresh:
            raise CloudError(400, "InstanceRefreshInProgress", f"The instance refresh {group.refresh.id} is in progress.")
        _require(task, "Failed", "Cancelled")
    _require(task, "Pending", "InProgress", "Paused", "CheckpointPause", "Failed", "Cancelled")
    task.stale = [member.id for member in eligible(group) if member.id in task.made]
    task.source, task.previous = task.previous, task.source
    task.total, task.made, task.proven, task.checkpoints = len(task.stale), [], [], []
    task.status, task.progress, task.end, task.detail = "RollbackInProgress", now, 0.0, ""


def _require(task: Refresh, *statuses: str) -> None:
    if task.status not in statuses:
        raise CloudError(400, "IncorrectInstanceRefreshTaskStatus", f"The status of the instance refresh task is {task.status}.")
