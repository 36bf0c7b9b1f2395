"""What all typed inputs share, and the check that turns a bad one into a message with its path, what is allowed and what to do.

Imported when the first resource is checked, not when the provider starts: pydantic is a third of the start.
"""

from __future__ import annotations

import copy
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StrictStr, ValidationError
from pydantic.alias_generators import to_camel

from fourways.cloud import ownership
from fourways.provider.names import INTERNAL
from fourways.provider.outcome import Failure
from fourways.provider.values import UNKNOWN, Path, Plain, at, contains_unknown, path_text

REGION = r"^[a-z]{2}-[a-z]+(-[a-z0-9]+)*$"

Text = Annotated[StrictStr, Field(min_length=1)]
Labels = dict[Text, StrictStr]


class Inputs(BaseModel):
    """Inputs of a resource or of a part of one: camelCase on the wire, frozen, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    #: The schema's token of a part; empty for a resource.
    token_of_type: ClassVar[str] = ""
    #: Paths deeper than the inputs that are secret whether the program says so or not.
    secret_paths: ClassVar[tuple[Path, ...]] = ()
    #: What the cloud assumes where an input of this path is left out: writing it down is no change.
    path_defaults: ClassVar[Mapping[Path, Plain]] = {}
    #: Whether two of one name can be there at once: a replacement is then made before the old one is deleted.
    shares_names: ClassVar[bool] = False
    #: What the cloud writes by itself: found at an import, it is not the user's until the program declares it.
    server_filled: ClassVar[frozenset[Path]] = frozenset()

    @classmethod
    def failures(cls, inputs: Mapping[str, Plain]) -> Iterator[Failure]:  # noqa: ARG003 - for those who override it
        """What no type can see. `inputs` may hold unknown values, and values of wrong types, which are told elsewhere."""
        yield from ()

    @classmethod
    def indifferent(cls, old: Mapping[str, Plain], new: Mapping[str, Plain]) -> frozenset[Path]:  # noqa: ARG003 - for those who override it
        """Paths whose differences mean nothing, since others than the program decide them."""
        return frozenset()


def declared(
    allowed: str,
    *,
    default: Any = ...,
    replaces: bool = False,
    secret: bool = False,
    sticky: bool = False,
    access: bool = False,
    **limits: Any,
) -> Any:
    """An input. `allowed` ends the sentence 'Allowed: ...' of a failed check, and describes the property in the schema.

    `replaces`: no update can change it; `sticky`: left out it stays as it is in the cloud; `access`: it is how calls are made, and nothing
    of the resource: no difference, and yet the state has the newest.
    """
    notes: dict[str, Any] = {"replaces": replaces, "secret": secret, "sticky": sticky, "access": access}
    return Field(default=default, description=allowed, json_schema_extra=notes, **limits)


def noted(model: type[BaseModel], note: str) -> frozenset[str]:
    """The inputs that carry a note of `declared`, by their names on the wire."""
    return frozenset(
        str(entry.alias)
        for entry in model.model_fields.values()
        if isinstance(entry.json_schema_extra, dict) and entry.json_schema_extra.get(note)
    )


def part_of(entry: Any) -> type[Inputs] | None:
    """The model of an input that is an object (or a list of objects) of declared fields, else None."""
    if isinstance(entry, type) and issubclass(entry, Inputs):
        return entry
    return next((found for argument in typing.get_args(entry) if (found := part_of(argument))), None)


def always_secret(model: type[Inputs], inputs: Mapping[str, Plain]) -> frozenset[Path]:
    """Paths in `inputs` that are secret whether the program says so or not."""
    paths: list[Path] = [*((name,) for name in noted(model, "secret")), *model.secret_paths]
    return frozenset(path for path in paths if at(dict(inputs), path) is not None)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """The inputs with defaults and ownership labels filled in, which of them are always secret, and what is wrong with them."""

    inputs: dict[str, Plain]
    secrets: frozenset[Path] = frozenset()
    failures: list[Failure] = field(default_factory=list)


def check(model: type[Inputs], urn: str, given: Mapping[str, Plain], secrets: frozenset[Path] = frozenset()) -> Checked:
    """Checks inputs that may hold unknown values (they are judged when they are known). All failures are reported at once."""
    declared = {key: value for key, value in given.items() if not key.startswith(INTERNAL)}
    failures = list(_model_failures(model, declared, secrets))
    filled = _with_defaults(model, declared)
    failures += model.failures(filled)
    failures += _own_labels(filled, urn)
    return Checked(inputs=filled, secrets=always_secret(model, filled), failures=failures)


def _with_defaults(model: type[Inputs], declared: Mapping[str, Plain]) -> dict[str, Plain]:
    filled = dict(declared)
    for entry in model.model_fields.values():
        if entry.alias is not None and entry.alias not in filled and entry.default not in (None, ...) and not entry.is_required():
            filled[entry.alias] = copy.copy(entry.default)
    return filled


def _model_failures(model: type[Inputs], declared: Mapping[str, Plain], secrets: frozenset[Path]) -> Iterator[Failure]:
    try:
        model.model_validate(declared)
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            path: Path = problem["loc"]
            if contains_unknown(at(dict(declared), path)) or any(at(dict(declared), path[:cut]) is UNKNOWN for cut in range(len(path))):
                continue
            yield _explain(
                model,
                problem["type"],
                path,
                problem["msg"],
                at(dict(declared), path),
                _hidden(path, secrets | {(name,) for name in noted(model, "secret")}),
            )


def _explain(model: type[Inputs], kind: str, path: Path, message: str, given: Plain, hidden: bool) -> Failure:
    allowed = _allowed(model, path)
    if kind == "missing":
        return Failure(property=path_text(path), reason=f"required, but not given. Allowed: {allowed}.")
    if kind == "extra_forbidden":
        names = ", ".join(sorted(name for name in _aliases(model, path[:-1])))
        return Failure(property=path_text(path), reason=f"no such property. Allowed: {names}.")
    shown = "the given value" if hidden or given is None or len(repr(given)) > 100 else repr(given)
    return Failure(property=path_text(path), reason=f"{shown} is not allowed ({message[:1].lower() + message[1:]}). Allowed: {allowed}.")


def _allowed(model: type[Inputs], path: Path) -> str:
    """The description of the deepest declared field on the path."""
    text = "see the schema"
    shape: type[Inputs] | None = model
    for step in path:
        entry = None if shape is None else next((entry for entry in shape.model_fields.values() if entry.alias == step), None)
        if isinstance(step, int):
            continue  # within a list of objects
        if entry is None:
            break
        text = entry.description or text
        shape = part_of(entry.annotation)
    return text


def _aliases(model: type[Inputs], path: Path) -> list[str]:
    shape: type[Inputs] = model
    for step in path:
        entry = next((entry for entry in shape.model_fields.values() if entry.alias == step), None)
        shape = (part_of(entry.annotation) if entry is not None else None) or shape
    return [entry.alias or name for name, entry in shape.model_fields.items()]


def _hidden(path: Path, secrets: frozenset[Path]) -> bool:
    return any(path[: len(secret)] == secret or secret[: len(path)] == path for secret in secrets)


def _own_labels(inputs: dict[str, Plain], urn: str) -> list[Failure]:
    """Adds project, stack and URN hash to the labels or tags; a declared one that contradicts them would disown the resource."""
    own = ownership.urn_labels(urn)
    wrong: list[Failure] = []
    for name in ("labels", "tags"):
        given = inputs.get(name)
        if not isinstance(given, dict):
            continue
        wrong += [
            Failure(
                property=path_text((name, key)),
                reason=f"{given[key]!r} contradicts this resource's own {name[:-1]} {value!r}: leave it out, the provider sets it.",
            )
            for key, value in own.items()
            if key in given and given[key] is not UNKNOWN and given[key] != value and key != ownership.URN
        ]
        inputs[name] = {**given, **own}
    return wrong
