"""Application groups on the wire: help centre, CreateMonitorGroup; what is read, resource_alicloud_cms_monitor_group.go 1.285.0.

A group here is what custom metrics are reported to; it holds no instances.
"""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.cms.answers import DONE
from fourways.fakes.services.cms.backend import CmsBackend, MonitorGroup
from fourways.fakes.services.shared.tagging import as_list, checked_tags
from fourways.fakes.wire.errors import CloudError, missing

_LARGEST_PAGE = 100


def create_monitor_group(call: Call) -> dict[str, Any]:
    """Two groups of one name are refused (assumed; the code is that of the help centre's page on CreateMonitorGroup, from memory)."""
    backend, name = call.backend(CmsBackend), call.parameters.require("GroupName")
    if any(group.name == name for group in backend.monitor_groups.values()):
        raise CloudError(409, "GroupNameConflict", f"The name {name} already exists.")
    backend.last_group += 1
    made = MonitorGroup(backend.last_group, name, call.scope.clock.now(), _contact_groups(call))
    backend.monitor_groups[made.id] = made
    return {**DONE, "GroupId": made.id}


def describe_monitor_groups(call: Call) -> dict[str, Any]:
    """`GroupName` is a name or part of one (help centre)."""
    given = call.parameters
    id, name = given.get("GroupId"), given.get("GroupName")
    found = [group for group in call.backend(CmsBackend).monitor_groups.values() if id in ("", str(group.id)) and name in group.name]
    page, about = given.page(found, largest=_LARGEST_PAGE)
    return {
        **DONE,
        "Total": about["TotalCount"],
        "PageNumber": about["PageNumber"],
        "PageSize": about["PageSize"],
        "Resources": {"Resource": [_view(group) for group in page]},
    }


def modify_monitor_group(call: Call) -> dict[str, Any]:
    group = _named(call)
    group.name = call.parameters.get("GroupName", group.name)
    group.contact_groups = _contact_groups(call) or group.contact_groups
    return DONE


def delete_monitor_group(call: Call) -> dict[str, Any]:
    """What was reported to it is gone too (assumed)."""
    backend, id = call.backend(CmsBackend), _named(call).id
    del backend.monitor_groups[id]
    backend.forget(str(id))
    return DONE


def add_tags(call: Call) -> dict[str, Any]:
    tags = call.parameters.tags()
    if not tags:
        raise missing("Tag")
    for group in _all(call):
        group.tags = checked_tags({**group.tags, **tags})
    return DONE


def remove_tags(call: Call) -> dict[str, Any]:
    for group in _all(call):
        for key in call.parameters.tags():
            group.tags.pop(key, None)
    return DONE


def _named(call: Call) -> MonitorGroup:
    return call.backend(CmsBackend).monitor_group(call.parameters.require("GroupId"))


def _all(call: Call) -> list[MonitorGroup]:
    ids = call.parameters.values("GroupIds")
    if not ids:
        raise missing("GroupIds")
    return [call.backend(CmsBackend).monitor_group(id) for id in ids]


def _contact_groups(call: Call) -> list[str]:
    return [name for name in call.parameters.get("ContactGroups").split(",") if name]


def _view(group: MonitorGroup) -> dict[str, Any]:
    return {
        "GroupId": group.id,
        "GroupName": group.name,
        "Type": "custom",
        "GmtCreate": int(group.created * 1000),
        "GmtModified": int(group.created * 1000),
        "ContactGroups": {"ContactGroup": [{"Name": name} for name in group.contact_groups]},
        "Tags": as_list(group.tags),
    }
