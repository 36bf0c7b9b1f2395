"""The provider's schema, built from the input models, so that `pulumi import` prints code and other languages can use the resources."""

from __future__ import annotations

import json
import types
import typing
from functools import cache
from typing import Any, Literal

from pydantic.fields import FieldInfo

from fourways.provider.inputs import DLink, Inputs, ResourceGroupInputs, ServiceInputs
from fourways.provider.names import RESOURCE_GROUP_TYPE, SERVICE_TYPE, VERSION

#: The inputs of each resource type.
MODELS: dict[str, type[Inputs]] = {SERVICE_TYPE: ServiceInputs, RESOURCE_GROUP_TYPE: ResourceGroupInputs}
DLINK_TYPE = "fourways:eas:DLink"

_STRING, _INTEGER = {"type": "string"}, {"type": "integer"}
_OUTPUTS: dict[str, dict[str, dict[str, Any]]] = {
    SERVICE_TYPE: {
        "serviceId": {**_STRING, "description": "The cloud's id of the service."},
        "status": {**_STRING, "description": "As the cloud spells it: Running, Waiting, Failed..."},
        "internetEndpoint": {**_STRING, "description": "Public URL; empty when the public endpoint is off."},
        "intranetEndpoint": {**_STRING, "description": "URL inside a VPC."},
        "accessToken": {**_STRING, "secret": True, "description": "The key that requests carry in the Authorization header."},
        "currentVersion": {**_INTEGER, "description": "The version that serves."},
        "latestVersion": {**_INTEGER, "description": "The newest version that was asked for."},
        "runningInstance": {**_INTEGER, "description": "Instances that are ready."},
        "totalInstance": {**_INTEGER, "description": "Instances that are wanted."},
        "account": {**_STRING, "description": "The account that it was made in."},
        "target": {**_STRING, "description": "The target that it was made on: fake or cloud."},
    },
    RESOURCE_GROUP_TYPE: {
        "resourceId": {**_STRING, "description": "eas-r-..., what metadata.resource of a service names."},
        "instanceIds": {"type": "array", "items": _STRING, "description": "The machines, in the order of their ids."},
        "status": {**_STRING, "description": "As the cloud spells it."},
        "gpus": {**_INTEGER, "description": "GPUs of all its machines together."},
        "account": {**_STRING, "description": "The account that it was made in."},
        "target": {**_STRING, "description": "The target that it was made on: fake or cloud."},
    },
}
_DESCRIPTIONS = {
    SERVICE_TYPE: "A PAI-EAS service. Import id: REGION/NAME.",
    RESOURCE_GROUP_TYPE: "A dedicated PAI-EAS resource group: machines billed from creation to deletion. Import id: REGION/eas-r-...",
}


@cache
def schema() -> str:
    """The package schema as JSON (Pulumi package metaschema)."""
    document = {
        "name": "fourways",
        "version": VERSION,
        "description": "Model serving on Alibaba Cloud: PAI-EAS services and resource groups.",
        "config": {
            "variables": {
                "account": {"type": "string", "description": "The account that may be used; another one stops everything."},
                "target": {"type": "string", "description": "Set by the provider: fake or cloud."},
            }
        },
        "provider": {"inputProperties": {"account": {"type": "string"}, "target": {"type": "string"}}},
        "types": {DLINK_TYPE: {"type": "object", "properties": _properties(DLink), "required": _required(DLink)}},
        "resources": {token: _resource(token, model) for token, model in MODELS.items()},
    }
    return json.dumps(document, indent=1, sort_keys=True)


def outputs(token: str) -> tuple[str, ...]:
    """Names of a resource's outputs beyond its inputs."""
    return tuple(_OUTPUTS[token])


def _resource(token: str, model: type[Inputs]) -> dict[str, Any]:
    inputs = _properties(model)
    return {
        "description": _DESCRIPTIONS[token],
        "inputProperties": inputs,
        "requiredInputs": _required(model),
        "properties": {**inputs, **_OUTPUTS[token]},
        "required": sorted([*_required(model), *_OUTPUTS[token]]),
    }


def _required(model: type[Inputs]) -> list[str]:
    return sorted(entry.alias or name for name, entry in model.model_fields.items() if entry.is_required())


def _properties(model: type[Inputs]) -> dict[str, Any]:
    return {entry.alias or name: _property(entry) for name, entry in model.model_fields.items()}


def _property(entry: FieldInfo) -> dict[str, Any]:
    notes = entry.json_schema_extra if isinstance(entry.json_schema_extra, dict) else {}
    made = {**_shape(entry.annotation), "description": f"{entry.description}."}
    if notes.get("replaces"):
        made["willReplaceOnChanges"] = True
    if notes.get("secret"):
        made["secret"] = True
    if isinstance(entry.default, str | int) and not entry.is_required():
        made["default"] = entry.default
    return made


def _shape(annotation: Any) -> dict[str, Any]:
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if origin is typing.Annotated:
        return _shape(arguments[0])
    if origin in (types.UnionType, typing.Union):
        return _shape(next(argument for argument in arguments if argument is not type(None)))
    if origin is Literal:
        return {"type": "string"}
    if origin is dict:
        return {"type": "object", "additionalProperties": _shape(arguments[1])}
    if annotation is DLink:
        return {"$ref": f"#/types/{DLINK_TYPE}"}
    if annotation is Any:
        return {"$ref": "pulumi.json#/Any"}
    return {"type": {str: "string", int: "integer", bool: "boolean"}[annotation]}
