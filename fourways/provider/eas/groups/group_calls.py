"""The operations on dedicated EAS resource groups that the provider calls (alibabacloud-eas20210701 7.0.0)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourways.provider.eas.calls import Answer, Calls, naming


class GroupCalls(Calls):
    """Resource groups, their machines, their connection to a VPC and where their logs go."""

    async def create_group(self, request: Mapping[str, Any]) -> Answer:
        """CreateResource: POST /api/v2/resources. No name and no client token: one try, unless it surely did not happen."""
        return await self.once(
            "CreateResource",
            "create_resource",
            "CreateResourceRequest",
            {"resource_type": "Dedicated", **request},
            expect=naming("CreateResource", ("ResourceId",)),
        )

    async def describe_group(self, group: str) -> Answer | None:
        """DescribeResource: GET /api/v2/resources/{region}/{id}; None when there is none. Carries no labels."""
        expect = naming("DescribeResource", ("ResourceId", "ResourceName"), group)
        return await self.again("DescribeResource", "describe_resource", None, None, self.region, group, expect=expect)

    async def list_groups(self) -> list[Answer]:
        """ListResources: GET /api/v2/resources?ResourceType=Dedicated, all pages. Carries no labels."""
        request = {"resource_type": "Dedicated"}
        return await self.pages("ListResources", "list_resources", "ListResourcesRequest", request, "Resources", id_="ResourceId")

    async def delete_group(self, group: str) -> Answer | None:
        """DeleteResource: DELETE /api/v2/resources/{region}/{id}; only an empty group can go. None when it is gone already."""
        return await self.again("DeleteResource", "delete_resource", None, None, self.region, group)

    async def machines(self, group: str) -> list[Answer]:
        """ListResourceInstances: GET .../instances, all pages; Labels of each machine as a list. Empty when the group is gone."""
        return await self.pages(
            "ListResourceInstances",
            "list_resource_instances",
            "ListResourceInstancesRequest",
            {},
            "Instances",
            self.region,
            group,
            id_="InstanceId",
        )

    async def add_machines(self, group: str, request: Mapping[str, Any]) -> Answer:
        """CreateResourceInstances: POST .../instances. Not idempotent: one try, unless it surely did not happen."""
        return await self.once(
            "CreateResourceInstances", "create_resource_instances", "CreateResourceInstancesRequest", request, self.region, group
        )

    async def delete_machines(self, group: str, machines: list[str]) -> Answer | None:
        """DeleteResourceInstances: DELETE .../instances?InstanceList=a,b. Pay-as-you-go machines only."""
        request = {"instance_list": ",".join(machines)}
        return await self.again(
            "DeleteResourceInstances", "delete_resource_instances", "DeleteResourceInstancesRequest", request, self.region, group
        )

    async def set_machine_labels(self, group: str, labels: Mapping[str, str]) -> None:
        """UpdateResourceInstanceLabel: PUT .../label?AllInstances=true."""
        request = {"all_instances": True, "labels": dict(labels)}
        await self.again(
            "UpdateResourceInstanceLabel",
            "update_resource_instance_label",
            "UpdateResourceInstanceLabelRequest",
            request,
            self.region,
            group,
        )

    async def remove_machine_labels(self, group: str, keys: list[str]) -> None:
        """DeleteResourceInstanceLabel: DELETE .../label?AllInstances=true&Keys=a,b."""
        request = {"all_instances": True, "keys": keys}
        await self.again(
            "DeleteResourceInstanceLabel",
            "delete_resource_instance_label",
            "DeleteResourceInstanceLabelRequest",
            request,
            self.region,
            group,
        )

    async def dlink(self, group: str) -> Answer | None:
        """DescribeResourceDLink: GET .../dlink; None without one."""
        answer = await self.again("DescribeResourceDLink", "describe_resource_dlink", None, None, self.region, group)
        return answer if answer and answer.get("VSwitchId") else None

    async def set_dlink(self, group: str, v_switch_id: str, security_group_id: str, cidrs: str | None) -> None:
        """UpdateResourceDLink: PUT .../dlink."""
        request = {"v_switch_id": v_switch_id, "security_group_id": security_group_id, "destination_cidrs": cidrs}
        await self.again("UpdateResourceDLink", "update_resource_dlink", "UpdateResourceDLinkRequest", request, self.region, group)

    async def remove_dlink(self, group: str) -> None:
        """DeleteResourceDLink: DELETE .../dlink."""
        await self.again("DeleteResourceDLink", "delete_resource_dlink", None, None, self.region, group)

    async def group_log(self, group: str) -> Answer | None:
        """DescribeResourceLog: GET .../log; None without one."""
        answer = await self.again("DescribeResourceLog", "describe_resource_log", None, None, self.region, group)
        return answer if answer and answer.get("ProjectName") else None

    async def deliver_group_log(self, group: str, project: str, store: str) -> Answer | None:
        """CreateResourceLog: POST .../log. Tried until it is answered: a second one is refused. None for a 404."""
        request = {"project_name": project, "log_store": store}
        return await self.again("CreateResourceLog", "create_resource_log", "CreateResourceLogRequest", request, self.region, group)

    async def stop_group_log(self, group: str) -> None:
        """DeleteResourceLog: DELETE .../log."""
        await self.again("DeleteResourceLog", "delete_resource_log", None, None, self.region, group)
