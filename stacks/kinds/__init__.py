"""The kinds of stack, one class a file, told apart by `kind` (never by the stack's name) and, on Model Units, by who runs them.

A further kind: a class derived from `Kind` in a file of its own, a row in `KINDS`, its place in `Serving`, and what it declares in
`components`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag

from stacks.checks.capacity import kind_is_available
from stacks.kinds.eas import EasServing
from stacks.kinds.kind import Check, Kind
from stacks.kinds.model_unit import ModelUnitServing
from stacks.kinds.ptu import PtuServing
from stacks.kinds.studio_unit import StudioUnitServing
from stacks.kinds.token import TokenServing
from stacks.part import Part

__all__ = ["AVAILABLE", "KINDS", "PLANNED", "Check", "Kind", "PlannedServing", "Serving", "class_of"]

STUDIO_UNIT = "model-unit at model-studio"
PLANNED = ("bare-metal",)

#: What a stack can be today, by the tag that `_tag` gives it.
KINDS: dict[str, type[Kind]] = {
    "token": TokenServing,
    "ptu": PtuServing,
    "model-unit": ModelUnitServing,
    STUDIO_UNIT: StudioUnitServing,
    "eas": EasServing,
}
AVAILABLE = tuple(tag for tag in KINDS if tag != STUDIO_UNIT)
"""What may stand under `kind`."""


class PlannedServing(Part):
    """A kind that is named in the design and not there yet: told apart here so that the message can say so."""

    model_config = ConfigDict(extra="allow")
    checks: ClassVar[tuple[Check, ...]] = (kind_is_available,)

    kind: Literal["bare-metal"] = Field(description=f"one of {', '.join(AVAILABLE)}")


def _tag(serving: Any) -> str | None:
    """Which class reads a stack's `serving`; None where its kind is none that there is."""
    if isinstance(serving, Part):
        return next((tag for tag, kind in KINDS.items() if type(serving) is kind), PLANNED[0])
    kind = serving.get("kind") if isinstance(serving, Mapping) else None
    if kind == "model-unit":
        capacity = serving.get("capacity")
        source = capacity.get("source") if isinstance(capacity, Mapping) else None
        return STUDIO_UNIT if source == "model-studio" else "model-unit"
    return PLANNED[0] if kind in PLANNED else kind if kind in AVAILABLE else None


def class_of(serving: Any) -> type[Kind] | type[PlannedServing] | None:
    """The class that reads a stack's `serving`, as read or as written; None where its kind is none that there is."""
    tag = _tag(serving)
    return None if tag is None else KINDS.get(tag, PlannedServing)


Serving = Annotated[
    Annotated[TokenServing, Tag("token")]
    | Annotated[PtuServing, Tag("ptu")]
    | Annotated[ModelUnitServing, Tag("model-unit")]
    | Annotated[StudioUnitServing, Tag(STUDIO_UNIT)]
    | Annotated[EasServing, Tag("eas")]
    | Annotated[PlannedServing, Tag("bare-metal")],
    Discriminator(_tag),
]
