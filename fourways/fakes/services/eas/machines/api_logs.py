"""Handing a resource group's logs to Simple Log Service: CreateResourceLog and its kin, methods and fields as in alibabacloud_eas20210701
7.0.0. It is the only way that EAS documents; services on public machines or quotas have none.

The project and the store must exist (help centre, CreateResourceLog, which says to look both up); a group has one place for its logs (the
answer of DescribeResourceLog has room for one). The codes of refusals are assumed.
"""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.eas.errors import bad
from fourways.fakes.services.eas.records import Group
from fourways.fakes.services.eas.requests import backend, body
from fourways.fakes.services.sls.backend import SlsBackend, Source, Store
from fourways.fakes.wire.errors import CloudError


def create_resource_log(call: Call) -> dict[str, Any]:
    group, given = _group(call), body(call)
    for name in ("ProjectName", "LogStore"):
        if not given.get(name):
            raise bad(f"{name} is required.")
    project = call.backend(SlsBackend).projects.get(str(given["ProjectName"]))
    store = project.stores.get(str(given["LogStore"])) if project is not None else None
    if project is None or store is None or project.region != group.region:
        raise bad(f"There is no logstore {given['LogStore']} of project {given['ProjectName']} in {group.region}.")
    if _place(call, group) is not None:
        raise CloudError(409, "OperationDenied.ResourceLogExists", f"The logs of resource {group.id} are delivered already.")
    store.sources[group.id] = Source(group.region, call.scope.clock.now())
    return {"Message": f"Log delivery of resource [{group.id}] is enabled."}


def describe_resource_log(call: Call) -> dict[str, Any]:
    """Empty names where nothing is delivered (assumed)."""
    project, store = _place(call, _group(call)) or ("", None)
    return {"ProjectName": project, "LogStore": store.name if store else "", "Message": "", "Status": "ResourceReady"}


def delete_resource_log(call: Call) -> dict[str, Any]:
    group = _group(call)
    found = _place(call, group)
    if found is None:
        raise CloudError(404, "InvalidResourceLog.NotFound", f"The logs of resource {group.id} are not delivered.")
    del found[1].sources[group.id]
    return {"Message": f"Log delivery of resource [{group.id}] is disabled."}


def _group(call: Call) -> Group:
    return backend(call).group(call.parameters.get("ResourceId"))


def _place(call: Call, group: Group) -> tuple[str, Store] | None:
    """The project and the store that the group's logs go to."""
    projects = call.backend(SlsBackend).projects.values()
    return next(((project.name, store) for project in projects for store in project.stores.values() if group.id in store.sources), None)
