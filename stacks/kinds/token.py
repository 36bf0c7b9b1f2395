"""Kind `token`: the token API of Model Studio with a key of the stack's own. Billed by the token; nothing is bought beforehand."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from stacks.checks import model_studio as checks
from stacks.kinds.kind import NAME, Check, Kind
from stacks.kinds.model_studio import WORKSPACE, Key, Limits, StudioModel


class TokenServing(Kind):
    """A model of the shared token API."""

    checks: ClassVar[tuple[Check, ...]] = (*checks.ACCESS, checks.limits_need_a_workspace)

    kind: Literal["token"]
    name: str = Field(pattern=NAME, description="what the key is called: 3-63 lower-case letters, digits, underscores")
    model: StudioModel = Field(description="a mapping with id")
    workspace: str = WORKSPACE
    key: Key = Field(
        default_factory=Key, description="a mapping with allowedIps, models, rotation, overlap and kmsSecret, each may be left out"
    )
    limits: Limits | None = Field(default=None, description="a mapping with rpm, tpm or both")
