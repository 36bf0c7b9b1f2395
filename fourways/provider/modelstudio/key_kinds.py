"""The types of the OpenAPI: `fourways:modelstudio:Workspace`, `:ApiKey`, `:ModelLimits` and `:ModelPermissions`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from fourways.provider.errors import ProviderError
from fourways.provider.kind import COMMON_OUTPUTS, STRING, Kind, Operations
from fourways.provider.names import API_KEY_TYPE, MODEL_LIMITS_TYPE, MODEL_PERMISSIONS_TYPE, WORKSPACE_TYPE
from fourways.provider.session import Session
from fourways.provider.values import UNKNOWN, Plain

if TYPE_CHECKING:
    from fourways.provider.change import Change


class WorkspaceKind(Kind):
    """A workspace."""

    token: ClassVar[str] = WORKSPACE_TYPE
    description: ClassVar[str] = "A Model Studio workspace, which has keys, limits and a host of its own. Import id: REGION/llm-..."
    example: ClassVar[str] = "ap-southeast-1/llm-abc"
    inputs: ClassVar[str] = "fourways.provider.modelstudio.key_inputs:WorkspaceInputs"
    outputs: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "workspaceId": {**STRING, "description": "llm-..., what keys and calls name."},
        "apiHost": {**STRING, "description": "The workspace's own host, without a scheme."},
        **COMMON_OUTPUTS,
    }
    stable: ClassVar[tuple[str, ...]] = ("region", "workspaceId", "apiHost", "account", "target")

    def operations(self, session: Session, region: str) -> Operations:
        from fourways.provider.modelstudio.api import ModelStudio
        from fourways.provider.modelstudio.workspace import Workspaces

        return Workspaces(session, ModelStudio(session, region))


class ApiKeyKind(Kind):
    """An API key."""

    token: ClassVar[str] = API_KEY_TYPE
    description: ClassVar[str] = "A Model Studio API key, whose value the cloud shows only when it is made or reset. Import id: REGION/ID."
    example: ClassVar[str] = "ap-southeast-1/100001"
    inputs: ClassVar[str] = "fourways.provider.modelstudio.key_inputs:ApiKeyInputs"
    outputs: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "apiKeyId": {**STRING, "description": "The id of the key whose value is `value`."},
        "value": {**STRING, "secret": True, "description": "The key. Absent after an import, until `rotation` changes."},
        "previousApiKeyId": {**STRING, "description": "The id of the key before the last rotation, while `overlap` keeps it."},
        "previousValue": {**STRING, "secret": True, "description": "The key before the last rotation, while `overlap` keeps it."},
        "created": {**STRING, "description": "When the key was made, RFC 3339."},
        "kmsVersion": {**STRING, "description": "SECRET/VERSION of KMS that the value was handed over as."},
        **COMMON_OUTPUTS,
    }
    absent: ClassVar[tuple[str, ...]] = ("value", "previousApiKeyId", "previousValue", "kmsVersion")

    def other_ids(self, state: Mapping[str, Plain]) -> tuple[str, ...]:
        """A rotation with overlap makes another key; the resource keeps the id of its first one until it is refreshed."""
        ids = (state.get("apiKeyId"), state.get("previousApiKeyId"))
        return tuple(f"{state['region']}/{one}" for one in ids if isinstance(one, str) and state.get("region"))

    def remark(self, state: Mapping[str, Plain]) -> str | None:
        """Said of each read."""
        if state.get("value"):
            return None
        return (
            f"the value of key {state.get('apiKeyId')} is not known: the cloud shows it only when a key is made or reset. Change "
            "`rotation` to have a new one (the old value ends at once, unless `overlap` is set)."
        )

    def kept(self, state: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change) -> dict[str, Plain]:
        names = ("apiKeyId", "value", "previousApiKeyId", "previousValue", "created")
        found: dict[str, Plain] = {name: state.get(name) for name in (*names, "kmsVersion")}
        rotates, overlaps = change.touches("rotation"), bool(inputs.get("overlap"))
        if rotates or change.touches("kmsSecret"):
            found["kmsVersion"] = UNKNOWN if inputs.get("kmsSecret") else None
        if rotates and overlaps:
            return found | dict.fromkeys(names, UNKNOWN) | {"previousApiKeyId": state.get("apiKeyId"), "previousValue": state.get("value")}
        if not overlaps:
            found |= {"previousApiKeyId": None, "previousValue": None}
        return found | ({"value": UNKNOWN} if rotates else {})

    async def foresee_create(self, session: Session, urn: str, inputs: Mapping[str, Plain]) -> None:  # noqa: ARG002
        from fourways.cloud import marked_text

        if isinstance(description := inputs.get("description"), str) and (problem := marked_text.too_long(description, urn)):
            raise ProviderError(problem)

    async def foresee_update(
        self, session: Session, urn: str, state: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change
    ) -> None:
        await self.foresee_create(session, urn, inputs)
        if change.touches("rotation") and not inputs.get("overlap"):
            session.reporter.warning(urn, f"key {state.get('apiKeyId')} is reset: its old value ends at once (set `overlap` to keep it)")
        elif state.get("previousApiKeyId") and (change.touches("rotation") or not inputs.get("overlap")):
            session.reporter.warning(urn, f"key {state['previousApiKeyId']} of the rotation before is deleted: its value ends")

    def operations(self, session: Session, region: str) -> Operations:
        from fourways.provider.modelstudio.api import ModelStudio
        from fourways.provider.modelstudio.api_key import ApiKeys

        return ApiKeys(session, ModelStudio(session, region))


class ModelLimitsKind(Kind):
    """Limits of single models in a workspace."""

    token: ClassVar[str] = MODEL_LIMITS_TYPE
    description: ClassVar[str] = "Limits of single models in a workspace; other models' limits are left alone. Import id: REGION/llm-..."
    example: ClassVar[str] = "ap-southeast-1/llm-abc"
    inputs: ClassVar[str] = "fourways.provider.modelstudio.key_inputs:ModelLimitsInputs"
    outputs: ClassVar[Mapping[str, Mapping[str, Any]]] = COMMON_OUTPUTS

    def operations(self, session: Session, region: str) -> Operations:
        from fourways.provider.modelstudio.api import ModelStudio
        from fourways.provider.modelstudio.model_limits import ModelLimits

        return ModelLimits(session, ModelStudio(session, region))


class ModelPermissionsKind(Kind):
    """Rights to single models in a workspace."""

    token: ClassVar[str] = MODEL_PERMISSIONS_TYPE
    description: ClassVar[str] = "Rights to single models in a workspace; other models' rights are left alone. Import id: REGION/llm-..."
    example: ClassVar[str] = "ap-southeast-1/llm-abc"
    inputs: ClassVar[str] = "fourways.provider.modelstudio.key_inputs:ModelPermissionsInputs"
    outputs: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "before": {
            "type": "object",
            "additionalProperties": {"$ref": "pulumi.json#/Any"},
            "description": "The declared rights as they were found, by model: what a delete puts back.",
        },
        **COMMON_OUTPUTS,
    }
    volatile: ClassVar[tuple[str, ...]] = ("before",)

    def operations(self, session: Session, region: str) -> Operations:
        from fourways.provider.modelstudio.api import ModelStudio
        from fourways.provider.modelstudio.model_permissions import ModelPermissions

        return ModelPermissions(session, ModelStudio(session, region))
