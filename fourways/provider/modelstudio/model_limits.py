"""`fourways:modelstudio:ModelLimits`: limits of the declared models in a workspace. Others' limits are neither changed nor deleted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from fourways.cloud.answers import Row, whole
from fourways.cloud.errors import CloudError
from fourways.provider.errors import ProviderError, explain
from fourways.provider.modelstudio import overlay
from fourways.provider.modelstudio.api import ModelStudio
from fourways.provider.names import IMPORTED, MODEL_LIMITS_TYPE
from fourways.provider.outcome import Done
from fourways.provider.session import Session
from fourways.provider.values import Properties

_FIELDS = ("requestLimit", "requestLimitPeriod", "usageLimit", "usageLimitPeriod")


class ModelLimits:
    """The limits in one region. Every method runs after the session's guard."""

    def __init__(self, session: Session, studio: ModelStudio) -> None:
        self.session, self.studio = session, studio

    async def create(self, urn: str, inputs: Properties, timeout: float, account: str) -> Done:  # noqa: ARG002 - it holds at once
        """Sets them. Raises ProviderError, naming it, where a model has another limit already."""
        await self._bring_about(inputs, own=())
        return self._done(inputs, account)

    async def read(self, resource_id: str, inputs: Properties, state: Properties, account: str) -> tuple[Done, Properties] | None:  # noqa: ARG002
        """The declared models' limits as they are now; an import has those of all models, or of the models in its id. None when there is
        none of them."""
        workspace, models = overlay.parts(resource_id)
        there = await self.studio.limits(workspace)
        declared = overlay.by_model(inputs.plain.get("limits"))
        wanted = [*declared] if inputs.plain else models or [*(there or {})]
        limits = {model: _limit(there[model]) for model in wanted if there and model in there}
        if not limits:
            return None
        note = {} if inputs.plain else {IMPORTED: True}
        plain = {**note, **inputs.plain, "region": self.studio.region, "workspaceId": workspace, "limits": overlay.as_list(limits)}
        found = Properties(plain=plain, secrets=inputs.secrets)
        return self._done(found, account), found

    async def update(
        self,
        urn: str,  # noqa: ARG002
        resource_id: str,  # noqa: ARG002
        old: Properties,
        state: Properties,
        inputs: Properties,
        timeout: float,  # noqa: ARG002
        account: str,
    ) -> Done:
        """Sets what differs, deletes what is declared no more."""
        await self._bring_about(inputs, own={*overlay.by_model(old.plain.get("limits")), *overlay.by_model(state.plain.get("limits"))})
        return self._done(inputs, account)

    async def delete(self, urn: str, resource_id: str, state: Properties, timeout: float) -> None:  # noqa: ARG002
        """Deletes the limits of the models that the state has. A workspace that is gone is success."""
        workspace, _ = overlay.parts(resource_id)
        try:
            there = await self.studio.limits(workspace) or {}
            ours = [model for model in overlay.by_model(state.plain.get("limits")) if model in there]
            if ours:
                await self.studio.update_limits(workspace, [{"model": model, "operationType": "DELETE"} for model in ours])
        except CloudError as error:
            raise explain("delete", f"the model limits of workspace {workspace}", error) from error

    async def _bring_about(self, inputs: Properties, own: Collection[str]) -> None:
        """One call for all changes: all of them happen, or none."""
        workspace, wanted = str(inputs.plain["workspaceId"]), overlay.by_model(inputs.plain["limits"])
        try:
            there = await self.studio.limits(workspace)
            if there is None:
                raise ProviderError(f"cannot limit models in workspace {workspace}: there is no such workspace in {self.studio.region}.")
            self._refuse_others(workspace, wanted, there, own)
            changes: list[Mapping[str, Any]] = [
                {"model": model, "operationType": "OVERLAY", **limit}
                for model, limit in wanted.items()
                if model not in there or _limit(there[model]) != limit
            ]
            changes += [{"model": model, "operationType": "DELETE"} for model in own if model not in wanted and model in there]
            if changes:
                await self.studio.update_limits(workspace, changes)
        except CloudError as error:
            raise explain("set", f"the model limits of workspace {workspace}", error) from error

    def _refuse_others(self, workspace: str, wanted: Mapping[str, Any], there: Mapping[str, Row], own: Collection[str]) -> None:
        others = [model for model, limit in wanted.items() if model in there and model not in own and _limit(there[model]) != limit]
        if others:
            raise ProviderError(
                f"cannot limit {', '.join(others)} in workspace {workspace}: another limit is set there already. Nothing was changed. "
                f"Leave it out, or take it over: pulumi import {MODEL_LIMITS_TYPE} NAME {self.studio.region}/{workspace}/{','.join(others)}"
            )

    def _done(self, inputs: Properties, account: str) -> Done:
        return overlay.done(self.studio.region, inputs, account, self.session.target.name)


def _limit(row: Row) -> dict[str, int]:
    """The fields that an input has; `usageLimitField` says what the cloud counts, and is not ours to choose."""
    return {name: count for name in _FIELDS if (count := whole(row.get(name))) is not None}
