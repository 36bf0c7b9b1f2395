"""Model Studio in one account and region."""

from __future__ import annotations

import secrets
from typing import Any

from fourways.fakes.cloud import Cloud
from fourways.fakes.service import Backend, Scope
from fourways.fakes.services.modelstudio import errors
from fourways.fakes.services.modelstudio.records import ApiKey, Auth, Limit, Permissions, Window, Workspace
from fourways.fakes.services.shared.resources import new_id

_FIRST_KEY_ID = 100_001  # ids are whole numbers on the wire; where they begin is made up


class ModelStudioBackend(Backend):
    """Workspaces and keys by id, limits and permissions by workspace. The default workspace is there from the start."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.workspaces: dict[str, Workspace] = {}
        self.keys: dict[int, ApiKey] = {}
        self.limits: dict[str, dict[str, Limit]] = {}
        self.permissions: dict[str, Permissions] = {}
        self.windows: dict[tuple[str, ...], Window] = {}  # what was asked of late, by who, model and what is counted
        self.prefixes: dict[str, float] = {}  # digests of the beginnings of prompts, and when they are forgotten
        self._last_id = _FIRST_KEY_ID - 1
        self.default = self.add_workspace("Default Workspace", default=True)

    def add_workspace(self, name: str, service_site: str = "", *, default: bool = False) -> Workspace:
        made = Workspace(new_id("llm-", 16), name, self.scope.clock.now(), service_site, default)
        self.workspaces[made.id] = made
        return made

    def workspace(self, id: str | None) -> Workspace:
        """The workspace of this id, the default one for none; 404 when there is none."""
        if not id:
            return self.default
        if id not in self.workspaces:
            raise errors.workspace_not_found(id)
        return self.workspaces[id]

    def add_key(self, workspace: Workspace, creator: str, description: str, auth: Auth) -> ApiKey:
        self._last_id += 1
        id = self._last_id
        made = ApiKey(
            id, new_value(), self.scope.account, self.scope.region, workspace.id, self.scope.clock.now(), creator, description, True, auth
        )
        self.keys[id] = made
        return made

    def key(self, id: str) -> ApiKey:
        """The key of this id; 404 when there is none."""
        found = self.keys.get(int(id)) if id.isdecimal() else None
        if found is None:
            raise errors.key_not_found(id)
        return found

    def may(self, workspace: str, model: str, what: str) -> bool:
        """Whether the workspace has the right (inference, deploy, fineTune) to a model; all have it until it is taken away (assumed)."""
        return self.permissions.get(workspace, Permissions()).allows(model, what)

    def inventory(self) -> list[dict[str, Any]]:
        made = [workspace for workspace in self.workspaces.values() if not workspace.default]
        rows: list[dict[str, Any]] = [{"kind": "model-studio-workspace", "id": item.id, "name": item.name} for item in made]
        rows += [
            {"kind": "model-studio-api-key", "id": str(key.id), "name": key.description, "workspace": key.workspace}
            for key in self.keys.values()
        ]
        return rows


def new_value() -> str:
    """A key's value: `sk-` and 32 hexadecimal digits, the form that the console's keys have."""
    return f"sk-{secrets.token_hex(16)}"


def find_key(cloud: Cloud, value: str) -> ApiKey | None:
    """The key of this value in any account and region; enabled or not."""
    for backend in cloud.backends(ModelStudioBackend):
        for key in backend.keys.values():
            if secrets.compare_digest(key.value.encode(), value.encode()):
                return key
    return None
