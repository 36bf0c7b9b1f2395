"""Handlers of service groups and of endpoints; methods, paths and parameters as in alibabacloud_eas20210701 7.0.0, client.py."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.eas import errors
from fourways.fakes.services.eas.deployment import service_groups
from fourways.fakes.services.eas.deployment.service_groups import ServiceGroup
from fourways.fakes.services.eas.errors import bad
from fourways.fakes.services.eas.records import GROUPING, STANDALONE
from fourways.fakes.services.eas.requests import backend, body, ordered, page
from fourways.fakes.services.eas.serving import endpoints

_LEAST, _MOST = service_groups.AUTOMATIC, 1000  # SDK documentation of ReleaseService's Weight


def _group(call: Call) -> ServiceGroup:
    return backend(call).service_groups.find(call.parameters.get("GroupName"))


def _entries(call: Call, group: ServiceGroup) -> list[endpoints.Entry]:
    return endpoints.of_group(call.scope.cloud, backend(call).service_groups.members(group), group.name)


def _view(call: Call, group: ServiceGroup) -> dict[str, Any]:
    clock = call.scope.clock
    return {
        "Name": group.name,
        "ClusterId": backend(call).scope.region,
        "CreateTime": clock.timestamp(group.created),
        "UpdateTime": clock.timestamp(group.updated),
        "AccessToken": group.token,
        "TrafficMode": service_groups.mode(backend(call).service_groups.members(group)),
        **endpoints.first(_entries(call, group)),
    }


def describe_group(call: Call) -> dict[str, Any]:
    return _view(call, _group(call))


def list_groups(call: Call) -> dict[str, Any]:
    """The newest first (assumed). A group is in the workspaces of its services (assumed)."""
    groups, parameters = backend(call).service_groups, call.parameters
    found = [
        group
        for group in groups.items.values()
        if parameters.get("Filter") in group.name
        and any(parameters.get("WorkspaceId") in ("", service.workspace_id) for service in groups.members(group))
    ]
    newest = ordered(call, found, {"CreateTime": lambda group: group.created})
    return page(call, newest, lambda group: _view(call, group), "Groups")


def describe_group_endpoints(call: Call) -> dict[str, Any]:
    group = _group(call)
    return {"Message": "", "AccessToken": group.token, "Endpoints": endpoints.rows(_entries(call, group), "Group")}


def describe_service_endpoints(call: Call) -> dict[str, Any]:
    """The service's own endpoints. Assumed: its group's are in DescribeGroupEndpoints alone."""
    service = backend(call).service(call.parameters.get("ServiceName"))
    entries = endpoints.of_service(call.scope.cloud, service)
    return {"Message": "", "AccessToken": service.token, "Endpoints": endpoints.rows(entries, "Service")}


def release_service(call: Call) -> dict[str, Any]:
    """Takes effect at once. The message follows the documentation's example. Assumed: that only a service in a group can be released."""
    home, (state, weight) = backend(call), _release(body(call))
    service = home.service(call.parameters.get("ServiceName"))
    if service.safety_lock == "all":
        raise errors.locked(service.name, service.safety_lock, "release")
    if service.operation == "delete":
        raise errors.conflict(f"Service {service.name} is Deleting.")
    if not service.service_group:
        raise bad(f"Service {service.name} is in no service group.")
    group = home.service_groups.find(service.service_group)
    service.traffic_state = state or service.traffic_state
    if weight is not None:
        service.weight = weight
    service.updated = group.updated = call.scope.clock.now()
    what = f"service [{service.name}] in region [{service.region}]"
    return {"Message": f"Releasing {what} with weight [{service_groups.weight(service)}], service status: [{service.status}]"}


def _release(given: dict[str, Any]) -> tuple[str | None, int | None]:
    """State and weight of the body. Unknown fields and an empty body are refused (assumed)."""
    unknown = sorted(set(given) - {"TrafficState", "Weight"})
    if unknown:
        raise bad(f"Unknown parameters: {', '.join(unknown)}.")
    state, weight = given.get("TrafficState"), given.get("Weight")
    if state is None and weight is None:
        raise bad("TrafficState or Weight is required.")
    if state not in (None, STANDALONE, GROUPING):
        raise bad(f"TrafficState must be {STANDALONE} or {GROUPING}, not {state!r}.")
    if weight is not None and (not isinstance(weight, int) or isinstance(weight, bool) or not _LEAST <= weight <= _MOST):
        raise bad(f"Weight must be a whole number from {_LEAST} to {_MOST}, not {weight!r}.")
    return state, weight
