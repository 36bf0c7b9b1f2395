"""The shape of a Pulumi schema, in the terms in which the Python package is read, and how two shapes differ."""

from collections.abc import Iterator
from typing import Any

from python_package import Entity, Package, Shape


def _shape(schema: dict[str, Any], spec: dict[str, Any], required: bool, depth: int = 0) -> Shape:
    inner, is_list, is_map = spec, False, False
    while "$ref" not in inner and inner.get("type") in ("array", "object"):
        if inner["type"] == "array":
            is_list, inner = True, inner["items"]
        else:
            is_map, inner = True, inner["additionalProperties"]
    shape = Shape(is_list, is_map, required)
    if inner.get("$ref", "").startswith("#/types/") and depth < 12:
        nested = schema["types"][inner["$ref"].removeprefix("#/types/")]
        shape.fields = _shapes(schema, nested, "properties", "required", depth + 1)
    return shape


def _shapes(schema: dict[str, Any], owner: dict[str, Any], properties: str, required: str, depth: int = 0) -> dict[str, Shape]:
    needed = owner.get(required, [])
    return {name: _shape(schema, spec, name in needed, depth) for name, spec in owner.get(properties, {}).items()}


def read(schema: dict[str, Any]) -> Package:
    """What the schema says of every resource and function."""
    resources = {
        token: Entity(token, _shapes(schema, spec, "inputProperties", "requiredInputs"), _shapes(schema, spec, "properties", "required"))
        for token, spec in schema["resources"].items()
    }
    functions = {
        token: Entity(
            token,
            _shapes(schema, spec.get("inputs", {}), "properties", "required"),
            _shapes(schema, spec.get("outputs", {}), "properties", "required"),
        )
        for token, spec in schema["functions"].items()
    }
    return Package(resources, functions)


def differences(ours: dict[str, Shape], theirs: dict[str, Shape], path: str, required: bool) -> Iterator[str]:
    """One line for each difference. `required`: compare that too (only inputs tell it the same way in both)."""
    for name in sorted(ours.keys() | theirs.keys()):
        here = f"{path}/{name}"
        mine, other = ours.get(name), theirs.get(name)
        if mine is None or other is None:
            yield f"{here}: only in the {'Python package' if mine is None else 'schema'}"
            continue
        if (mine.is_list, mine.is_map) != (other.is_list, other.is_map):
            yield f"{here}: list, map {mine.is_list, mine.is_map} in the schema, {other.is_list, other.is_map} in the Python package"
        if required and mine.required != other.required:
            yield f"{here}: required {mine.required} in the schema, {other.required} in the Python package"
        if (mine.fields is None) != (other.fields is None):
            yield f"{here}: an object {'only in the Python package' if mine.fields is None else 'only in the schema'}"
        elif mine.fields is not None and other.fields is not None:
            yield from differences(mine.fields, other.fields, here, required)
