"""The tables of the engines' arguments, and which of them is used for a version."""

from __future__ import annotations

import re
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict

from fourways.catalog.facts import CatalogError

HERE = Path(__file__).parent

Type = Literal["text", "lower case", "int", "float", "json", "json or text", "int with suffix", "int with suffix or auto"]
"""What a value is read as. `lower case`: text that the parser itself turns into lower case with underscores. `int with suffix`: 16k, 2M."""
Values = Literal["0", "1", "?", "*", "+"]
"""How many values follow: none, one, at most one, any number, at least one."""


class Flag(BaseModel):
    """One argument, as the parser takes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    flag: str
    aliases: tuple[str, ...] = ()
    negative: str | None = None
    """The form that switches it off, for a switch that has one."""
    values: Values = "1"
    type: Type = "text"
    none: bool = False
    """Whether an empty value or None is taken as well."""
    choices: tuple[str | int, ...] = ()
    unless: str | None = None
    """An argument that brings further choices: with it, any value may be one."""
    default: Any = None
    """The default where the source says it plainly; None also where it is computed."""
    instead: str | None = None
    """The engine calls it deprecated; this is what it names in its place, where it names anything (else an empty text)."""

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every form that the parser knows."""
        return (self.flag, *self.aliases, *((self.negative,) if self.negative else ()))


class Table(BaseModel):
    """The arguments of one engine version, and the package that they were read in."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    engine: Literal["vllm", "sglang"]
    version: str
    package: str
    sha256: str
    flags: tuple[Flag, ...]

    @cached_property
    def spelled(self) -> dict[str, Flag]:
        """The argument of each form."""
        return {spelling: flag for flag in self.flags for spelling in flag.spellings}

    def find(self, spelling: str) -> Flag | None:
        """The argument that is written so in full."""
        return self.spelled.get(spelling)


class Chosen(NamedTuple):
    """The table for a version; not `exact` where it is another version's."""

    table: Table
    exact: bool


def versions(engine: str) -> tuple[str, ...]:
    """The versions of an engine that have a table, oldest first."""
    names = (path.stem.removeprefix(f"{engine}-") for path in HERE.glob(f"{engine}-*.yaml"))
    return tuple(sorted(names, key=numbers))


@cache
def table(engine: str, version: str) -> Table:
    """The table of exactly this version. Raises CatalogError naming the versions that have one."""
    path = HERE / f"{engine}-{version}.yaml"
    if version not in versions(engine):
        known = ", ".join(versions(engine)) or "none"
        raise CatalogError(f"there is no table of the arguments of {engine} {version}; tables of {engine}: {known}")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    flags = ({"flag": name, **row} for name, row in content.pop("flags").items())
    return Table.model_validate({**content, "flags": tuple(flags)})


def nearest(engine: str, version: str) -> Chosen:
    """The version's own table, else that of the nearest older version, else the oldest there is."""
    known = versions(engine)
    if version in known:
        return Chosen(table(engine, version), exact=True)
    older = [one for one in known if numbers(one) <= numbers(version)]
    return Chosen(table(engine, older[-1] if older else known[0]), exact=False)


def numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version, for comparison: 0.20.0rc1 counts as 0.20.0."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
