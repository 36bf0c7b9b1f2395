"""ResourceManager 2020-03-31 on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Service
from fourways.fakes.services.resourcemanager.backend import DELETE_SECONDS, ResourceManagerBackend
from fourways.fakes.services.shared.resources import Resource
from fourways.fakes.services.shared.tagging import TagActions
from fourways.fakes.wire.errors import CloudError


def _group(call: Call, group: Resource) -> dict[str, Any]:
    return {
        "Id": group.id,
        "Name": group.name,
        "DisplayName": group.description,
        "AccountId": call.scope.account,
        "CreateDate": call.scope.clock.timestamp(group.created),
        "Status": "OK" if group.status == "Available" else group.status,
    }


def list_resource_groups(call: Call) -> dict[str, Any]:
    backend, wanted = call.backend(ResourceManagerBackend), call.parameters
    rows = [_group(call, group) for group in backend.groups]
    for parameter, key in (("Status", "Status"), ("Name", "Name"), ("DisplayName", "DisplayName"), ("ResourceGroupId", "Id")):
        value = wanted.optional(parameter)
        rows = [row for row in rows if value in (None, row[key])]
    page, about = wanted.page(rows)
    return {"ResourceGroups": {"ResourceGroup": page}, **about}


def get_resource_group(call: Call) -> dict[str, Any]:
    group = call.backend(ResourceManagerBackend).groups[call.parameters.require("ResourceGroupId")]
    status = {"RegionId": call.scope.cloud.default_region, "Status": "OK"}
    return {"ResourceGroup": {**_group(call, group), "RegionStatuses": {"RegionStatus": [status]}}}


def create_resource_group(call: Call) -> dict[str, Any]:
    group = call.backend(ResourceManagerBackend).create(call.parameters.require("Name"), call.parameters.require("DisplayName"))
    return {"ResourceGroup": {**_group(call, group), "RegionStatuses": {"RegionStatus": []}}}


def update_resource_group(call: Call) -> dict[str, Any]:
    group = call.backend(ResourceManagerBackend).groups[call.parameters.require("ResourceGroupId")]
    group.description = call.parameters.require("NewDisplayName")
    return {"ResourceGroup": _group(call, group)}


def delete_resource_group(call: Call) -> dict[str, Any]:
    backend = call.backend(ResourceManagerBackend)
    group = backend.groups[call.parameters.require("ResourceGroupId")]
    if group.system:
        raise CloudError(409, "Invalid.ResourceGroup.Default", "The default resource group cannot be deleted.")
    backend.groups.remove_later(group, "DeleteResourceGroup", DELETE_SECONDS, "PendingDelete")
    return {"ResourceGroup": _group(call, group)}


RESOURCE_MANAGER = Service(
    product="ResourceManager",
    version="2020-03-31",
    actions={
        "ListResourceGroups": list_resource_groups,
        "GetResourceGroup": get_resource_group,
        "CreateResourceGroup": create_resource_group,
        "UpdateResourceGroup": update_resource_group,
        "DeleteResourceGroup": delete_resource_group,
        # Tags of a group itself, by the names of younger products (resource_alicloud_resource_manager_resource_group.go 1.285.0).
        **TagActions(lambda call: {"resourcegroup": call.backend(ResourceManagerBackend).groups}, "UnTagResources", flat=True).actions(),
    },
)
