"""A scaling group made from a launch template, as Auto Scaling tells of it, on the fake's clock: what a rollout sees and asks for.

Small on purpose: one group, whose instances come and are replaced one a minute; tests switch on what goes wrong. Fields and states are
those of the help centre and of SDK alibabacloud-ess20220222 1.13.3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fourways.fakes.cloud import Cloud
from fourways.fakes.service import Call, Service
from fourways.fakes.wire.errors import CloudError

GROUP, TEMPLATE = "asg-1", "lt-1"
#: Seconds until an instance is in service, and that a refresh takes for each.
MINUTE = 60.0
RUNNING = ("InProgress", "RollbackInProgress", "Cancelling")


@dataclass
class Group:
    """`fails`: a refresh ends as Failed after so many instances; `stuck`: none comes further; `refuses` a rollback; `not_yet`: so many
    times there is nothing to refresh."""

    cloud: Cloud
    version: str = "1"
    least: int = 0
    members: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    activities: list[dict[str, Any]] = field(default_factory=list)
    fails: int | None = None
    stuck: bool = False
    refuses: bool = False
    not_yet: int = 0
    gone: bool = False
    _count: int = 0

    def __post_init__(self) -> None:
        actions = {
            "DescribeScalingGroups": self._describe,
            "DescribeScalingInstances": self._instances,
            "DescribeInstanceRefreshes": self._refreshes,
            "DescribeScalingActivities": self._activities,
            "StartInstanceRefresh": self._start,
            "CancelInstanceRefresh": self._cancel,
            "RollbackInstanceRefresh": self._roll_back,
            "ModifyScalingGroup": self._modify,
        }
        self.cloud._install([*self.cloud.services, Service(product="Ess", version="2014-08-28", actions=actions)])

    def add(self, count: int = 1, version: str | None = None, **more: Any) -> list[str]:
        """New instances: on their way, and in service a minute later, unless `more` says how they stand."""
        made = []
        for _ in range(count):
            self._count += 1
            row = {
                "InstanceId": f"i-{self._count}",
                "LaunchTemplateId": TEMPLATE,
                "LaunchTemplateVersion": version or self.version,
                "CreationType": "AutoCreated",
                "HealthStatus": "Healthy",
                "made": self.cloud.clock.now(),
                **more,
            }
            self.members.append(row)
            made.append(str(row["InstanceId"]))
        return made

    def ready(self, count: int, version: str | None = None, **more: Any) -> list[str]:
        return self.add(count, version, LifecycleState="InService", **more)

    def task(self, version: str, status: str = "InProgress") -> dict[str, Any]:
        """A refresh that was begun just now, by whomever."""
        made = {
            "InstanceRefreshTaskId": f"ir-{len(self.tasks) + 1}",
            "Status": status,
            "DesiredConfiguration": {"LaunchTemplateId": TEMPLATE, "LaunchTemplateVersion": version},
            "TotalNeedUpdateCapacity": sum(one["LaunchTemplateVersion"] != version for one in self.members),
            "FinishedUpdateCapacity": 0,
            "StartTime": f"2026-06-01T00:00:{len(self.tasks):02}Z",
            "at": self.cloud.clock.now(),
            "to": version,
            "from": sorted({one["LaunchTemplateVersion"] for one in self.members} - {version}),
        }
        self.tasks.append(made)
        return made

    def activity(self, status: str, **more: str) -> None:
        number = len(self.activities)
        self.activities.append(
            {"ScalingActivityId": f"asa-{number}", "StatusCode": status, "StartTime": f"2026-06-01T00:{number:02}", **more}
        )

    def versions(self) -> list[str]:
        return [one["LaunchTemplateVersion"] for one in self.members]

    def _tick(self) -> None:
        now = self.cloud.clock.now()
        for one in self.members:
            if one.get("LifecycleState") in (None, "Pending"):
                one["LifecycleState"] = "InService" if now - one["made"] >= MINUTE and not self.stuck else "Pending"
        for task in self.tasks:
            if task["Status"] in ("InProgress", "RollbackInProgress"):
                self._go_on(task, int((now - task["at"]) // MINUTE))

    def _go_on(self, task: dict[str, Any], steps: int) -> None:
        back = task["Status"] == "RollbackInProgress"
        if self.stuck and not back:
            return
        for _ in range(steps - task["FinishedUpdateCapacity"]):
            if self.fails == task["FinishedUpdateCapacity"] and not back:
                task["Status"], task["Detail"] = "Failed", "i-9 did not become healthy in time."
                return
            stale = [one for one in self.members if one["LaunchTemplateVersion"] != task["to"]]
            if stale:
                self.members.remove(stale[0])
                self.ready(1, task["to"])
                task["FinishedUpdateCapacity"] += 1
        if all(version == task["to"] for version in self.versions()):
            task["Status"] = "RollbackSuccessful" if back else "Successful"
            self.version = task["to"]

    def _describe(self, call: Call) -> dict[str, Any]:
        assert call.parameters.get("ScalingGroupId.1") == GROUP
        row = {
            "ScalingGroupId": GROUP,
            "LifecycleState": "Active",
            "MinSize": self.least,
            "LaunchTemplateId": TEMPLATE,
            "LaunchTemplateVersion": self.version,
        }
        return {"ScalingGroups": {"ScalingGroup": [] if self.gone else [row]}, "TotalCount": 0 if self.gone else 1}

    def _instances(self, call: Call) -> dict[str, Any]:
        assert call.parameters.get("ScalingGroupId") == GROUP
        self._tick()
        rows = [{key: value for key, value in one.items() if key != "made"} for one in self.members]
        return {"ScalingInstances": {"ScalingInstance": rows}, "TotalCount": len(rows)}

    def _refreshes(self, _: Call) -> dict[str, Any]:
        self._tick()
        return {"InstanceRefreshTasks": {"InstanceRefreshTask": self.tasks}, "TotalCount": len(self.tasks)}

    def _activities(self, _: Call) -> dict[str, Any]:
        return {"ScalingActivities": {"ScalingActivity": self.activities}, "TotalCount": len(self.activities)}

    def _start(self, call: Call) -> dict[str, Any]:
        if any(task["Status"] in RUNNING for task in self.tasks):
            raise CloudError(400, "InstanceRefreshInProgress", "The instance refresh is in progress.")
        if self.not_yet:
            self.not_yet -= 1
            raise CloudError(400, "InvalidInstance.NoInstanceNeedBeRefreshed", "There is no instance that needs to be refreshed.")
        return {
            "InstanceRefreshTaskId": self.task(call.parameters.get("DesiredConfiguration.LaunchTemplateVersion"))["InstanceRefreshTaskId"]
        }

    def _named(self, call: Call) -> dict[str, Any]:
        id_ = call.parameters.require("InstanceRefreshTaskId")
        return next(task for task in self.tasks if task["InstanceRefreshTaskId"] == id_)

    def _cancel(self, call: Call) -> None:
        self._named(call)["Status"] = "Cancelled"

    def _roll_back(self, call: Call) -> None:
        if self.refuses:
            raise CloudError(400, "IncorrectInstanceRefreshTaskStatus", "The status of the instance refresh task is Failed.")
        task = self._named(call)
        task |= {"Status": "RollbackInProgress", "FinishedUpdateCapacity": 0, "at": self.cloud.clock.now(), "to": task["from"][0]}

    def _modify(self, call: Call) -> None:
        self.version = call.parameters.require("LaunchTemplateVersion")
