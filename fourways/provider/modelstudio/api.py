"""The calls of the Model Studio OpenAPI that the provider makes, with the retries each of them allows.

Reads and changes that are the same when done twice are tried again whatever went wrong; a create only when it surely did not happen. A
reset counts as the same: nobody has had the value of the one whose answer was lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fourways.cloud import answers, modelstudio
from fourways.cloud.answers import Row
from fourways.provider import retries
from fourways.provider.session import Session

PAGE_SIZE = 100


class ModelStudio:
    """Model Studio in one region. Every method raises CloudError; answers are the API's JSON objects."""

    def __init__(self, session: Session, region: str) -> None:
        self.session, self.region = session, region

    # workspaces

    async def create_workspace(self, name: str, service_site: str | None) -> Row:
        """CreateWorkspace: the workspace. Not idempotent: one try, unless it surely did not happen."""
        request = {"workspaceName": name, "serviceSite": service_site}
        return await retries.once(self.session, lambda: self._part("CreateWorkspace", "workspace", "workspaceId", request))

    async def workspaces(self) -> list[Row]:
        """ListWorkspaces, all pages."""
        return await self._pages("ListWorkspaces", {}, "workspaces", "workspaceId")

    async def delete_workspace(self, workspace: str) -> None:
        """DeleteWorkspace. Not there is success; a refusal is raised with the cloud's reasons."""
        if (answer := await self._again("DeleteWorkspace", workspace)) is not None:
            modelstudio.deleted(answer)

    # API keys

    async def create_key(self, workspace: str | None, description: str, auth: Mapping[str, Any]) -> Row:
        """CreateApiKey: the key with its value. Not idempotent: one try, unless it surely did not happen."""
        request = {"workspaceId": workspace, "description": description, "auth": auth}
        return await retries.once(self.session, lambda: self._key_with_value("CreateApiKey", (), request))

    async def reset_key(self, key: str) -> Row | None:
        """ResetApiKey: the key with a new value; the old one ends. None when there is none."""
        return await retries.again(self.session, lambda: self._key_with_value("ResetApiKey", (key,), {}))

    async def key(self, key: str) -> Row | None:
        """GetApiKey: the key without its value; None when there is none."""
        return await retries.again(self.session, lambda: self._part("GetApiKey", "apiKey", "apiKeyId", {}, key))

    async def keys(self) -> list[Row]:
        """ListApiKeys, all pages and workspaces."""
        return await self._pages("ListApiKeys", {}, "apiKeys", "apiKeyId")

    async def update_key(self, key: str, description: str, auth: Mapping[str, Any]) -> None:
        """UpdateApiKey, always as a whole: half an `auth` 'may not match your expectations' (SDK 2.2.3)."""
        await self._again("UpdateApiKey", key, request={"description": description, "auth": auth})

    async def switch_key(self, key: str, *, on: bool) -> None:
        """EnableApiKey or DisableApiKey."""
        await self._again("EnableApiKey" if on else "DisableApiKey", key)

    async def delete_key(self, key: str) -> None:
        """DeleteApiKey. Not there is success."""
        await self._again("DeleteApiKey", key)

    # limits and permissions

    async def limits(self, workspace: str) -> dict[str, Row] | None:
        """ListModelLimits: the workspace's own limits by model; None where there is no such workspace."""
        rows = await self._pages_or_none("ListModelLimits", {"workspaceId": workspace}, "limits", "model")
        return None if rows is None else {str(row["model"]): limit for row in rows if (limit := _object(row.get("workspaceLimit")))}

    async def update_limits(self, workspace: str, changes: Sequence[Mapping[str, Any]]) -> None:
        """UpdateModelLimits: {model, operationType OVERLAY or DELETE, ...} each."""
        await self._again("UpdateModelLimits", request={"workspaceId": workspace, "workspaceLimits": list(changes)})

    async def permissions(self, workspace: str) -> dict[str, Row] | None:
        """ListModelPermissions (the full catalogue): {inference, deploy, fineTune} by model; None where there is no such workspace."""
        request = {"workspaceId": workspace, "authorizationScope": "AUTHORIZABLE"}
        rows = await self._pages_or_none("ListModelPermissions", request, "list", "model")
        return None if rows is None else {str(row["model"]): _object(row.get("permissions")) for row in rows}

    async def update_permissions(self, workspace: str, models: Sequence[Mapping[str, Any]]) -> None:
        """UpdateModelPermissions: {model, inference?, deploy?, fineTune?} each. One-click authorization is kept as it is."""
        request = {"workspaceId": workspace, "accessAllEntities": "KEEP", "models": list(models)}
        await self._again("UpdateModelPermissions", request=request)

    # how calls are made

    async def _call(self, action: str, path: tuple[str, ...], request: Mapping[str, Any]) -> Row:
        def blocking() -> Row:
            return modelstudio.call(action, self.region, *path, request=request, target=self.session.target)

        return await self.session.call(blocking)

    async def _again(self, action: str, *path: str, request: Mapping[str, Any] | None = None) -> Row | None:
        return await retries.again(self.session, lambda: self._call(action, path, request or {}))

    async def _part(self, action: str, name: str, id_: str, request: Mapping[str, Any], *path: str) -> Row:
        """The object that an answer is about, which must have an id."""
        answer = await self._call(action, path, request)
        found = _object(answer.get(name))
        if not answers.text(found.get(id_)):
            raise answers.unreadable(action, f"the answer has no {name}.{id_}")
        return found

    async def _key_with_value(self, action: str, path: tuple[str, ...], request: Mapping[str, Any]) -> Row:
        found = await self._part(action, "apiKey", "apiKeyId", request, *path)
        if not answers.text(found.get("apiKeyValue")):
            raise answers.unreadable(action, "the answer has no apiKey.apiKeyValue")
        return found

    async def _pages(self, action: str, request: Mapping[str, Any], where: str, id_: str) -> list[Row]:
        return await self._pages_or_none(action, request, where, id_) or []

    async def _pages_or_none(self, action: str, request: Mapping[str, Any], where: str, id_: str) -> list[Row] | None:
        """All pages of a list by nextToken; None of a 404. Raises CloudError for a list that cannot be read whole."""
        rows: list[Row] = []
        token: str | None = None
        while True:
            paged = {**request, "maxResults": PAGE_SIZE, "nextToken": token}

            async def page(paged: Mapping[str, Any] = paged) -> Row:
                return modelstudio.page(action, await self._call(action, (), paged), where, id_, paged["nextToken"])

            answer = await retries.again(self.session, page)
            if answer is None:
                return None
            rows += answer[where]
            if not (token := answers.text(answer.get("nextToken"))):
                return rows


def _object(value: Any) -> Row:
    return value if isinstance(value, dict) else {}
