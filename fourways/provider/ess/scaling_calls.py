"""The Auto Scaling operations that the provider calls (Ess 2014-08-28, which the alicloud plugin calls too; fields and notes: help centre,
and SDK alibabacloud-ess20220222 1.13.3, whose lists are flat where these have a second level)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from fourways.cloud import answers
from fourways.provider.rpc import Answer, RpcCalls

_INSTANCES_A_PAGE, _ACTIVITIES = 50, 10
#: Instances that RemoveInstances takes (help centre, RemoveInstances: InstanceId.N).
MOST_REMOVED = 20


class ScalingCalls(RpcCalls):
    """Scaling groups of one region. Every method raises CloudError."""

    product: ClassVar[str] = "ess"
    version: ClassVar[str] = "2014-08-28"

    async def group(self, group: str) -> Answer | None:
        """DescribeScalingGroups: one group; None when there is none."""
        action, where = "DescribeScalingGroups", ("ScalingGroups", "ScalingGroup")
        answer = await self.again(
            action, {"ScalingGroupId": [group]}, expect=lambda found: answers.listed(action, found, *where, id_="ScalingGroupId")
        )
        rows = [] if answer is None else answers.listed(action, answer, *where, id_="ScalingGroupId")
        return next((row for row in rows if row["ScalingGroupId"] == group), None)

    async def instances(self, group: str) -> list[Answer]:
        """DescribeScalingInstances, all pages."""
        request = {"ScalingGroupId": group}
        where = ("ScalingInstances", "ScalingInstance")
        return await self.pages("DescribeScalingInstances", request, *where, id_="InstanceId", size=_INSTANCES_A_PAGE)

    async def activities(self, group: str) -> list[Answer]:
        """DescribeScalingActivities: the newest of them, newest first (by StartTime)."""
        action, where = "DescribeScalingActivities", ("ScalingActivities", "ScalingActivity")
        request = {"ScalingGroupId": group, "PageSize": _ACTIVITIES}
        answer = await self.again(action, request, expect=lambda found: answers.listed(action, found, *where))
        rows = [] if answer is None else answers.listed(action, answer, *where)
        return sorted(rows, key=lambda row: answers.text(row.get("StartTime")), reverse=True)

    async def name_template(self, group: str, version: str) -> None:
        """ModifyScalingGroup: what a scale-out makes instances from."""
        await self.again("ModifyScalingGroup", {"ScalingGroupId": group, **template_of(version)})

    async def resize(self, group: str, *, desired: int, least: int | None = None) -> None:
        """ModifyScalingGroup: how many instances the group is to have, and no fewer than which it may have."""
        await self.again("ModifyScalingGroup", {"ScalingGroupId": group, "DesiredCapacity": desired, "MinSize": least})

    async def remove(self, group: str, instances: Sequence[str]) -> None:
        """RemoveInstances, MOST_REMOVED of them at most, which are released, and not replaced (DecreaseDesiredCapacity). One try, unless it
        surely did not happen."""
        request = {"ScalingGroupId": group, "InstanceId": list(instances), "DecreaseDesiredCapacity": True}
        await self.once("RemoveInstances", request)


def template_of(version: str) -> dict[str, str]:
    """`TEMPLATE/VERSION` as requests name it."""
    template, _, number = version.partition("/")
    return {"LaunchTemplateId": template, "LaunchTemplateVersion": number}


def version_of(row: Mapping[str, Any]) -> str:
    """`TEMPLATE/VERSION` of a group or an instance; empty where it names none."""
    template, number = answers.text(row.get("LaunchTemplateId")), answers.text(row.get("LaunchTemplateVersion"))
    return f"{template}/{number}" if template and number else ""
