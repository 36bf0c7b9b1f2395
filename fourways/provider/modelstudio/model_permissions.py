"""`fourways:modelstudio:ModelPermissions`: declared rights to models in a workspace. Others are left alone, and a delete puts back what was
found: the API has no call that unsets a right, only one that says yes or no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourways.cloud.errors import CloudError
from fourways.provider.errors import InitFailed, ProviderError, explain
from fourways.provider.modelstudio import overlay
from fourways.provider.modelstudio.api import ModelStudio
from fourways.provider.names import IMPORTED
from fourways.provider.outcome import Done
from fourways.provider.session import Session
from fourways.provider.values import Properties

_RIGHTS = ("inference", "deploy", "fineTune")
Rights = dict[str, dict[str, Any]]
"""Rights by model: {"deepseek-v4-flash": {"deploy": True}}."""


class ModelPermissions:
    """The permissions in one region. Every method runs after the session's guard."""

    def __init__(self, session: Session, studio: ModelStudio) -> None:
        self.session, self.studio = session, studio

    async def create(self, urn: str, inputs: Properties, timeout: float, account: str) -> Done:  # noqa: ARG002 - it holds at once
        """Gives and takes the declared rights. Raises ProviderError for a model that the workspace's catalogue lacks."""
        return await self._bring_about(inputs, {}, account)

    async def read(self, resource_id: str, inputs: Properties, state: Properties, account: str) -> tuple[Done, Properties] | None:
        """The declared rights as they are now; an import has all rights of the models in its id, or of all models that have one. None
        without any."""
        workspace, models = overlay.parts(resource_id)
        there = _rights(await self.studio.permissions(workspace) or {})
        if inputs.plain:
            declared = overlay.by_model(inputs.plain.get("models"))
            rights = {model: {right: there[model].get(right) for right in declared[model]} for model in declared if model in there}
        else:
            rights = {model: there[model] for model in models or there if any(there.get(model, {}).values())}
        if not rights:
            return None
        note = {} if inputs.plain else {IMPORTED: True}
        plain = {**note, **inputs.plain, "region": self.studio.region, "workspaceId": workspace, "models": overlay.as_list(rights)}
        found = Properties(plain=plain, secrets=inputs.secrets)
        return self._done(found, account, _before(state)), found

    async def update(
        self,
        urn: str,  # noqa: ARG002
        resource_id: str,  # noqa: ARG002
        old: Properties,  # noqa: ARG002
        state: Properties,
        inputs: Properties,
        timeout: float,  # noqa: ARG002
        account: str,
    ) -> Done:
        """Gives and takes what differs; rights that are declared no more are what they were before."""
        return await self._bring_about(inputs, _before(state), account)

    async def delete(self, urn: str, resource_id: str, state: Properties, timeout: float) -> None:  # noqa: ARG002
        """Puts back what was found. A workspace that is gone is success; nothing is known of, and so done to, what was imported."""
        workspace, _ = overlay.parts(resource_id)
        try:
            there = _rights(await self.studio.permissions(workspace) or {})
            changes = _changes(there, {model: rights for model, rights in _before(state).items() if model in there})
            if changes:
                await self.studio.update_permissions(workspace, overlay.as_list(changes))
        except CloudError as error:
            raise explain("delete", f"the model permissions of workspace {workspace}", error) from error

    async def _bring_about(self, inputs: Properties, before: Rights, account: str) -> Done:
        workspace, wanted = str(inputs.plain["workspaceId"]), overlay.by_model(inputs.plain["models"])
        subject = f"the model permissions of workspace {workspace}"
        try:
            there = await self._catalogue(workspace, wanted)
            given_up = {
                model: {right: value for right, value in rights.items() if right not in wanted.get(model, {})}
                for model, rights in before.items()
                if model in there
            }
            changes = _changes(there, {model: given_up.get(model, {}) | wanted.get(model, {}) for model in (*given_up, *wanted)})
            if changes:
                await self.studio.update_permissions(workspace, overlay.as_list(changes))
        except CloudError as error:
            raise explain("set", subject, error) from error
        found = {
            model: {right: before.get(model, {}).get(right, there[model].get(right)) for right in rights}
            for model, rights in wanted.items()
        }
        done = self._done(inputs, account, found)
        try:
            left = _changes(await self._catalogue(workspace, wanted), wanted) if changes else {}
        except (CloudError, ProviderError) as error:  # they were changed: the state must say what they were before
            raise InitFailed(done.resource_id, done.properties, inputs, [f"{subject} could not be read again: {error}"]) from error
        if left:
            said = ", ".join(f"{model} {right}" for model, rights in left.items() for right in rights)
            advice = "One-click authorization of the workspace may be on, which goes before single models: turn it off in the console."
            raise InitFailed(done.resource_id, done.properties, inputs, [f"{subject} were set, and are not so: {said}. {advice}"])
        return done

    async def _catalogue(self, workspace: str, wanted: Rights) -> Rights:
        """The rights there are. Raises ProviderError where the workspace or one of the models is not there."""
        found = await self.studio.permissions(workspace)
        if found is None:
            raise ProviderError(f"cannot set model permissions: there is no workspace {workspace} in {self.studio.region}.")
        if missing := [model for model in wanted if model not in found]:
            raise ProviderError(
                f"cannot set model permissions of workspace {workspace}: it has no {', '.join(missing)}. "
                f"Allowed: {', '.join(sorted(found))}."
            )
        return _rights(found)

    def _done(self, inputs: Properties, account: str, before: Rights) -> Done:
        return overlay.done(self.studio.region, inputs, account, self.session.target.name, before=before)


def _rights(found: Mapping[str, Mapping[str, Any]]) -> Rights:
    """Every right of every model: one that is not said is not given."""
    return {model: {right: rights.get(right) is True for right in _RIGHTS} for model, rights in found.items()}


def _changes(there: Rights, wanted: Rights) -> Rights:
    """What must be said to make `there` what is wanted."""
    changes = {
        model: {right: value for right, value in rights.items() if there[model].get(right) != value} for model, rights in wanted.items()
    }
    return {model: rights for model, rights in changes.items() if rights}


def _before(state: Properties) -> Rights:
    found = state.plain.get("before")
    return {str(model): dict(rights) for model, rights in found.items()} if isinstance(found, dict) else {}
