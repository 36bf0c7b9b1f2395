"""What every catalogued fact carries, and the one function that reads the YAML files beside this module.

A fact has a source and the date it was read. Where no source says it, it is marked `assumed` and says why: no assumption passes for known.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

HERE = Path(__file__).parent


class CatalogError(LookupError):
    """Something is not in the catalogue, or cannot be made from what is. The text says what was asked and what there is."""


class Fact(BaseModel):
    """Base of every catalogued row: where it was read, when, and whether it is an assumption (then `why` says what it rests on)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    read_on: date
    assumed: bool = False
    why: str | None = None

    @model_validator(mode="after")
    def _an_assumption_says_why(self) -> Self:
        if self.assumed and not self.why:
            raise ValueError("an assumed fact must say why")
        return self


@cache
def load(name: str) -> Any:
    """The parsed content of `<name>.yaml` beside this module, read once a process."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with (HERE / f"{name}.yaml").open(encoding="utf-8") as stream:
        return yaml.load(stream, Loader=loader)


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of `<name>.yaml`; the file's `defaults` fill what a row leaves out."""
    content = load(name)
    defaults = content.get("defaults", {})
    return [{**defaults, **row} for row in content["rows"]]
