"""Projects and their tags on the wire, as resource_alicloud_log_project.go 1.285.0 calls them (API 2020-12-30)."""

from __future__ import annotations

import json
import re
from typing import Any

from fourways.fakes.doors import Logs
from fourways.fakes.service import Call
from fourways.fakes.services.shared.tagging import checked_tags
from fourways.fakes.services.sls.backend import Project, SlsBackend
from fourways.fakes.services.sls.requests import body, invalid, project_of, text
from fourways.fakes.wire.errors import CloudError

_LARGEST_PAGE = 500  # help centre, ListProject
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")


def create_project(call: Call) -> None:
    given, backend = body(call), call.backend(SlsBackend)
    name = text(given, "projectName")
    if not _NAME.fullmatch(name):
        raise invalid(f"project name {name} is invalid: 3-63 lower-case letters, digits and hyphens, no hyphen first or last")
    if backend.taken(name):
        raise CloudError(400, "ProjectAlreadyExist", f"Project {name} already exist.")
    backend.projects[name] = Project(
        name, call.scope.region, call.scope.clock.now(), text(given, "description"), text(given, "resourceGroupId")
    )


def at_root(call: Call) -> dict[str, Any]:
    """GET / at a project's host is GetProject, at the service's own ListProject: those of the region, by `offset` and `size`, whose names
    have `projectName` in them."""
    given = call.parameters
    if "project" in given:
        return _view(call, project_of(call))
    found = [_view(call, one) for one in _of_region(call) if given.get("projectName") in one.name]
    offset, size = given.integer("offset", 0, 0), given.integer("size", _LARGEST_PAGE, 0, _LARGEST_PAGE)
    page = found[offset : offset + size]
    return {"count": len(page), "total": len(found), "projects": page}


def update_project(call: Call) -> None:
    project_of(call).description = text(body(call), "description")


def delete_project(call: Call) -> None:
    """Its stores and all that is in them go with it."""
    del call.backend(SlsBackend).projects[project_of(call).name]


def change_resource_group(call: Call) -> None:
    given = body(call)
    call.backend(SlsBackend).project(text(given, "resourceId")).resource_group = text(given, "resourceGroupId")


def get_policy(call: Call) -> dict[str, Any]:
    return {Logs.WHOLE: project_of(call).policy}


def put_policy(call: Call) -> None:
    project_of(call).policy = json.dumps(body(call), separators=(",", ":"))


def delete_policy(call: Call) -> None:
    project_of(call).policy = ""


def tag_resources(call: Call) -> None:
    """`tags` are key and value here."""
    given = body(call)
    rows = given.get("tags")
    if not isinstance(rows, list) or not all(isinstance(row, dict) and row.get("key") for row in rows):
        raise invalid("tags must be a list of key and value")
    tags = {str(row["key"]): str(row.get("value", "")) for row in rows}
    projects = _named(call, given.get("resourceId"))
    for project in projects:
        checked_tags({**project.tags, **tags})
    for project in projects:
        project.tags.update(tags)


def untag_resources(call: Call) -> None:
    """`tags` are keys here."""
    given = body(call)
    for project in _named(call, given.get("resourceId")):
        for key in given.get("tags") or ([*project.tags] if given.get("all") else []):
            project.tags.pop(key, None)


def list_tag_resources(call: Call) -> dict[str, Any]:
    """By ids, by tags, or both; `resourceId` and `tags` are JSON lists."""
    given = call.parameters
    try:
        ids, wanted = json.loads(given.get("resourceId") or "[]"), json.loads(given.get("tags") or "[]")
    except ValueError:
        raise invalid("resourceId and tags must be JSON lists") from None
    found = _named(call, ids) if ids else _of_region(call)
    rows = [
        {"resourceType": "project", "resourceId": project.name, "tagKey": key, "tagValue": value}
        for project in found
        if all(row.get("key") in project.tags and row.get("value") in (None, project.tags[row["key"]]) for row in wanted)
        for key, value in project.tags.items()
    ]
    return {"nextToken": "", "tagResources": rows}


def _of_region(call: Call) -> list[Project]:
    return [project for project in call.backend(SlsBackend).projects.values() if project.region == call.scope.region]


def _named(call: Call, ids: Any) -> list[Project]:
    if not isinstance(ids, list) or not ids:
        raise invalid("resourceId must be a list of project names")
    return [call.backend(SlsBackend).project(str(id)) for id in ids]


def _view(call: Call, project: Project) -> dict[str, Any]:
    made = call.scope.clock.timestamp(project.created)
    return {
        "projectName": project.name,
        "description": project.description,
        "status": "Normal",
        "owner": call.scope.account,
        "region": project.region,
        "resourceGroupId": project.resource_group,
        "dataRedundancyType": "LRS",
        "createTime": made,
        "lastModifyTime": made,
    }
