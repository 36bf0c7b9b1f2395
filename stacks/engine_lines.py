"""What preview says of an engine's arguments: which table they were held against, what it does not know, and what is
deprecated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from stacks.engine_arguments import chosen, fault, names_not_taken, only_warns, reading
from stacks.kinds.engine import Engine

Line = tuple[Literal["info", "warn"], str]


def engine_lines(engine: Engine) -> Iterator[Line]:
    """Nothing where nothing was given that a table says more about."""
    table, exact = chosen(engine)
    of = f"{table.engine} {table.version}"
    if not exact and (engine.extra_arguments or engine.quantization or engine.kv_cache_dtype):
        yield "warn", f"engine arguments are held against those of {of}: no table of {engine.version} is there (docs/engine-arguments.md)"
    if only_warns(engine):
        for mistake in reading(engine).mistakes:
            wrong = fault(mistake, table)
            yield "warn", f"engine.extraArguments: {wrong.given}: {of} wants {wrong.allowed}; {wrong.todo}"
        for key, wrong in names_not_taken(engine):
            yield "warn", f"engine.{key}: {wrong.given}: {of} wants {wrong.allowed}"
    for given in reading(engine).given:
        if given.flag.instead is not None:
            instead = f": use {given.flag.instead}" if given.flag.instead else ""
            yield "info", f"engine.extraArguments: {given.written} is deprecated in {of}{instead}"
