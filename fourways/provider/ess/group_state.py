"""What a scaling group is doing, out of the answers of Auto Scaling. Pure.

States and their meaning: SDK alibabacloud-ess20220222 1.13.3, DescribeScalingInstances and DescribeInstanceRefreshes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from fourways.cloud import answers
from fourways.cloud.printable import printable
from fourways.provider.ess.scaling_calls import version_of
from fourways.provider.rpc import Answer

#: Instances that are on their way out count for nothing.
_LEAVING = ("Removing", "Removing:Wait", "Removed")
#: An instance refresh leaves these alone (help centre, StartInstanceRefresh), whatever their version.
_LEFT_ALONE = ("Protected", "Standby", "Stopped")
RUNNING = ("Pending", "InProgress", "Paused", "CheckpointPause", "Cancelling", "RollbackInProgress")
FAILED = ("Failed", "RollbackFailed")
_LONGEST_WORDS = 160


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look at a group: DescribeScalingGroups' row, its instances, refresh tasks and activities, the last two newest first."""

    group: Answer
    instances: Sequence[Answer]
    tasks: Sequence[Answer] = ()
    activities: Sequence[Answer] = field(default=())

    @property
    def least(self) -> int:
        """The least number of instances that the group keeps."""
        return answers.whole(self.group.get("MinSize")) or 0

    @property
    def members(self) -> list[Answer]:
        """The instances that are in the group or come into it."""
        return [one for one in self.instances if one.get("LifecycleState") not in _LEAVING]

    @property
    def serving(self) -> list[Answer]:
        """Those in service and healthy, whatever their version."""
        return [one for one in self.members if one.get("LifecycleState") == "InService" and one.get("HealthStatus") == "Healthy"]

    @property
    def running(self) -> Answer | None:
        """The instance refresh that is under way; a group has one at a time (help centre, StartInstanceRefresh)."""
        return next((task for task in self.tasks if task.get("Status") in RUNNING), None)

    def stale(self, version: str) -> list[Answer]:
        """The members that a refresh to this version replaces."""
        return [one for one in self.members if version_of(one) != version and _is_refreshed(one)]

    def left_alone(self, version: str) -> list[str]:
        """The members that are made from another version and that no refresh replaces, by their ids."""
        return sorted(str(one["InstanceId"]) for one in self.members if version_of(one) != version and not _is_refreshed(one))

    def settled(self, version: str, size: int | None) -> bool:
        """Whether no instance is left that a refresh would replace, and enough serve: all of them where the size is fixed; where rules
        decide it, the least of the group, since more may be on their way at any time."""
        ready = [one for one in self.serving if version_of(one) == version]
        waited = [one for one in self.members if _is_refreshed(one) and one not in ready] if size is not None else self.stale(version)
        return self.running is None and not waited and len(ready) >= (self.least if size is None else size)

    def version(self) -> str:
        """The version that all members are made from that a refresh would touch; empty where they differ, or there are none."""
        found = {version_of(one) for one in self.members if _is_refreshed(one)}
        return found.pop() if len(found) == 1 else ""

    def ids(self) -> list[str]:
        """The instances in service."""
        return sorted(str(one["InstanceId"]) for one in self.serving)

    def progress(self, version: str, size: int | None) -> str:
        """`2 of 4 healthy, refresh 50 %, last: ...`: healthy ones of this version, of those that are wanted."""
        ready = sum(version_of(one) == version for one in self.serving)
        wanted = max(self.least if size is None else size, len(self.members) if size is None else 0)
        parts = [f"{ready} of {wanted} healthy"]
        if (task := self.running) is not None:
            parts.append(refresh_line(task))
        if self.activities:
            parts.append(f"last: {activity_line(self.activities[0])}")
        return ", ".join(parts)


def _is_refreshed(instance: Answer) -> bool:
    """Whether an instance refresh touches it: neither attached by hand nor protected, on standby or stopped."""
    return instance.get("LifecycleState") not in _LEFT_ALONE and instance.get("CreationType") in (None, "AutoCreated")


def desired(task: Answer) -> str:
    """The version that a refresh rolls out; empty where it names none: then it is the group's."""
    wanted = task.get("DesiredConfiguration")
    return version_of(wanted) if isinstance(wanted, dict) else ""


def refresh_line(task: Answer) -> str:
    """`refresh 50 %`, and its status where that is no plain progress."""
    status = answers.text(task.get("Status"))
    done, total = answers.whole(task.get("FinishedUpdateCapacity")), answers.whole(task.get("TotalNeedUpdateCapacity"))
    share = f" {100 * done // total} %" if total and done is not None else ""
    name = {"RollbackInProgress": "rollback", "Cancelling": "cancelling the refresh"}.get(status, "refresh")
    return f"{name}{share}" + (f" ({status})" if status in ("Pending", "Paused", "CheckpointPause") else "")


def activity_line(activity: Answer) -> str:
    """One scaling activity in a few words: its status, and why it failed or what it does."""
    status = answers.text(activity.get("StatusCode"))
    words = reason(activity) if status in ("Failed", "Warning", "Rejected") else answers.text(activity.get("Description"))
    return f"{status}: {_short(words)}" if words else status


def reason(activity: Answer) -> str:
    """Why an activity failed, in the cloud's words: `ErrorCode: ErrorMessage`, or its status message."""
    code, message = answers.text(activity.get("ErrorCode")), answers.text(activity.get("ErrorMessage"))
    found = ": ".join(one for one in (code, message) if one)
    return _short(found or answers.text(activity.get("StatusMessage")) or answers.text(activity.get("Detail")))


def trouble(activities: Iterable[Answer]) -> str:
    """The reason of the newest activity that did not succeed; empty where none failed since the last success."""
    for activity in activities:
        if activity.get("StatusCode") in ("Failed", "Warning", "Rejected"):
            return reason(activity)
        if activity.get("StatusCode") == "Successful":
            return ""
    return ""


def _short(words: str) -> str:
    line = printable(" ".join(words.split()))
    return line if len(line) <= _LONGEST_WORDS else f"{line[:_LONGEST_WORDS]}..."
