"""`fourways:modelstudio:Workspace`: made once, found by its exact name, deleted only when the cloud agrees. No tags, no updates."""

from __future__ import annotations

from typing import Any

from fourways.cloud.answers import Row, text
from fourways.cloud.errors import CloudError
from fourways.provider.errors import InitFailed, NotReady, ProviderError, explain
from fourways.provider.modelstudio.api import ModelStudio
from fourways.provider.names import IMPORTED, INTERNAL
from fourways.provider.outcome import Done
from fourways.provider.session import Session
from fourways.provider.values import Properties

#: Seconds between looks for a workspace whose create had no answer, 30 s in all: how far lists lag behind is not documented (assumed).
LOOK_AGAIN = (1.0, 3.0, 6.0, 10.0, 10.0)
CREATE_TRIES = 3


class Workspaces:
    """The workspaces of one region. Every method runs after the session's guard."""

    def __init__(self, session: Session, studio: ModelStudio) -> None:
        self.session, self.studio = session, studio

    async def create(self, urn: str, inputs: Properties, timeout: float, account: str) -> Done:  # noqa: ARG002 - it is ready at once
        """Makes it. Raises ProviderError, naming it, where one of this name is there already."""
        name = str(inputs.plain["workspaceName"])
        try:
            before = await self.studio.workspaces()
            self._refuse_taken(urn, name, before)
            made = await self._make(urn, inputs, name, {str(row["workspaceId"]) for row in before})
        except CloudError as error:
            raise explain("create", f"workspace {name}", error) from error
        try:
            if not text(made.get("apiHost")):
                made = await self._find(str(made["workspaceId"])) or made
        except CloudError as error:  # it is made, and must come into the state
            done = self._done(inputs, made, account)
            reason = f"workspace {name} exists, and its host could not be read: {error}. Run `pulumi up` again."
            raise InitFailed(done.resource_id, done.properties, inputs, [reason]) from error
        return self._done(inputs, made, account)

    def _refuse_taken(self, urn: str, name: str, rows: list[Row]) -> None:
        for row in rows:
            known = f"{self.studio.region}/{row['workspaceId']}"
            if row.get("workspaceName") == name and known not in self.session.recorded.get(urn, ()):
                raise ProviderError(
                    f"cannot create workspace {name}: {row['workspaceId']} in {self.studio.region} has this name. It was not touched. "
                    f"Choose another name, or take it over: pulumi import fourways:modelstudio:Workspace {urn.rsplit('::', 1)[-1]} {known}"
                )

    async def _make(self, urn: str, inputs: Properties, name: str, before: set[str]) -> Row:
        """CreateWorkspace, once: there is no client token, so after a lost answer the list is searched for what is new."""
        for tries in range(CREATE_TRIES):
            try:
                made = await self.studio.create_workspace(name, inputs.plain.get("serviceSite"))
            except CloudError as error:
                if not error.may_have_happened:
                    raise
                last = error
            else:
                if tries:
                    await self._tell_of_twins(urn, name, {*before, str(made["workspaceId"])})
                return made
            try:
                found = await self._look_for(name, before)
            except (CloudError, NotReady) as error:
                raise ProviderError(
                    f"workspace {name} may have been created ({last}), and could not be looked for ({error}). Run `pulumi up` again: if it "
                    "is there, it is named and can be imported."
                ) from error
            if found:
                return found
        raise explain(
            "create", f"workspace {name}", last, f"{CREATE_TRIES} tries, and no such workspace is to be seen: run it again later."
        )

    async def _tell_of_twins(self, urn: str, name: str, known: set[str]) -> None:
        """A workspace that came late into the list, after it was made a second time, is named: nothing on it says who made it."""
        try:
            rows = await self.studio.workspaces()
        except CloudError as error:  # the workspace is made, and must come into the state
            self.session.reporter.warning(urn, f"whether there is another new workspace {name} could not be seen: {error}")
            return
        for row in rows:
            if row.get("workspaceName") == name and str(row["workspaceId"]) not in known:
                said = f"workspace {row['workspaceId']} has the same name and is as new: a create whose answer was lost may have made it"
                self.session.reporter.warning(urn, f"{said}. Delete it if it is nobody's.")

    async def _look_for(self, name: str, before: set[str]) -> Row | None:
        """The new workspace of this name. Raises ProviderError when there are several."""
        for pause in LOOK_AGAIN:
            await self.session.sleep(pause)
            rows = [
                row for row in await self.studio.workspaces() if row.get("workspaceName") == name and str(row["workspaceId"]) not in before
            ]
            if len(rows) > 1:
                ids = ", ".join(sorted(str(row["workspaceId"]) for row in rows))
                raise ProviderError(f"several new workspaces are named {name}: {ids}. Delete all but one, and import that.")
            if rows:
                return rows[0]
        return None

    async def read(self, resource_id: str, inputs: Properties, state: Properties, account: str) -> tuple[Done, Properties] | None:  # noqa: ARG002
        """The workspace and its inputs as they are now; None when it is gone."""
        row = await self._find(resource_id.split("/", 1)[1])
        if row is None:
            return None
        plain: dict[str, Any] = {**inputs.plain, "region": self.studio.region, "workspaceName": text(row.get("workspaceName"))}
        site = text(row.get("serviceSite"))
        if site and (not inputs.plain or "serviceSite" in plain):
            plain["serviceSite"] = site
        found = Properties(plain=plain if inputs.plain else {IMPORTED: True, **plain}, secrets=inputs.secrets)
        return self._done(found, row, account), found

    async def update(
        self,
        urn: str,  # noqa: ARG002
        resource_id: str,
        old: Properties,  # noqa: ARG002
        state: Properties,  # noqa: ARG002
        inputs: Properties,
        timeout: float,  # noqa: ARG002
        account: str,
    ) -> Done:
        """Nothing of a workspace can be changed, every input replaces: this only looks whether it is there."""
        row = await self._find(resource_id.split("/", 1)[1])
        if row is None:
            raise ProviderError(f"workspace {resource_id} is gone. Run `pulumi refresh`, then `pulumi up`.")
        return self._done(inputs, row, account)

    async def delete(self, urn: str, resource_id: str, state: Properties, timeout: float) -> None:  # noqa: ARG002
        """Deletes it. Raises ProviderError with the cloud's reasons where it may not go. Not there is success."""
        workspace = resource_id.split("/", 1)[1]
        try:
            await self.studio.delete_workspace(workspace)
        except CloudError as error:
            advice = "Delete what is in it, then run it again." if error.code is None and not error.may_have_happened else None
            raise explain("delete", f"workspace {workspace}", error, advice) from error

    async def _find(self, workspace: str) -> Row | None:
        return next((row for row in await self.studio.workspaces() if row["workspaceId"] == workspace), None)

    def _done(self, inputs: Properties, row: Row, account: str) -> Done:
        plain = {key: value for key, value in inputs.plain.items() if not key.startswith(INTERNAL)}
        outputs = {"workspaceId": text(row.get("workspaceId")), "apiHost": text(row.get("apiHost"))}
        return Done(
            resource_id=f"{self.studio.region}/{outputs['workspaceId']}",
            properties=Properties(
                plain={**plain, **outputs, "account": account, "target": self.session.target.name}, secrets=inputs.secrets
            ),
        )
