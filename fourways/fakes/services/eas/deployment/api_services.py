"""Handlers of the service operations; methods, paths and parameters as in alibabacloud_eas20210701 7.0.0, client.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.eas.deployment import operations, views
from fourways.fakes.services.eas.errors import bad, machine_not_found
from fourways.fakes.services.eas.records import Service
from fourways.fakes.services.eas.requests import backend, body, has_labels, json_map, names, ordered, page
from fourways.fakes.services.eas.serving import endpoints

_LOCKS = ("all", "dangerous", "none")


def _service(call: Call) -> Service:
    return backend(call).service(call.parameters.get("ServiceName"))


def _done(message: str) -> dict[str, Any]:
    return {"Message": message}


def _standard(_: Service) -> str:
    return "Standard"


def create_service(call: Call) -> dict[str, Any]:
    labels = {key: value or "" for key, value in json_map(call, "Labels").items()}
    service = operations.create(backend(call), body(call), labels, call.parameters.get("WorkspaceId"))
    return {
        "ServiceId": service.uid,
        "ServiceName": service.name,
        "Status": service.status,
        "Region": service.region,
        **endpoints.first(endpoints.of_service(call.scope.cloud, service)),
    }


def describe_service(call: Call) -> dict[str, Any]:
    return views.service_details(call.scope.cloud, _service(call))


def list_services(call: Call) -> dict[str, Any]:
    parameters, now = call.parameters, call.scope.clock.now()
    wanted = json_map(call, "Label")
    exact: dict[str, Callable[[Service], str]] = {
        "ServiceName": lambda service: service.name,
        "ServiceUid": lambda service: service.uid,
        "ServiceStatus": lambda service: service.status,
        "ResourceName": lambda service: service.group or "",
        "WorkspaceId": lambda service: service.workspace_id,
        "QuotaId": lambda service: str(service.metadata.get("quota_id", "")),
        "GroupName": lambda service: service.service_group,
        "ServiceType": _standard,
        "Role": _standard,
        "Gateway": lambda service: service.gateway,
        "ResourceType": lambda service: "DedicatedResource" if service.group else "PublicResource",
    }
    found = [
        service
        for service in backend(call).services.values()
        if service.hidden_until <= now
        and parameters.get("Filter") in service.name
        and has_labels(service.labels, wanted)
        and all(parameters.get(name) in ("", value(service)) for name, value in exact.items())
    ]
    keys: dict[str, Callable[[Service], Any]] = {
        "CreateTime": lambda service: service.created,
        "UpdateTime": lambda service: service.updated,
    }
    return page(call, ordered(call, found, keys), lambda service: views.service_row(call.scope.cloud, service), "Services")


def update_service(call: Call) -> dict[str, Any]:
    service = _service(call)
    kind = call.parameters.get("UpdateType") or "merge"
    if kind not in ("merge", "replace"):
        raise bad(f"UpdateType must be merge or replace, not {kind!r}.")
    operations.update(backend(call), service, body(call), replace=kind == "replace")
    return _done(f"Update service [{service.name}] successfully")


def update_service_version(call: Call) -> dict[str, Any]:
    service = _service(call)
    operations.roll_back(backend(call), service, body(call).get("Version"))
    return _done(f"Update service [{service.name}] to version [{service.wanted_version}] successfully")


def start_service(call: Call) -> dict[str, Any]:
    service = _service(call)
    operations.start(backend(call), service)
    return _done(f"Service [{service.name}] is starting")


def stop_service(call: Call) -> dict[str, Any]:
    service = _service(call)
    operations.stop(backend(call), service)
    return _done(f"Service [{service.name}] is stopping")


def restart_service(call: Call) -> dict[str, Any]:
    service = _service(call)
    operations.restart(backend(call), service)
    return _done(f"Service [{service.name}] is restarting")


def delete_service(call: Call) -> dict[str, Any]:
    service = _service(call)
    operations.delete(backend(call), service)
    return _done(f"Service [{service.name}] in region [{service.region}] is deleting")


def list_service_versions(call: Call) -> dict[str, Any]:
    service = _service(call)
    numbers = [version.number for version in reversed(service.versions)]
    return page(call, numbers, lambda number: views.version_row(call.scope.cloud, service, number), "Versions")


def update_service_label(call: Call) -> dict[str, Any]:
    labels = body(call).get("Labels")
    if not isinstance(labels, dict) or not labels or not all(isinstance(value, str) for value in labels.values()):
        raise bad("Labels must be an object of strings that is not empty.")
    _service(call).labels.update(labels)
    return _done("Update service label successfully")


def delete_service_label(call: Call) -> dict[str, Any]:
    keys = names(call, "Keys")
    if not keys:
        raise bad("Keys is required.")
    service = _service(call)
    for key in keys:
        service.labels.pop(key, None)
    return _done("Delete service label successfully")


def update_service_safety_lock(call: Call) -> dict[str, Any]:
    lock = body(call).get("Lock")
    if lock not in _LOCKS:
        raise bad(f"Lock must be one of {', '.join(_LOCKS)}, not {lock!r}.")
    _service(call).safety_lock = lock
    return _done("Update service safety lock successfully")


def list_service_instances(call: Call) -> dict[str, Any]:
    home, service, parameters = backend(call), _service(call), call.parameters
    rows = [views.replica_row(call.scope.cloud, home, service, replica) for replica in service.replicas]
    exact = ("InstanceName", "InstanceType", "ResourceType", "HostIP", "Role")
    found = [
        row
        for row in rows
        if all(parameters.get(name) in ("", row.get(name, "")) for name in exact)
        and parameters.get("InstanceStatus") in ("", row["Status"])
        and parameters.get("Filter") in row["InstanceName"]
        and parameters.get("IsSpot").lower() in ("", str(row["IsSpot"]).lower())
    ]
    keys: dict[str, Callable[[dict[str, Any]], Any]] = {
        "CreateTime": lambda row: row["StartTime"],
        "StartTime": lambda row: row["StartTime"],
    }
    return page(call, ordered(call, found, keys), lambda row: row, "Instances")


def delete_service_instances(call: Call) -> dict[str, Any]:
    home, service = backend(call), _service(call)
    wanted = names(call, "InstanceList")
    if not wanted:
        raise bad("InstanceList is required.")
    for name in wanted:
        replica = service.replica(name)
        if replica is None:
            raise machine_not_found(name)
        home.lifecycle.recreate(service, replica)
    return _done("Delete service instances successfully")


def describe_service_event(call: Call) -> dict[str, Any]:
    """The newest first, of the last seven days unless StartTime says otherwise (SDK documentation)."""
    service, parameters, now = _service(call), call.parameters, call.scope.clock.now()
    first = _time(parameters.get("StartTime"), now - 7 * 86400)
    last = _time(parameters.get("EndTime"), now)
    found = [
        event
        for event in reversed(service.events)
        if first <= event.at <= last
        and parameters.get("EventType") in ("", event.type)
        and parameters.get("InstanceName") in ("", event.replica)
    ]
    return _with_pages(page(call, found, views.event_row, "Events", page_name="PageNum"))


def describe_service_log(call: Call) -> dict[str, Any]:
    """Lines with their time, 500 a page; Previous: of the container before an instance's last restart (SDK documentation).

    Assumed: the oldest line is the first, an instance shows its present container alone, and without a restart nothing is previous.
    """
    service, parameters = _service(call), call.parameters
    name, previous = parameters.get("InstanceName"), parameters.boolean("Previous")
    replica = service.replica(name)
    container = replica.restarts - previous if replica else None
    lines = [
        {"line": f"[{call.scope.clock.timestamp(line.at)}] {line.text}"}
        for line in service.logs
        if name in ("", line.replica) and container in (None, line.container) and parameters.get("Keyword") in line.text
    ]
    answer = _with_pages(page(call, lines, lambda row: row, "Logs", size=500, page_name="PageNum"))
    return {**answer, "Logs": [row["line"] for row in answer["Logs"]]}


def describe_service_diagnosis(call: Call) -> dict[str, Any]:
    """What is wrong, with causes and advice in the fake's own words."""
    service = _service(call)
    troubled = [replica for replica in service.replicas if replica.reason]
    return {
        "DiagnosisList": [
            {"Error": replica.reason, "Causes": [service.message or replica.reason], "Advices": ["See the service's events and logs."]}
            for replica in troubled
        ]
    }


def _time(text: str, default: float) -> float:
    if not text:
        return default
    try:
        return datetime.strptime(text.rstrip("Z").replace("T", " "), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise bad(f"{text!r} is not a time like 2006-01-02 15:04:05.") from None


def _with_pages(answer: dict[str, Any]) -> dict[str, Any]:
    size = answer.pop("PageSize")
    return {**answer, "TotalPageNum": -(-answer["TotalCount"] // size)}
