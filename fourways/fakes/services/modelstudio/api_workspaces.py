"""Workspaces on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services import maas
from fourways.fakes.services.modelstudio import errors
from fourways.fakes.services.modelstudio.api_requests import backend, page
from fourways.fakes.services.modelstudio.records import Workspace


def create_workspace(call: Call) -> dict[str, Any]:
    """`serviceSite` is not supported in Beijing and Singapore (SDK 2.2.3); that it is refused there, rather than ignored, is assumed."""
    name = call.parameters.get("workspaceName")
    if not name.strip():
        raise errors.bad("workspaceName", "It is required.")
    if call.parameters.get("serviceSite"):
        raise errors.bad("serviceSite", f"It is not supported in {call.scope.region}.")
    return {"workspace": _view(call, backend(call).add_workspace(name))}


def list_workspaces(call: Call) -> dict[str, Any]:
    id, words = call.parameters.optional("workspaceId"), call.parameters.get("workspaceName")
    found = [item for item in backend(call).workspaces.values() if id in (None, item.id) and words in item.name]
    rows, about = page(call, found)
    return {"workspaces": [_view(call, item) for item in rows], **about}


def delete_workspace(call: Call) -> dict[str, Any]:
    """Answers why not with status 200 where it cannot be deleted: the default one, one with API keys, one with deployed models
    (that these are the reasons is assumed). Its limits and permissions go with it."""
    state = backend(call)
    found = state.workspace(call.parameters.require("id"))
    reasons = _reasons(call, found)
    if not reasons:
        del state.workspaces[found.id]
        state.limits.pop(found.id, None)
        state.permissions.pop(found.id, None)
    return {"isDeleted": not reasons, "failReasons": reasons}


def _reasons(call: Call, workspace: Workspace) -> list[dict[str, str]]:
    if workspace.default:
        return [{"resourceType": "Workspace", "reason": "The default workspace cannot be deleted."}]
    keys = [key.id for key in backend(call).keys.values() if key.workspace == workspace.id]
    reasons = [{"resourceType": "ApiKey", "reason": f"The workspace has the API keys {', '.join(map(str, keys))}."}] if keys else []
    others = call.scope.dependents(workspace.id)
    return reasons + ([{"resourceType": "Deployment", "reason": f"The workspace has the models {', '.join(others)}."}] if others else [])


def _view(call: Call, workspace: Workspace) -> dict[str, Any]:
    return {
        "apiHost": maas.api_host(workspace.id, call.scope.region),
        "gmtCreate": int(workspace.created * 1000),
        "region": call.scope.region,
        "serviceSite": workspace.service_site,
        "workspaceId": workspace.id,
        "workspaceName": workspace.name,
    }
