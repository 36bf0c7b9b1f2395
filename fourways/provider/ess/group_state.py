"""What a scaling group is doing, out of the answers of Auto Scaling and of its load balancers. Pure.

States and their meaning: SDK alibabacloud-ess20220222 1.13.3, DescribeScalingInstances.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from fourways.cloud import answers
from fourways.cloud.printable import printable
from fourways.provider.ess.scaling_calls import version_of
from fourways.provider.rpc import Answer

_LEAVING = ("Removing", "Removing:Wait", "Removed")
#: Nobody but the user moves these: they are no business of a rollout.
_LEFT_ALONE = ("Protected", "Standby", "Stopped")
_BAD = ("Failed", "Warning", "Rejected")
_LONGEST_WORDS = 160


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look at a group: DescribeScalingGroups' row, its instances, and its activities, newest first; `troubled`: why instances are not
    healthy for a load balancer of the group, by their ids."""

    group: Answer
    instances: Sequence[Answer]
    activities: Sequence[Answer] = ()
    troubled: Mapping[str, str] = field(default_factory=dict)

    @property
    def least(self) -> int:
        """The least number of instances that the group keeps."""
        return answers.whole(self.group.get("MinSize")) or 0

    @property
    def greatest(self) -> int:
        """The most that it may have."""
        return answers.whole(self.group.get("MaxSize")) or 0

    @property
    def desired(self) -> int:
        """How many it is to have; of a group that names no such number, how many it has."""
        found = answers.whole(self.group.get("DesiredCapacity"))
        return max(self.least, len(self.members) + self.kept) if found is None else found

    @property
    def members(self) -> list[Answer]:
        """The instances that are in the group or come into it, and that a rollout is about."""
        return [one for one in self.instances if one.get("LifecycleState") not in _LEAVING and _is_moved(one)]

    @property
    def kept(self) -> int:
        """How many count in the group's size, and are no business of a rollout: protected ones, those attached by hand."""
        return len(self.instances) - len(self.members) - self.leaving

    @property
    def leaving(self) -> int:
        """How many are on their way out: there they are, and billed, until they are gone."""
        return sum(one.get("LifecycleState") in _LEAVING for one in self.instances)

    @property
    def serving(self) -> list[Answer]:
        """Members that are in service and healthy, for Auto Scaling and for the load balancers, whatever their version."""
        return [
            one
            for one in self.members
            if one.get("LifecycleState") == "InService" and one.get("HealthStatus") == "Healthy" and one["InstanceId"] not in self.troubled
        ]

    def stale(self, version: str) -> list[Answer]:
        """The members that are made from another version, in order of their age."""
        return sorted(
            (one for one in self.members if version_of(one) != version),
            key=lambda one: (answers.text(one.get("CreatedTime") or one.get("CreationTime")), str(one["InstanceId"])),
        )

    def surplus(self, size: int) -> list[str]:
        """Ids of members in service that are too many for `size`: first those that do not serve, then the youngest."""
        serving = {str(one["InstanceId"]) for one in self.serving}
        there = [one for one in self.members if one.get("LifecycleState") == "InService"]
        youngest = sorted(there, key=lambda one: answers.text(one.get("CreatedTime") or one.get("CreationTime")), reverse=True)
        ordered = sorted((str(one["InstanceId"]) for one in youngest), key=lambda id: id in serving)
        return ordered[: max(0, len(self.members) + self.kept - size)]

    def ready(self, version: str) -> int:
        """How many of this version serve."""
        return sum(version_of(one) == version for one in self.serving)

    def version(self) -> str:
        """The version that all members are made from; empty where they differ, or there are none."""
        found = {version_of(one) for one in self.members}
        return found.pop() if len(found) == 1 else ""

    def ids(self) -> list[str]:
        """The members that serve."""
        return sorted(str(one["InstanceId"]) for one in self.serving)

    def line(self, version: str, wanted: int) -> str:
        """`2 of 4 healthy, 2 to be replaced, 1 on its way out, last: ...`."""
        parts = [f"{self.ready(version) + self.kept} of {wanted} healthy"]
        if stale := len(self.stale(version)):
            parts.append(f"{stale} to be replaced")
        if self.leaving:
            parts.append(f"{self.leaving} on {'its' if self.leaving == 1 else 'their'} way out")
        if self.activities:
            parts.append(f"last: {activity_line(self.activities[0])}")
        return ", ".join(parts)


def _is_moved(instance: Answer) -> bool:
    """Whether a rollout is about it: neither attached by hand nor protected, on standby or stopped."""
    return instance.get("LifecycleState") not in _LEFT_ALONE and instance.get("CreationType") in (None, "AutoCreated")


def activity_line(activity: Answer) -> str:
    """One scaling activity in a few words: its status, and why it failed or what it does."""
    status = answers.text(activity.get("StatusCode"))
    words = reason(activity) if status in _BAD else answers.text(activity.get("Description"))
    return f"{status}: {_short(words)}" if words else status


def reason(activity: Answer) -> str:
    """Why an activity failed, in the cloud's words: its error message with the code before it, or its status message."""
    code, message = answers.text(activity.get("ErrorCode")), answers.text(activity.get("ErrorMessage"))
    found = message if code and message.startswith(code) else ": ".join(one for one in (code, message) if one)
    return _short(found or answers.text(activity.get("StatusMessage")) or answers.text(activity.get("Detail")))


def failures(activities: Iterable[Answer]) -> list[str]:
    """The reasons of the activities that failed since the last success, newest first; those under way are passed over."""
    found = []
    for activity in activities:
        if activity.get("StatusCode") == "Successful":
            break
        if activity.get("StatusCode") in _BAD:
            found.append(reason(activity))
    return found


def _short(words: str) -> str:
    line = printable(" ".join(words.split()))
    return line if len(line) <= _LONGEST_WORDS else f"{line[:_LONGEST_WORDS]}..."
