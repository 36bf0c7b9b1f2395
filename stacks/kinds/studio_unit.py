"""Kind `model-unit` at Model Studio: the platform runs the model on Model Units, so there are neither machines, replicas nor an engine.

By the API units are billed by the hour only; a month of them is bought in the console (help centre, Model Studio model units).
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from fourways.catalog.units import studio_specs
from stacks.checks import model_studio as checks
from stacks.kinds.kind import NAME, Check, Kind
from stacks.kinds.model_studio import WORKSPACE, Key, Limits, StudioModel
from stacks.part import Part


class StudioCapacity(Part):
    """What is bought. How many units make one copy of the model, the platform says: other numbers are refused at preview."""

    source: Literal["model-studio"] = Field(description="model-studio (run by Model Studio)")
    units: int = Field(ge=1, le=800, description="whole units, 1-800, a multiple of what one copy of the model takes")
    spec: str = Field(description=f"one of {', '.join(studio_specs())}")


class StudioUnitServing(Kind):
    """The model on Model Units of Model Studio."""

    checks: ClassVar[tuple[Check, ...]] = (*checks.ACCESS, checks.spec_is_sold)

    kind: Literal["model-unit"]
    name: str = Field(pattern=NAME, description="what key and deployment are called: 3-63 lower-case letters, digits, underscores")
    model: StudioModel = Field(description="a mapping with id")
    capacity: StudioCapacity = Field(description="a mapping with source, units and spec")
    workspace: str = WORKSPACE
    key: Key = Field(
        default_factory=Key, description="a mapping with allowedIps, models, rotation, overlap and kmsSecret, each may be left out"
    )
    limits: Limits | None = Field(default=None, description="a mapping with rpm, tpm or both, of the deployment")
