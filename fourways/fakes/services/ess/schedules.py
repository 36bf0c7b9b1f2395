"""Scheduled tasks: at a moment, once or again and again, a scaling rule is executed or the sizes of a group are set.

Fields, ranges and defaults: SDK 2022-02-22, CreateScheduledTask.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cronsim import CronSim

from fourways.fakes.services.ess import activities, rules, sizes
from fourways.fakes.services.shared.resources import Collection, Resource
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.ess.backend import EssBackend

QUOTA = 20  # of a region; help centre, ESS "Limits": assumed, from memory
RETRY_SECONDS = 60.0  # made up: how often a task that finds an activity under way tries again, within its expiration time
RECURRENCES = ("Daily", "Weekly", "Monthly", "Cron")
_LOOK_AHEAD_DAYS = 400


@dataclass(kw_only=True)
class Task(Resource):
    """Either `action`, the ARI of a rule, or `group_id` with the sizes to be set (None: as it is). `launch` and `until` (0: for ever) are
    epoch seconds, `expiration` seconds. `epoch` tells the launches of these settings from those of earlier ones."""

    action: str
    group_id: str
    launch: float
    expiration: int = 600
    recurrence: str = ""
    value: str = ""
    until: float = 0.0
    least: int | None = None
    most: int | None = None
    desired: int | None = None
    enabled: bool = True
    epoch: int = 0


class Tasks(Collection[Task]):
    """The scheduled tasks of one account and region."""

    def __init__(self, backend: EssBackend) -> None:
        super().__init__(backend.scope, "ess", "scheduled task", "InvalidScheduledTaskId.NotFound")
        self._backend = backend

    def create(self, task: Task) -> Task:
        if len(list(self)) >= int(self._scope.cloud.seed.get("quotas", {}).get("scheduled_tasks", QUOTA)):
            raise CloudError(400, "QuotaExceeded.ScheduledTask", f"There are at most {QUOTA} scheduled tasks in a region.")
        self.check_name(task)
        self.add(task)
        self.watch(task)
        return task

    def check_name(self, task: Task) -> None:
        if any(other.name == task.name and other.id != task.id for other in self):
            raise CloudError(400, "InvalidScheduledTaskName.Duplicate", f"The name {task.name} is in use.")

    def watch(self, task: Task) -> None:
        """To be called after a change."""
        task.epoch += 1
        self._plan(task)

    def _plan(self, task: Task) -> None:
        now = self._scope.clock.now()
        due = next_launch(task, now) if task.enabled else None
        if due is not None:
            self._scope.clock.after(due - now, self._launch, task.id, task.epoch, due)

    def _launch(self, id: str, epoch: int, planned: float) -> None:
        if id not in self or self[id].epoch != epoch:
            return
        task, now = self[id], self._scope.clock.now()
        if not run(self._backend, task) and now - planned + RETRY_SECONDS <= task.expiration:
            self._scope.clock.after(RETRY_SECONDS, self._launch, id, epoch, planned)
            return
        self._plan(task)


def next_launch(task: Task, after: float) -> float | None:
    """The first launch later than `after`; None where none is to come."""
    first = datetime.fromtimestamp(task.launch, UTC)
    if not task.recurrence:
        return task.launch if task.launch > after else None
    if task.recurrence == "Cron":
        moment = next(CronSim(cron(task.value), datetime.fromtimestamp(max(after, task.launch - 1), UTC)), None)
        return moment.timestamp() if moment and (not task.until or moment.timestamp() <= task.until) else None
    day = max(first, datetime.fromtimestamp(after, UTC) - timedelta(days=1))
    for ahead in range(_LOOK_AHEAD_DAYS):
        moment = (day + timedelta(days=ahead)).replace(hour=first.hour, minute=first.minute, second=0, microsecond=0)
        if moment.timestamp() <= after or moment < first or not _on(task, first, moment):
            continue
        return moment.timestamp() if not task.until or moment.timestamp() <= task.until else None
    return None


def cron(value: str) -> str:
    """The five fields in UTC; `?` says as much as `*`."""
    return value.replace("?", "*")


def _on(task: Task, first: datetime, moment: datetime) -> bool:
    """Whether the task is launched on the day of `moment`. Sunday is 0."""
    if task.recurrence == "Daily":
        return (moment.date() - first.date()).days % int(task.value) == 0
    if task.recurrence == "Weekly":
        return str((moment.weekday() + 1) % 7) in task.value.split(",")
    low, _, high = task.value.partition("-")
    return int(low) <= moment.day <= int(high)


def run(backend: EssBackend, task: Task) -> bool:
    """One launch; False where it has to wait for an activity. What a rule or sizes that no longer fit refuse is a rejected activity."""
    rule = backend.rules.by_ari(task.action) if task.action else None
    group = backend.groups[rule.group_id if rule else task.group_id]
    if group.status != "Active" or "ScheduledAction" in group.suspended:
        return True
    if activities.under_way(group):
        return False
    if rule:
        rules.execute(backend, rule, trigger="ScheduledTask")
        return True
    least = group.least if task.least is None else task.least
    most = group.most if task.most is None else task.most
    desired = group.desired if task.desired is None else task.desired
    try:
        sizes.check(least, most, desired if group.desired is not None else None)
    except CloudError as error:
        activities.reject(backend.scope.clock, group, f"The scheduled task {task.name} is executed.", error.message, "ScheduledTask")
        return True
    group.least, group.most = least, most
    group.desired = desired if group.desired is not None else None
    backend.groups.changed(group)
    return True
