"""The provider's schema, built from the input models, so that `pulumi import` prints code and other languages can use the resources."""

from __future__ import annotations

import json
import types
import typing
from functools import cache
from typing import Any, Literal

from pydantic.fields import FieldInfo

from fourways.provider.inputs import Inputs, part_of
from fourways.provider.kind import Kind
from fourways.provider.kinds import KINDS
from fourways.provider.names import VERSION


@cache
def schema() -> str:
    """The package schema as JSON (Pulumi package metaschema)."""
    document = {
        "name": "fourways",
        "version": VERSION,
        "description": "Model serving on Alibaba Cloud: PAI-EAS, Model Studio, and GPU machines behind a load balancer.",
        "config": {
            "variables": {
                "account": {"type": "string", "description": "The account that may be used; another one stops everything."},
                "target": {"type": "string", "description": "Set by the provider: fake or cloud."},
            }
        },
        "provider": {"inputProperties": {"account": {"type": "string"}, "target": {"type": "string"}}},
        "types": {
            part.token_of_type: {"type": "object", "properties": _properties(part), "required": _required(part)}
            for kind in KINDS.values()
            for part in _parts(kind.model())
        },
        "resources": {token: _resource(kind) for token, kind in KINDS.items()},
    }
    return json.dumps(document, indent=1, sort_keys=True)


def _parts(model: type[Inputs]) -> list[type[Inputs]]:
    """The objects that inputs of a model are, and those within them."""
    direct = [part for entry in model.model_fields.values() if (part := part_of(entry.annotation)) is not None]
    return [*direct, *(inner for part in direct for inner in _parts(part))]


def _resource(kind: Kind) -> dict[str, Any]:
    model = kind.model()
    inputs = _properties(model)
    return {
        "description": kind.description,
        "inputProperties": inputs,
        "requiredInputs": _required(model),
        "properties": {**inputs, **kind.outputs},
        "required": sorted([*_required(model), *(name for name in kind.outputs if name not in kind.absent)]),
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
    if origin is list:
        return {"type": "array", "items": _shape(arguments[0])}
    if isinstance(annotation, type) and issubclass(annotation, Inputs):
        return {"$ref": f"#/types/{annotation.token_of_type}"}
    if annotation is Any:
        return {"$ref": "pulumi.json#/Any"}
    return {"type": {str: "string", int: "integer", float: "number", bool: "boolean"}[annotation]}
