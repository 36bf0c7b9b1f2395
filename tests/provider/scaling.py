"""A scaling group of the fake, made from a launch template and behind a load balancer whose engines are stand-ins."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

import pytest

from fourways.cloud import clients
from tests.provider.balancing import IMAGE, PORT, TYPE, Front, ecs, front
from tests.provider.harness import REGION, Harness

OTHER_TYPE = "ecs.g6.large"


@dataclass
class Machines:
    """The group: `size` instances of version 1, which serve as soon as they run. `seen`: how many served and how many were there (running
    or not, on their way out or not) after each step of the clock."""

    harness: Harness
    monkeypatch: pytest.MonkeyPatch
    size: int = 2
    least: int | None = None
    greatest: int = 10
    place: Front = field(init=False)
    id: str = field(init=False)
    template: str = field(init=False)
    seen: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.place = front(self.harness.cloud, self.monkeypatch)
        self.place.default = 200
        self.given = {"ImageId": IMAGE, "InstanceType": TYPE, "SecurityGroupId": self.place.security}
        self.template = str(ecs("CreateLaunchTemplate", LaunchTemplateName="machine", **self.given)["LaunchTemplateId"])
        least = self.size if self.least is None else self.least
        size = {"MinSize": least, "MaxSize": self.greatest, "DesiredCapacity": self.size, "MultiAZPolicy": "BALANCE", "DefaultCooldown": 0}
        behind = [{"AlbServerGroupId": self.place.group, "Port": PORT, "Weight": 100}]
        named = {"LaunchTemplateId": self.template, "LaunchTemplateVersion": "1", "AlbServerGroup": behind}
        created = ess("CreateScalingGroup", ScalingGroupName="g", VSwitchIds=self.place.switches, **size, **named)
        self.id = str(created["ScalingGroupId"])
        ess("EnableScalingGroup", ScalingGroupId=self.id)
        self._watch()

    def _watch(self) -> None:
        sleep = self.harness.clock.sleep

        async def watched(seconds: float) -> None:
            await sleep(seconds)
            running = [row for row in self.rows() if row["LifecycleState"] in ("InService", "Removing", "Removing:Wait")]
            serve = sum(
                self.place.up.get(row["InstanceId"], self.place.default) == 200 for row in running if row["LifecycleState"] == "InService"
            )
            self.seen.append((serve, len(self.rows())))

        self.monkeypatch.setattr(self.harness.clock, "sleep", watched)

    def version(self, **more: Any) -> str:
        """Another version, which the group is told of as the plugin does."""
        request = {"LaunchTemplateId": self.template, **self.given, **more}
        number = str(ecs("CreateLaunchTemplateVersion", **request)["LaunchTemplateVersionNumber"])
        self.modify(LaunchTemplateId=self.template, LaunchTemplateVersion=number)
        return number

    def modify(self, **more: Any) -> None:
        ess("ModifyScalingGroup", ScalingGroupId=self.id, **more)

    def inputs(self, version: str = "1", **changes: Any) -> dict[str, Any]:
        named = {"launchTemplateId": self.template, "launchTemplateVersion": version}
        given = {"region": REGION, "scalingGroupId": self.id, **named, "size": self.size}
        given |= {"minHealthyPercentage": 100, "maxHealthyPercentage": 150, **changes}
        return {key: value for key, value in given.items() if value is not None}

    def rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = ess("DescribeScalingInstances", ScalingGroupId=self.id, PageSize=50)["ScalingInstances"][
            "ScalingInstance"
        ]
        return found

    def staying(self) -> list[str]:
        """Ids of those that are not on their way out."""
        return sorted(row["InstanceId"] for row in self.rows() if not row["LifecycleState"].startswith("Removing"))

    def versions(self) -> list[str]:
        return sorted(row["LaunchTemplateVersion"] for row in self.rows() if not row["LifecycleState"].startswith("Removing"))

    def group(self) -> dict[str, Any]:
        (row,) = ess("DescribeScalingGroups", ScalingGroupId=[self.id])["ScalingGroups"]["ScalingGroup"]
        return dict(row)

    def sizes(self) -> tuple[int, int]:
        """MinSize and DesiredCapacity."""
        row = self.group()
        return row["MinSize"], row["DesiredCapacity"]

    def named(self) -> str:
        return str(self.group()["LaunchTemplateVersion"])

    def old_serve(self) -> None:
        """Those that are there go on serving, whatever the others do."""
        self.place.up |= {row["InstanceId"]: 200 for row in self.rows()}

    def console(self, instance: str) -> list[str]:
        text = base64.b64decode(ecs("GetInstanceConsoleOutput", InstanceId=instance)["ConsoleOutput"]).decode()
        return text.splitlines()[-10:]


def ess(action: str, **request: Any) -> dict[str, Any]:
    return clients.call("ess", "2014-08-28", action, request, REGION)
