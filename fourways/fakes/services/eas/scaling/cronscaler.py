"""A service's scheduled scaling: jobs with the times at which they come due, and the days that are left out.

State, message and times of a job are those of DescribeServiceCronScaler's documented example. A day is left out whole when a cron
expression of ExcludeDates still comes due on it (as in Alibaba Cloud's open kubernetes-cronhpa-controller; assumed to be what runs there).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fourways.catalog import cron

DEFAULT_TIME_ZONE = "Asia/Shanghai"  # assumed: no page says how a job without TimeZone is read; it is the documented example


@dataclass
class Job:
    """One job; `due` in epoch seconds, None when it never comes due again."""

    name: str
    schedule: str
    target: int
    time_zone: str | None
    created: float
    due: float | None = None
    ran: float | None = None
    state: str = "Submitted"
    message: str = ""

    @property
    def zone(self) -> str:
        return self.time_zone or DEFAULT_TIME_ZONE

    def plan(self, now: float) -> None:
        self.due = cron.next_due(self.schedule, now, self.zone)


@dataclass
class CronScaler:
    """One service's jobs, in the order they were given; `epoch` as in AutoScaler."""

    jobs: list[Job]
    exclude: list[str] = field(default_factory=list)
    epoch: int = 0

    def next_due(self) -> float | None:
        return min((job.due for job in self.jobs if job.due is not None), default=None)

    def excluded(self, job: Job, now: float) -> str | None:
        """The expression that leaves this day out, if one does."""
        return next((text for text in self.exclude if cron.due_on_the_day(text, now, job.zone)), None)
