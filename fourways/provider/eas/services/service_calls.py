"""The operations on EAS services that the provider calls (alibabacloud-eas20210701 7.0.0)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourways.cloud.eas_records import moment, words
from fourways.provider.eas.calls import Answer, Calls, as_json, naming, rows

SERVICE = ("ServiceName", "ServiceId")


class ServiceCalls(Calls):
    """Services and their machine types."""

    async def create_service(self, body: Mapping[str, Any], labels: Mapping[str, str], workspace_id: str | None) -> Answer:
        """CreateService: POST /api/v2/services, Labels as JSON in the query. Not idempotent: one try, unless it surely did not happen."""
        request = {"labels": dict(labels), "workspace_id": workspace_id, "body": as_json(body)}
        return await self.once("CreateService", "create_service", "CreateServiceRequest", request, expect=naming("CreateService", SERVICE))

    async def describe_service(self, name: str) -> Answer | None:
        """DescribeService: GET /api/v2/services/{region}/{name}; None when there is none (404)."""
        expect = naming("DescribeService", SERVICE, name)
        return await self.again("DescribeService", "describe_service", None, None, self.region, name, expect=expect)

    async def update_service(self, name: str, body: Mapping[str, Any]) -> Answer:
        """UpdateService with UpdateType=replace: keys that are not in the body go away. PUT /api/v2/services/{region}/{name}. One try."""
        request = {"update_type": "replace", "body": as_json(body)}
        return await self.once("UpdateService", "update_service", "UpdateServiceRequest", request, self.region, name)

    async def update_service_version(self, name: str, version: int) -> Answer:
        """UpdateServiceVersion: PUT .../version, back to an earlier version, 'greater than 0 and smaller than the current' one. One try."""
        request = {"version": version}
        return await self.once("UpdateServiceVersion", "update_service_version", "UpdateServiceVersionRequest", request, self.region, name)

    async def start_service(self, name: str) -> Answer | None:
        """StartService: PUT /api/v2/services/{region}/{name}/start; None when it is gone."""
        return await self.again("StartService", "start_service", None, None, self.region, name)

    async def stop_service(self, name: str) -> Answer | None:
        """StopService: PUT /api/v2/services/{region}/{name}/stop; None when it is gone."""
        return await self.again("StopService", "stop_service", None, None, self.region, name)

    async def restart_service(self, name: str) -> Answer:
        """RestartService: PUT /api/v2/services/{region}/{name}/restart. One try: a second one would restart it again."""
        return await self.once("RestartService", "restart_service", None, None, self.region, name)

    async def release_service(self, name: str, state: str, weight: int | None) -> Answer | None:
        """ReleaseService: PUT /api/v2/services/{region}/{name}/release, TrafficState standalone or grouping, Weight -1 to 1000."""
        request = {"traffic_state": state, "weight": weight}
        return await self.again("ReleaseService", "release_service", "ReleaseServiceRequest", request, self.region, name)

    async def service_endpoints(self, name: str) -> Answer | None:
        """DescribeServiceEndpoints: GET /api/v2/services/{region}/{name}/endpoints; None when it is gone."""
        return await self.again("DescribeServiceEndpoints", "describe_service_endpoints", None, None, self.region, name)

    async def group_endpoints(self, group: str) -> Answer | None:
        """DescribeGroupEndpoints: GET /api/v2/groups/{region}/{group}/endpoints; None when there is no such service group."""
        return await self.again("DescribeGroupEndpoints", "describe_group_endpoints", None, None, self.region, group)

    async def delete_service(self, name: str) -> Answer | None:
        """DeleteService: DELETE /api/v2/services/{region}/{name}; None when it is gone already."""
        return await self.again("DeleteService", "delete_service", None, None, self.region, name)

    async def set_labels(self, name: str, labels: Mapping[str, str]) -> None:
        """UpdateServiceLabel: PUT .../label, adds and overwrites."""
        await self.again(
            "UpdateServiceLabel", "update_service_label", "UpdateServiceLabelRequest", {"labels": dict(labels)}, self.region, name
        )

    async def remove_labels(self, name: str, keys: list[str]) -> None:
        """DeleteServiceLabel: DELETE .../label?Keys=..."""
        await self.again("DeleteServiceLabel", "delete_service_label", "DeleteServiceLabelRequest", {"keys": keys}, self.region, name)

    async def set_lock(self, name: str, lock: str) -> None:
        """UpdateServiceSafetyLock: PUT .../lock."""
        await self.again(
            "UpdateServiceSafetyLock", "update_service_safety_lock", "UpdateServiceSafetyLockRequest", {"lock": lock}, self.region, name
        )

    async def list_services(self, labels: Mapping[str, str]) -> list[Answer]:
        """ListServices: GET /api/v2/services?Label=..., all pages."""
        return await self.pages("ListServices", "list_services", "ListServicesRequest", {"label": dict(labels)}, "Services")

    async def services_of_group(self, group: str) -> list[str]:
        """Names of the services that use a resource group: ListServices with ResourceName."""
        request = {"resource_name": group}
        found = await self.pages("ListServices", "list_services", "ListServicesRequest", request, "Services", id_="ServiceName")
        return sorted(str(service["ServiceName"]) for service in found if service.get("Status") not in ("Deleting", "Deleted"))

    async def instances(self, name: str) -> list[Answer]:
        """ListServiceInstances: GET .../instances, all pages."""
        return await self.pages(
            "ListServiceInstances", "list_service_instances", "ListServiceInstancesRequest", {}, "Instances", self.region, name
        )

    async def last_warning(self, name: str, since: str = "") -> str | None:
        """The newest Warning of DescribeServiceEvent: GET .../events?EventType=Warning, not older than `since` (a time as the API writes
        it; those of services have a T and a Z where those of events have a space). None without one."""
        request = {"event_type": "Warning", "page_num": "1", "page_size": "20"}
        answer = await self.again(
            "DescribeServiceEvent", "describe_service_event", "DescribeServiceEventRequest", request, self.region, name
        )
        events = [
            event
            for event in rows(answer, "Events")
            if event.get("Type", "Warning") == "Warning" and moment(event.get("Time")) >= moment(since)
        ]
        if not events:
            return None
        newest = max(events, key=lambda event: moment(event.get("Time")))
        return ": ".join(part for part in (str(newest.get("Reason") or ""), words(newest.get("Message"))) if part) or None

    async def log(self, name: str, instance: str, *, previous: bool) -> list[str]:
        """DescribeServiceLog: GET .../logs?InstanceName=..., the last page of 500 lines (assumed: the oldest line is the first).
        `previous`: what was written before the instance's last restart."""

        async def page(number: int) -> Answer:
            request = {"instance_name": instance, "previous": previous or None, "page_num": number}
            model = "DescribeServiceLogRequest"
            return await self.again("DescribeServiceLog", "describe_service_log", model, request, self.region, name) or {}

        answer = await page(1)
        last = answer.get("TotalPageNum")
        if isinstance(last, int) and last > 1:
            answer = await page(last)
        lines = answer.get("Logs")
        return [str(line) for line in lines] if isinstance(lines, list) else []

    async def machine_specs(self, instance_types: list[str]) -> list[Answer]:
        """DescribeMachineSpec: GET /api/v2/public/instance_types, StockStatus of each type."""
        request = {"instance_types": instance_types}
        return rows(
            await self.again("DescribeMachineSpec", "describe_machine_spec", "DescribeMachineSpecRequest", request), "InstanceMetas"
        )
