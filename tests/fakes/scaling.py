"""A scaling group with what stands around it, for tests of Auto Scaling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fake_calls import ALB, ESS, Caller
from machines import IMAGE, TYPE, Site, site

OTHER_TYPE = "ecs.g6.large"


@dataclass
class Group:
    """One scaling group: its callers and its id."""

    place: Site
    ess: Caller
    alb: Caller
    id: str = ""

    def configuration(self, **more: Any) -> str:
        given = {"ScalingGroupId": self.id, "ImageId": IMAGE, "InstanceType": TYPE, "SecurityGroupId": self.place.group, **more}
        id: str = self.ess.ok("CreateScalingConfiguration", **given)["ScalingConfigurationId"]
        return id

    def row(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ess.ok("DescribeScalingGroups", ScalingGroupId_1=self.id)["ScalingGroups"]["ScalingGroup"][0]
        return found

    def modify(self, **more: Any) -> None:
        self.ess.ok("ModifyScalingGroup", ScalingGroupId=self.id, **more)

    def members(self, **filters: Any) -> list[dict[str, Any]]:
        answer = self.ess.ok("DescribeScalingInstances", ScalingGroupId=self.id, PageSize=100, **filters)
        rows: list[dict[str, Any]] = answer["ScalingInstances"]["ScalingInstance"]
        return rows

    def ids(self, **filters: Any) -> list[str]:
        return [row["InstanceId"] for row in self.members(**filters)]

    def states(self) -> list[str]:
        return sorted(row["LifecycleState"] for row in self.members())

    def activities(self, **filters: Any) -> list[dict[str, Any]]:
        answer = self.ess.ok("DescribeScalingActivities", ScalingGroupId=self.id, PageSize=50, **filters)
        rows: list[dict[str, Any]] = answer["ScalingActivities"]["ScalingActivity"]
        return rows

    def activity(self, id: str) -> dict[str, Any]:
        answer = self.ess.ok("DescribeScalingActivities", ScalingActivityId_1=id)
        row: dict[str, Any] = answer["ScalingActivities"]["ScalingActivity"][0]
        return row

    def server_group(self) -> str:
        given = {"ServerGroupName": "s", "VpcId": self.place.vpc_id, "HealthCheckConfig_HealthCheckEnabled": "true"}
        id: str = self.alb.ok("CreateServerGroup", **given)["ServerGroupId"]
        self.alb.wait()
        return id

    def servers(self, server_group: str) -> list[str]:
        rows = self.alb.ok("ListServerGroupServers", ServerGroupId=server_group)["Servers"]
        return sorted(row["ServerId"] for row in rows if row["Status"] != "Removing")

    def wait(self, seconds: float = 10.0) -> None:
        self.ess.wait(seconds)


def scaling_group(*, size: int = 2, active: bool = True, configuration: dict[str, Any] | None = None, **more: Any) -> Group:
    """A group with a desired capacity, whose instances are in service unless it is not `active`."""
    place = site()
    group = Group(place, place.caller(ESS), place.caller(ALB))
    return start(group, size=size, active=active, configuration=configuration, **more)


def start(group: Group, *, size: int = 2, active: bool = True, configuration: dict[str, Any] | None = None, **more: Any) -> Group:
    given = {"ScalingGroupName": "g", "MinSize": 0, "MaxSize": 10, "DesiredCapacity": size}
    given |= {f"VSwitchIds_{number}": id for number, id in enumerate(group.place.vswitches, 1)}
    group.id = group.ess.ok("CreateScalingGroup", **{**given, **more})["ScalingGroupId"]
    if active:
        made = group.configuration(**(configuration or {}))
        group.ess.ok("EnableScalingGroup", ScalingGroupId=group.id, ActiveScalingConfigurationId=made)
        group.wait()
    return group


def bare() -> Group:
    """The callers and the network, before there is a scaling group."""
    place = site()
    return Group(place, place.caller(ESS), place.caller(ALB))
