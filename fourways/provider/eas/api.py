"""The EAS operations that the provider calls, with the retries each of them allows. SDK: alibabacloud-eas20210701 7.0.0, API 2021-07-01.

Reads and idempotent changes are tried again whatever went wrong; a create is tried again only when it surely did not happen.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any

from fourways.cloud import answers, clients, ownership
from fourways.cloud.errors import CloudError, Outcome, invoke
from fourways.provider.session import Session

Answer = dict[str, Any]
#: Raises CloudError for an answer that came and does not say what was asked for: it is then treated like an answer that was lost.
Expect = Callable[[Answer], object]

PAGE_SIZE = 100
SERVICE = ("ServiceName", "ServiceId")


class Eas:
    """EAS in one region. Every method raises CloudError; answers are the API's JSON objects."""

    def __init__(self, session: Session, region: str, *, patient: bool = True) -> None:
        """`patient` false: nothing is tried again, for what only decorates a message and must not hold a wait up."""
        self.session, self.region, self.patient = session, region, patient

    # services

    async def create_service(self, body: Mapping[str, Any], labels: Mapping[str, str], workspace_id: str | None) -> Answer:
        """CreateService: POST /api/v2/services, Labels as JSON in the query. Not idempotent: one try, unless it surely did not happen."""
        request = {"labels": dict(labels), "workspace_id": workspace_id, "body": _json(body)}
        return await self._once("CreateService", "create_service", "CreateServiceRequest", request, expect=_names("CreateService", SERVICE))

    async def describe_service(self, name: str) -> Answer | None:
        """DescribeService: GET /api/v2/services/{region}/{name}; None when there is none (404)."""
        expect = _names("DescribeService", SERVICE, name)
        return await self._again("DescribeService", "describe_service", None, None, self.region, name, expect=expect)

    async def update_service(self, name: str, body: Mapping[str, Any]) -> Answer:
        """UpdateService with UpdateType=replace: keys that are not in the body go away. PUT /api/v2/services/{region}/{name}. One try."""
        request = {"update_type": "replace", "body": _json(body)}
        return await self._once("UpdateService", "update_service", "UpdateServiceRequest", request, self.region, name)

    async def update_service_version(self, name: str, version: int) -> Answer:
        """UpdateServiceVersion: PUT .../version, back to an earlier version, 'greater than 0 and smaller than the current' one. One try."""
        request = {"version": version}
        return await self._once("UpdateServiceVersion", "update_service_version", "UpdateServiceVersionRequest", request, self.region, name)

    async def delete_service(self, name: str) -> Answer | None:
        """DeleteService: DELETE /api/v2/services/{region}/{name}; None when it is gone already."""
        return await self._again("DeleteService", "delete_service", None, None, self.region, name)

    async def set_labels(self, name: str, labels: Mapping[str, str]) -> None:
        """UpdateServiceLabel: PUT .../label, adds and overwrites."""
        await self._again(
            "UpdateServiceLabel", "update_service_label", "UpdateServiceLabelRequest", {"labels": dict(labels)}, self.region, name
        )

    async def remove_labels(self, name: str, keys: list[str]) -> None:
        """DeleteServiceLabel: DELETE .../label?Keys=..."""
        await self._again("DeleteServiceLabel", "delete_service_label", "DeleteServiceLabelRequest", {"keys": keys}, self.region, name)

    async def set_lock(self, name: str, lock: str) -> None:
        """UpdateServiceSafetyLock: PUT .../lock."""
        await self._again(
            "UpdateServiceSafetyLock", "update_service_safety_lock", "UpdateServiceSafetyLockRequest", {"lock": lock}, self.region, name
        )

    async def list_services(self, labels: Mapping[str, str]) -> list[Answer]:
        """ListServices: GET /api/v2/services?Label=..., all pages."""
        return await self._pages("ListServices", "list_services", "ListServicesRequest", {"label": dict(labels)}, "Services")

    async def services_of_group(self, group: str) -> list[str]:
        """Names of the services that use a resource group: ListServices with ResourceName."""
        request = {"resource_name": group}
        found = await self._pages("ListServices", "list_services", "ListServicesRequest", request, "Services", id_="ServiceName")
        return sorted(str(service["ServiceName"]) for service in found if service.get("Status") not in ("Deleting", "Deleted"))

    async def instances(self, name: str) -> list[Answer]:
        """ListServiceInstances: GET .../instances, all pages."""
        return await self._pages(
            "ListServiceInstances", "list_service_instances", "ListServiceInstancesRequest", {}, "Instances", self.region, name
        )

    async def last_warning(self, name: str, since: str = "") -> str | None:
        """The newest Warning of DescribeServiceEvent: GET .../events?EventType=Warning, not older than `since` (a time as the API writes
        it; those of services have a T and a Z where those of events have a space). None without one."""
        request = {"event_type": "Warning", "page_num": "1", "page_size": "20"}
        answer = await self._again(
            "DescribeServiceEvent", "describe_service_event", "DescribeServiceEventRequest", request, self.region, name
        )
        events = [
            event
            for event in _rows(answer, "Events")
            if event.get("Type", "Warning") == "Warning" and _moment(event.get("Time")) >= _moment(since)
        ]
        if not events:
            return None
        newest = max(events, key=lambda event: _moment(event.get("Time")))
        return ": ".join(part for part in (str(newest.get("Reason") or ""), _words(newest.get("Message"))) if part) or None

    async def log(self, name: str, instance: str, *, previous: bool) -> list[str]:
        """DescribeServiceLog: GET .../logs?InstanceName=..., the last page of 500 lines (assumed: the oldest line is the first).
        `previous`: what was written before the instance's last restart."""

        async def page(number: int) -> Answer:
            request = {"instance_name": instance, "previous": previous or None, "page_num": number}
            model = "DescribeServiceLogRequest"
            return await self._again("DescribeServiceLog", "describe_service_log", model, request, self.region, name) or {}

        answer = await page(1)
        last = answer.get("TotalPageNum")
        if isinstance(last, int) and last > 1:
            answer = await page(last)
        lines = answer.get("Logs")
        return [str(line) for line in lines] if isinstance(lines, list) else []

    async def machine_specs(self, instance_types: list[str]) -> list[Answer]:
        """DescribeMachineSpec: GET /api/v2/public/instance_types, StockStatus of each type."""
        request = {"instance_types": instance_types}
        return _rows(
            await self._again("DescribeMachineSpec", "describe_machine_spec", "DescribeMachineSpecRequest", request), "InstanceMetas"
        )

    # resource groups

    async def create_group(self, request: Mapping[str, Any]) -> Answer:
        """CreateResource: POST /api/v2/resources. No name and no client token: one try, unless it surely did not happen."""
        return await self._once(
            "CreateResource",
            "create_resource",
            "CreateResourceRequest",
            {"resource_type": "Dedicated", **request},
            expect=_names("CreateResource", ("ResourceId",)),
        )

    async def describe_group(self, group: str) -> Answer | None:
        """DescribeResource: GET /api/v2/resources/{region}/{id}; None when there is none. Carries no labels."""
        expect = _names("DescribeResource", ("ResourceId", "ResourceName"), group)
        return await self._again("DescribeResource", "describe_resource", None, None, self.region, group, expect=expect)

    async def list_groups(self) -> list[Answer]:
        """ListResources: GET /api/v2/resources?ResourceType=Dedicated, all pages. Carries no labels."""
        request = {"resource_type": "Dedicated"}
        return await self._pages("ListResources", "list_resources", "ListResourcesRequest", request, "Resources", id_="ResourceId")

    async def delete_group(self, group: str) -> Answer | None:
        """DeleteResource: DELETE /api/v2/resources/{region}/{id}; only an empty group can go. None when it is gone already."""
        return await self._again("DeleteResource", "delete_resource", None, None, self.region, group)

    async def machines(self, group: str) -> list[Answer]:
        """ListResourceInstances: GET .../instances, all pages; Labels of each machine as a list. Empty when the group is gone."""
        return await self._pages(
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
        return await self._once(
            "CreateResourceInstances", "create_resource_instances", "CreateResourceInstancesRequest", request, self.region, group
        )

    async def delete_machines(self, group: str, machines: list[str]) -> Answer | None:
        """DeleteResourceInstances: DELETE .../instances?InstanceList=a,b. Pay-as-you-go machines only."""
        request = {"instance_list": ",".join(machines)}
        return await self._again(
            "DeleteResourceInstances", "delete_resource_instances", "DeleteResourceInstancesRequest", request, self.region, group
        )

    async def set_machine_labels(self, group: str, labels: Mapping[str, str]) -> None:
        """UpdateResourceInstanceLabel: PUT .../label?AllInstances=true."""
        request = {"all_instances": True, "labels": dict(labels)}
        await self._again(
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
        await self._again(
            "DeleteResourceInstanceLabel",
            "delete_resource_instance_label",
            "DeleteResourceInstanceLabelRequest",
            request,
            self.region,
            group,
        )

    async def dlink(self, group: str) -> Answer | None:
        """DescribeResourceDLink: GET .../dlink; None without one."""
        answer = await self._again("DescribeResourceDLink", "describe_resource_dlink", None, None, self.region, group)
        return answer if answer and answer.get("VSwitchId") else None

    async def set_dlink(self, group: str, v_switch_id: str, security_group_id: str, cidrs: str | None) -> None:
        """UpdateResourceDLink: PUT .../dlink."""
        request = {"v_switch_id": v_switch_id, "security_group_id": security_group_id, "destination_cidrs": cidrs}
        await self._again("UpdateResourceDLink", "update_resource_dlink", "UpdateResourceDLinkRequest", request, self.region, group)

    async def remove_dlink(self, group: str) -> None:
        """DeleteResourceDLink: DELETE .../dlink."""
        await self._again("DeleteResourceDLink", "delete_resource_dlink", None, None, self.region, group)

    # how calls are made

    async def _pages(
        self, action: str, method: str, model: str, request: Mapping[str, Any], key: str, *path: str, id_: str | None = None
    ) -> list[Answer]:
        """All pages of a list; none of a 404. Raises CloudError for a list that cannot be read whole."""
        pages = answers.Pages(action, (key,), PAGE_SIZE, id_)
        for number in itertools.count(1):
            paged = {**request, "page_number": number, "page_size": PAGE_SIZE}
            answer = await self._again(
                action, method, model, paged, *path, expect=lambda found: answers.listed(action, found, key, id_=id_)
            )
            if answer is None or not pages.take(answer):
                break
        return pages.rows

    async def _again(
        self, action: str, method: str, model: str | None, request: Mapping[str, Any] | None, *path: str, expect: Expect | None = None
    ) -> Answer | None:
        """Tries until it is answered; None for a 404. For reads and for changes that are the same when done twice."""
        for attempt in itertools.count():
            try:
                return await self._call(action, method, model, request, path, expect)
            except CloudError as error:
                if error.outcome is Outcome.NOT_FOUND:
                    return None
                if error.outcome is Outcome.REFUSED or not self.patient:
                    raise
                await self.session.before_retry(attempt, error)
        raise AssertionError("unreachable")

    async def _once(
        self, action: str, method: str, model: str | None, request: Mapping[str, Any] | None, *path: str, expect: Expect | None = None
    ) -> Answer:
        """Tries again only while the cloud throttles or cannot be reached: what may have happened is the caller's to find out."""
        for attempt in itertools.count():
            try:
                return await self._call(action, method, model, request, path, expect)
            except CloudError as error:
                if error.outcome not in {Outcome.THROTTLED, Outcome.UNSENT}:
                    raise
                await self.session.before_retry(attempt, error)
        raise AssertionError("unreachable")

    async def _call(
        self,
        action: str,
        method: str,
        model: str | None,
        request: Mapping[str, Any] | None,
        path: tuple[str, ...],
        expect: Expect | None,
    ) -> Answer:
        answer = await self.session.call(self._blocking, action, method, model, request, path)
        if expect is not None:
            expect(answer)
        return answer

    def _blocking(self, action: str, method: str, model: str | None, request: Mapping[str, Any] | None, path: tuple[str, ...]) -> Answer:
        from alibabacloud_eas20210701 import models  # importing it takes 0.4 s

        client = clients.eas_client(self.region, target=self.session.target)
        arguments: list[Any] = [*path]
        if model is not None:
            arguments.append(getattr(models, model)(**{key: value for key, value in (request or {}).items() if value is not None}))
        return answers.body_of(action, invoke(action, getattr(client, method), *arguments))


def labels_of(thing: Mapping[str, Any]) -> dict[str, str]:
    """The labels of a service or machine, from the API's list of {LabelKey, LabelValue}."""
    return ownership.from_list(thing.get("Labels"))


def _names(action: str, fields: tuple[str, ...], name: str | None = None) -> Expect:
    """Expects the answer to name a thing in one of these fields, and to name `name` where that is given."""

    def expect(answer: Answer) -> None:
        named = [answers.text(answer.get(field)) for field in fields]
        if not any(named):
            raise answers.unreadable(action, f"the answer has no {' and no '.join(fields)}")
        if name is not None and name not in named:
            raise answers.unreadable(action, "the answer is about another one")

    return expect


def _rows(answer: Answer | None, key: str) -> list[Answer]:
    """The objects of a list that only decorates a message: what cannot be read of it is left out."""
    entries = (answer or {}).get(key)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _moment(time: object) -> str:
    """A time of the API in one spelling that sorts: `2026-11-24 04:08:00`."""
    return str(time or "").replace("T", " ")[:19]


def _words(message: object) -> str:
    """The text of an event, whose Message is 'formatted in the JSON format' (SDK 7.0.0) with the words under `message`."""
    try:
        found = json.loads(str(message or ""))
    except ValueError:
        found = None
    return str(found.get("message") or "") if isinstance(found, dict) else str(message or "")


def _json(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
