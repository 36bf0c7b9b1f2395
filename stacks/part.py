"""The base of everything in a stack file."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Part(BaseModel):
    """Base of everything in a stack file: camelCase keys, unknown keys refused, no conversion between types."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True, alias_generator=to_camel)
