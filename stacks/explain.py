"""Turns pydantic's errors into problems of a stack file: its keys, what is allowed (the field's description), and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from stacks.kinds import AVAILABLE, KINDS
from stacks.model import Settings
from stacks.problems import Problem, closest, shown

NAMESPACES = {"region": "alicloud:region"}


def key_of(path: tuple[str | int, ...]) -> str:
    """The key as a stack file spells it: `fourways:serving.engine.name`, list positions in brackets."""
    first, *rest = path
    text = NAMESPACES.get(str(first), f"fourways:{first}")
    return text + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in rest)


def fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """A model's fields by the key that a stack file uses."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _inner(field: FieldInfo) -> list[type[BaseModel]]:
    """The models that a field may hold: itself, the items of its list, or several that one of their keys tells apart."""
    seen, found = [field.annotation], []
    for one in seen:
        seen += get_args(one)
        if isinstance(one, type) and issubclass(one, BaseModel):
            found.append(one)
    return found


def _values(annotation: object) -> list[str]:
    """The texts of a Literal, also of one that may be left out."""
    return [one for part in get_args(annotation) for one in ([part] if isinstance(part, str) else _values(part))]


def _tagged(models: list[type[BaseModel]], tag: str) -> type[BaseModel] | None:
    """Of several models the one whose discriminating key has this value."""
    return next((one for one in models for field in one.model_fields.values() if get_args(field.annotation) == (tag,)), None)


def _walk(location: tuple[str | int, ...]) -> tuple[tuple[str | int, ...], type[BaseModel] | None, FieldInfo | None]:
    """The path without the tag of the kind, the model that the last part belongs to, and its field."""
    models: list[type[BaseModel]] = [Settings]
    field: FieldInfo | None = None
    path: list[str | int] = []
    owner: type[BaseModel] | None = None
    for position, part in enumerate(location):
        if position == 1 and path == ["serving"]:
            models = [KINDS[str(part)]]
            continue
        if len(models) > 1:
            chosen = _tagged(models, str(part))
            models = [chosen] if chosen is not None else []
            continue
        path.append(part)
        owner = models[0] if models else None
        if owner is not None and isinstance(part, str):
            field = fields(owner).get(part)
            models = _inner(field) if field else []
    return tuple(path), owner, field


def _problem(error: ErrorDetails) -> Problem:
    if not error["loc"]:  # not one value but the whole: half characters, or lists in lists without end
        return Problem(
            key="config",
            given="values that cannot be written as JSON",
            allowed="plain texts, numbers, lists and mappings",
            todo="write the values plainly, as in stacks/Pulumi.mu-singapore.yaml",
        )
    path, owner, field = _walk(error["loc"])
    key = key_of(path)
    allowed = (field.description if field else None) or "nothing"
    kind = error["type"]
    if kind == "extra_forbidden":
        names = [name for name in fields(owner or Settings) if name not in ("project", "stack")]
        # The value is not repeated: a mistyped key may hold a secret.
        return Problem(
            key=key, given="an unknown key", allowed=", ".join(names), todo=closest(str(path[-1]), names) + "correct the key or take it out"
        )
    if kind == "missing":
        return Problem(key=key, given="nothing", allowed=allowed, todo="add the key")
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        if not isinstance(error["input"], Mapping):
            return Problem(key=key, given=shown(error["input"]), allowed=allowed, todo="write a mapping of keys")
        name, known = "kind", list(AVAILABLE)
        if len(path) > 1:
            name = str(error["ctx"]["discriminator"]).strip("'")
            known = [str(tag) for model in _inner(field) for tag in get_args(fields(model)[name].annotation)] if field else []
        given = error["input"].get(name)
        return Problem(
            key=f"{key}.{name}",
            given="nothing" if given is None else shown(given),
            allowed=", ".join(known),
            todo=closest(str(given), known) + f"set the {name}",
        )
    todo = {
        "string_type": "write it as one text, in quotes",
        "model_type": "write a mapping of keys",
        "model_attributes_type": "write a mapping of keys",
        "dict_type": "write a mapping of keys",
        "tuple_type": "write a list, e.g. [a, b]",
        "literal_error": closest(str(error["input"]), _values(field.annotation) if field else []) + "use one of these",
        "int_from_float": "write a whole number",
        "int_type": "write a whole number without quotes",
        "bool_type": "write true or false without quotes",
        # A validator of ours: its text says what is wrong and what to do.
        "value_error": str(error.get("ctx", {}).get("error")),
    }.get(kind, "correct the value")
    return Problem(key=key, given=shown(error["input"]), allowed=allowed, todo=todo)


def problems_of(error: ValidationError) -> list[Problem]:
    """Every mistake that the types alone show. A list is too short for its wrong items alone where they are all that it has."""
    errors = error.errors()
    inside = {detail["loc"][:end] for detail in errors for end in range(len(detail["loc"]))}
    return [_problem(detail) for detail in errors if detail["type"] != "too_short" or detail["loc"] not in inside]


def failed_parts(error: ValidationError) -> set[str]:
    """The settings that cannot be used, by their Python name: top-level ones, and those of `serving`."""
    models: tuple[type[BaseModel], ...] = (Settings, *KINDS.values())
    names = {alias: name for model in models for name, field in model.model_fields.items() for alias in (field.alias,)}
    failed: set[str] = set()
    for detail in error.errors():
        if not detail["loc"]:
            return {name for model in models for name in model.model_fields}
        path, _, _ = _walk(detail["loc"])
        deepest = path[1] if path[0] == "serving" and len(path) > 1 else path[0]
        failed.add(names.get(str(deepest), str(deepest)))
    return failed
