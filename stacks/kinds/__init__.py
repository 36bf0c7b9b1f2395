"""The kinds of stack, one class a file, told apart by `kind` (never by the stack's name) and, on Model Units, by who runs them.

A further kind: a class derived from `Kind` in a file of its own, a row in `KINDS`, its place in `Serving`, and what it declares in
`components`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Tag

from stacks.kinds.bare_metal import BareMetalServing
from stacks.kinds.eas import EasServing
from stacks.kinds.kind import Check, Kind
from stacks.kinds.model_unit import ModelUnitServing
from stacks.kinds.ptu import PtuServing
from stacks.kinds.studio_unit import StudioUnitServing
from stacks.kinds.token import TokenServing
from stacks.part import Part

__all__ = ["AVAILABLE", "KINDS", "Check", "Kind", "Serving", "class_of"]

STUDIO_UNIT = "model-unit at model-studio"

#: What a stack can be today, by the tag that `_tag` gives it.
KINDS: dict[str, type[Kind]] = {
    "token": TokenServing,
    "ptu": PtuServing,
    "model-unit": ModelUnitServing,
    STUDIO_UNIT: StudioUnitServing,
    "eas": EasServing,
    "bare-metal": BareMetalServing,
}
AVAILABLE = tuple(tag for tag in KINDS if tag != STUDIO_UNIT)
"""What may stand under `kind`."""


def _tag(serving: Any) -> str | None:
    """Which class reads a stack's `serving`; None where its kind is none that there is."""
    if isinstance(serving, Part):
        return next((tag for tag, kind in KINDS.items() if type(serving) is kind), None)
    kind = serving.get("kind") if isinstance(serving, Mapping) else None
    if kind == "model-unit":
        capacity = serving.get("capacity")
        source = capacity.get("source") if isinstance(capacity, Mapping) else None
        return STUDIO_UNIT if source == "model-studio" else "model-unit"
    return kind if kind in AVAILABLE else None


def class_of(serving: Any) -> type[Kind] | None:
    """The class that reads a stack's `serving`, as read or as written; None where its kind is none that there is."""
    tag = _tag(serving)
    return None if tag is None else KINDS[tag]


Serving = Annotated[
    Annotated[TokenServing, Tag("token")]
    | Annotated[PtuServing, Tag("ptu")]
    | Annotated[ModelUnitServing, Tag("model-unit")]
    | Annotated[StudioUnitServing, Tag(STUDIO_UNIT)]
    | Annotated[EasServing, Tag("eas")]
    | Annotated[BareMetalServing, Tag("bare-metal")],
    Discriminator(_tag),
]
