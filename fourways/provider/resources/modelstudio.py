"""Model Studio: workspaces, API keys, limits and permissions of models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from fourways.provider.names import API_KEY_TYPE, MODEL_LIMITS_TYPE, MODEL_PERMISSIONS_TYPE, WORKSPACE_TYPE
from fourways.provider.resources.attributes import output

#: Outputs of each type beyond its inputs; the schema is tested against them.
WORKSPACE_OUTPUTS = ("workspaceId", "apiHost", "account", "target")
API_KEY_OUTPUTS = ("apiKeyId", "value", "previousApiKeyId", "previousValue", "created", "kmsVersion", "account", "target")
MODEL_LIMITS_OUTPUTS = ("account", "target")
MODEL_PERMISSIONS_OUTPUTS = ("before", "account", "target")


class ModelStudioWorkspace(pulumi.CustomResource):
    """A workspace (`fourways:modelstudio:Workspace`), with a host, keys and limits of its own. Free.

    Every input replaces: the API has no call that changes a workspace. A delete is refused, with the cloud's reasons, while something is
    in it. Import by `REGION/llm-...`.
    """

    region: pulumi.Output[str] = output("region")
    workspace_name: pulumi.Output[str] = output("workspaceName")
    #: `llm-...`.
    workspace_id: pulumi.Output[str] = output("workspaceId")
    #: The workspace's own host, without a scheme: `llm-....ap-southeast-1.maas.aliyuncs.com`.
    api_host: pulumi.Output[str] = output("apiHost")
    #: The account that it was made in.
    account: pulumi.Output[str] = output("account")
    #: The target that it was made on: `fake` or `cloud`.
    target: pulumi.Output[str] = output("target")

    def __init__(
        self,
        resource_name: str,
        *,
        region: pulumi.Input[str],
        workspace_name: pulumi.Input[str],
        service_site: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties: dict[str, Any] = {"region": region, "workspaceName": workspace_name, "serviceSite": service_site}
        super().__init__(WORKSPACE_TYPE, resource_name, properties | dict.fromkeys(WORKSPACE_OUTPUTS), opts)


class ModelStudioApiKey(pulumi.CustomResource):
    """An API key (`fourways:modelstudio:ApiKey`). Import by `REGION/ID`: its value is then unknown until `rotation` changes.

    `allowed_ips` (up to 20 addresses or CIDR blocks; None: any), `models` (None: all) and `description` are updated in place; `enabled`
    switches it off without ending it. A change of `rotation` (any text) resets the key: the old value ends at once. With `overlap` a second
    key is made instead, `value` is the new one's, and `previous_value` still works: until the next rotation, or until `overlap` is false
    again, which deletes it. `kms_secret` ({name}): a KMS secret that exists; each value is put into it as a new version, and applications
    need no stack output. `region` and `workspace_id` replace.
    """

    region: pulumi.Output[str] = output("region")
    #: The id of the key that `value` is of; a rotation with `overlap` changes it.
    api_key_id: pulumi.Output[str] = output("apiKeyId")
    #: What requests carry as the bearer key. Secret.
    value: pulumi.Output[str] = output("value", secret=True)
    #: The id of the key before the last rotation, while `overlap` keeps it.
    previous_api_key_id: pulumi.Output[str | None] = output("previousApiKeyId")
    #: The key before the last rotation, while `overlap` keeps it. Secret.
    previous_value: pulumi.Output[str | None] = output("previousValue", secret=True)
    #: RFC 3339.
    created: pulumi.Output[str] = output("created")
    #: `SECRET/VERSION` of KMS that the value was handed over as; absent without `kms_secret`.
    kms_version: pulumi.Output[str | None] = output("kmsVersion")
    #: The account that it was made in.
    account: pulumi.Output[str] = output("account")
    #: The target that it was made on: `fake` or `cloud`.
    target: pulumi.Output[str] = output("target")

    def __init__(
        self,
        resource_name: str,
        *,
        region: pulumi.Input[str],
        description: pulumi.Input[str],
        workspace_id: pulumi.Input[str] | None = None,
        allowed_ips: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        models: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        enabled: pulumi.Input[bool] | None = None,
        rotation: pulumi.Input[str] | None = None,
        overlap: pulumi.Input[bool] | None = None,
        kms_secret: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties: dict[str, Any] = {
            "region": region,
            "workspaceId": workspace_id,
            "description": description,
            "allowedIps": allowed_ips,
            "models": models,
            "enabled": enabled,
            "rotation": rotation,
            "overlap": overlap,
            "kmsSecret": kms_secret,
        }
        secret = pulumi.ResourceOptions(additional_secret_outputs=["value", "previousValue"])
        super().__init__(
            API_KEY_TYPE, resource_name, properties | dict.fromkeys(API_KEY_OUTPUTS), pulumi.ResourceOptions.merge(opts, secret)
        )


class ModelStudioModelLimits(pulumi.CustomResource):
    """Limits of single models in a workspace (`fourways:modelstudio:ModelLimits`). Other models' limits are left alone.

    `limits`: [{model, requestLimit, requestLimitPeriod, usageLimit, usageLimitPeriod}], periods in seconds. A delete takes the limits of
    these models away. Import by `REGION/llm-...`.
    """

    region: pulumi.Output[str] = output("region")
    workspace_id: pulumi.Output[str] = output("workspaceId")
    limits: pulumi.Output[Sequence[Mapping[str, Any]]] = output("limits")
    #: The account that it was made in.
    account: pulumi.Output[str] = output("account")
    #: The target that it was made on: `fake` or `cloud`.
    target: pulumi.Output[str] = output("target")

    def __init__(
        self,
        resource_name: str,
        *,
        region: pulumi.Input[str],
        workspace_id: pulumi.Input[str],
        limits: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties: dict[str, Any] = {"region": region, "workspaceId": workspace_id, "limits": limits}
        super().__init__(MODEL_LIMITS_TYPE, resource_name, properties | dict.fromkeys(MODEL_LIMITS_OUTPUTS), opts)


class ModelStudioModelPermissions(pulumi.CustomResource):
    """Rights to single models in a workspace (`fourways:modelstudio:ModelPermissions`). Other models' rights are left alone.

    `models`: [{model, inference?, deploy?, fineTune?}]; a right that is left out is left alone. A delete puts back what was there before.
    Import by `REGION/llm-...`.
    """

    region: pulumi.Output[str] = output("region")
    workspace_id: pulumi.Output[str] = output("workspaceId")
    models: pulumi.Output[Sequence[Mapping[str, Any]]] = output("models")
    #: The declared rights as they were found, by model.
    before: pulumi.Output[Mapping[str, Any]] = output("before")
    #: The account that it was made in.
    account: pulumi.Output[str] = output("account")
    #: The target that it was made on: `fake` or `cloud`.
    target: pulumi.Output[str] = output("target")

    def __init__(
        self,
        resource_name: str,
        *,
        region: pulumi.Input[str],
        workspace_id: pulumi.Input[str],
        models: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties: dict[str, Any] = {"region": region, "workspaceId": workspace_id, "models": models}
        super().__init__(MODEL_PERMISSIONS_TYPE, resource_name, properties | dict.fromkeys(MODEL_PERMISSIONS_OUTPUTS), opts)
