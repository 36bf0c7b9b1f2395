"""The typed inputs of workspaces, API keys, limits and permissions, and what of them no type can see. Imported at the first check.

Limits are those of the SDK's notes (alibabacloud-modelstudio20260210 2.2.3) unless said.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import ClassVar

from pydantic import StrictBool, StrictInt, StrictStr

from fourways.provider.inputs import REGION, Inputs, Text, declared
from fourways.provider.outcome import Failure
from fourways.provider.values import UNKNOWN, Plain

#: Addresses and blocks in a key's allow-list (help centre, CreateApiKey).
MOST_IPS = 20
RIGHTS = ("inference", "deploy", "fineTune")


class WorkspaceInputs(Inputs):
    """Inputs of `fourways:modelstudio:Workspace`. The API has no call that changes a workspace."""

    region: StrictStr = declared("a region id such as ap-southeast-1", replaces=True, pattern=REGION)
    workspace_name: Text = declared("a name that no other workspace of the region has", replaces=True)
    service_site: Text | None = declared(
        "the deployment scope of services that need GPUs; not supported in Beijing and Singapore", default=None, replaces=True, sticky=True
    )


class KmsSecret(Inputs):
    """Where a key's value is handed over to."""

    token_of_type: ClassVar[str] = "fourways:modelstudio:KmsSecret"

    name: StrictStr = declared("the name of a generic KMS secret of the same region", pattern=r"^[A-Za-z0-9_/+=.@-]{1,192}$")


class ApiKeyInputs(Inputs):
    """Inputs of `fourways:modelstudio:ApiKey`."""

    region: StrictStr = declared("a region id such as ap-southeast-1", replaces=True, pattern=REGION)
    workspace_id: Text | None = declared(
        "the id of a workspace (llm-...); left out, the region's default one", default=None, replaces=True, sticky=True
    )
    description: StrictStr = declared("a text; with the mark of its owner, which is added, at most 200 characters", max_length=200)
    allowed_ips: list[Text] | None = declared(
        "a list of 1 to 20 IP addresses or CIDR blocks; left out, calls from anywhere", default=None, min_length=1, max_length=MOST_IPS
    )
    models: list[Text] | None = declared("a list of model ids; left out, all models of the workspace", default=None, min_length=1)
    enabled: StrictBool = declared("true (default) or false: refuses calls without ending the key", default=True)
    rotation: Text | None = declared(
        "any text, such as a date: a change makes a new value, and ends the old one unless overlap is true", default=None, sticky=True
    )
    overlap: StrictBool = declared(
        "true or false (default): a rotation makes a second key and keeps the one before until the next rotation, or until this is false",
        default=False,
    )

    kms_secret: KmsSecret | None = declared("an object {name}: a KMS secret that exists, which the value is put into", default=None)

    @classmethod
    def failures(cls, inputs: Mapping[str, Plain]) -> Iterator[Failure]:
        """Addresses that are none."""
        for index, address in enumerate(_list(inputs.get("allowedIps"))):
            if isinstance(address, str) and not _is_address(address):
                yield Failure(
                    property=f"allowedIps[{index}]",
                    reason=f"{address!r} is not allowed. Allowed: an IP address or a CIDR block, such as 203.0.113.0/24.",
                )


class ModelLimit(Inputs):
    """Limits of one model in a workspace."""

    token_of_type: ClassVar[str] = "fourways:modelstudio:ModelLimit"

    model: Text = declared("a model id such as deepseek-v4-flash")
    request_limit: StrictInt | None = declared("a whole number of requests in requestLimitPeriod, from 1", default=None, ge=1)
    request_limit_period: StrictInt | None = declared("a whole number of seconds, from 1", default=None, ge=1)
    usage_limit: StrictInt | None = declared(
        "a whole number, in usageLimitPeriod and in the model's unit (tokens), from 1", default=None, ge=1
    )
    usage_limit_period: StrictInt | None = declared("a whole number of seconds, from 1", default=None, ge=1)


class ModelLimitsInputs(Inputs):
    """Inputs of `fourways:modelstudio:ModelLimits`."""

    region: StrictStr = declared("a region id such as ap-southeast-1", replaces=True, pattern=REGION)
    workspace_id: Text = declared("the id of a workspace (llm-...)", replaces=True)
    limits: list[ModelLimit] = declared(
        "a list of {model, requestLimit, requestLimitPeriod, usageLimit, usageLimitPeriod}, one a model", min_length=1
    )

    @classmethod
    def failures(cls, inputs: Mapping[str, Plain]) -> Iterator[Failure]:
        """Models named twice, limits without their period, and models without a limit."""
        yield from _twice("limits", inputs)
        for index, limit in enumerate(_list(inputs.get("limits"))):
            if not isinstance(limit, Mapping):
                continue
            for name in ("requestLimit", "usageLimit"):
                if (limit.get(name) is None) != (limit.get(f"{name}Period") is None):
                    yield Failure(property=f"limits[{index}].{name}", reason=f"{name} and {name}Period go together: give both, or none.")
            if limit.get("requestLimit") is None and limit.get("usageLimit") is None:
                yield Failure(property=f"limits[{index}]", reason="limits nothing. Allowed: requestLimit, usageLimit, or both.")


class ModelPermission(Inputs):
    """Rights to one model in a workspace; a right that is left out is left alone."""

    token_of_type: ClassVar[str] = "fourways:modelstudio:ModelPermission"

    model: Text = declared("a model id such as deepseek-v4-flash")
    inference: StrictBool | None = declared("true or false: whether the model may be called", default=None)
    deploy: StrictBool | None = declared("true or false: whether the model may be deployed", default=None)
    fine_tune: StrictBool | None = declared("true or false: whether the model may be trained", default=None)


class ModelPermissionsInputs(Inputs):
    """Inputs of `fourways:modelstudio:ModelPermissions`."""

    region: StrictStr = declared("a region id such as ap-southeast-1", replaces=True, pattern=REGION)
    workspace_id: Text = declared("the id of a workspace (llm-...)", replaces=True)
    models: list[ModelPermission] = declared("a list of {model, inference?, deploy?, fineTune?}, one a model", min_length=1)

    @classmethod
    def failures(cls, inputs: Mapping[str, Plain]) -> Iterator[Failure]:
        """Models named twice, and models without a right."""
        yield from _twice("models", inputs)
        for index, entry in enumerate(_list(inputs.get("models"))):
            if isinstance(entry, Mapping) and all(entry.get(right) is None for right in RIGHTS):
                yield Failure(property=f"models[{index}]", reason=f"says nothing. Allowed: one of {', '.join(RIGHTS)}, or more.")


def _twice(name: str, inputs: Mapping[str, Plain]) -> Iterator[Failure]:
    seen: set[str] = set()
    for index, entry in enumerate(_list(inputs.get(name))):
        model = entry.get("model") if isinstance(entry, Mapping) else None
        if isinstance(model, str):
            if model in seen:
                yield Failure(property=f"{name}[{index}].model", reason=f"{model!r} is there twice. Allowed: one entry a model.")
            seen.add(model)


def _list(value: Plain) -> list[Plain]:
    return [one for one in value if one is not UNKNOWN] if isinstance(value, list) and UNKNOWN not in value else []


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True
