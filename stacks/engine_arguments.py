"""The extra arguments of an engine, read by the table of its version. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from fourways.catalog.engine_arguments.reading import Mistake, Reading, read
from fourways.catalog.engine_arguments.tables import Chosen, Flag, Table, nearest
from stacks.engine_flags import SPELLINGS
from stacks.problems import closest, shown

if TYPE_CHECKING:
    from stacks.kinds.engine import Engine


NAMES = {"quantization": "quantization", "kv_cache_dtype": "kvCacheDtype"}
"""Settings that pass on a name of the engine's own, with their keys."""


class Fault(NamedTuple):
    """What is wrong with a value or an argument, in the words of a Problem."""

    given: str
    allowed: str
    todo: str


def chosen(engine: Engine) -> Chosen:
    """The table for the engine's version."""
    return nearest(engine.name, engine.version)


def only_warns(engine: Engine) -> bool:
    """Whether what the table does not know may be right all the same: an image of one's own, of a version without a table."""
    return engine.image is not None and not chosen(engine).exact


def reading(engine: Engine) -> Reading:
    """The extra arguments as the engine reads them."""
    return _read(engine.name, engine.version, engine.words) if engine.extra_arguments else Reading()


@lru_cache(maxsize=64)
def _read(name: str, version: str, words: tuple[str, ...]) -> Reading:
    return read(nearest(name, version).table, words)


def number(engine: Engine, flag: str) -> int | None:
    """The number that an extra argument gives, if it is one above 0. `flag` is any of its spellings."""
    if not engine.extra_arguments:
        return None
    known = chosen(engine).table.find(flag)
    given = reading(engine).last(known.flag) if known else None
    return int(given.values[0]) if given and given.values and given.values[0].isdecimal() and int(given.values[0]) else None


def has(engine: Engine, flag: str) -> bool:
    """Whether an extra argument switches this on."""
    given = reading(engine).last(flag)
    return given is not None and not given.off


def fault(mistake: Mistake, table: Table) -> Fault:
    """A mistake in words. Values are shown only where the engine wants a number or one of its choices: others may be keys."""
    name = f"{table.engine} {table.version}"
    match mistake.what:
        case "unknown":
            todo = closest(mistake.written, [spelling for spelling in table.spelled if spelling.startswith("--")])
            return Fault(mistake.written, f"arguments of {name}", f"{todo}correct it or take it out")
        case "ambiguous":
            fitting = ", ".join(flag.flag for flag in mistake.flags)
            return Fault(mistake.written, f"one argument of {name}: {fitting}", "write the one that is meant in full")
        case "stray":
            return Fault("a value without an argument before it", "an argument that begins with a dash, and its values", "take it out")
        case "no parts":
            return Fault(mistake.written, f"{mistake.flags[0].flag} with a value: it takes no JSON", "write it without dots")
        case "needless value":
            return Fault(f"{mistake.written} with a value", f"{_forms(mistake.flags[0])} without one", "take the value out")
        case "no value":
            return Fault(mistake.written, f"{mistake.flags[0].flag} with {_wanted(mistake.flags[0])}", "add the value")
        case "type" | "choice":
            return _value_fault(mistake.flags[0], mistake.value or "", f"{mistake.written} ")


def _value_fault(flag: Flag, value: str, before: str = "") -> Fault:
    """A value that the argument does not take."""
    wanted = _wanted(flag)
    if flag.choices:
        return Fault(f"{before}{shown(value)}", wanted, closest(value, map(str, flag.choices)) + "use one of these")
    if flag.type.startswith("json"):
        return Fault(f"{before}with what is no JSON", wanted, "correct the JSON, e.g. '{\"key\": 1}'")
    return Fault(f"{before}{shown(value)}", wanted, "write a number")


def names_not_taken(engine: Engine) -> Iterator[tuple[str, Fault]]:
    """The settings that pass on a name of the engine's own which it does not know, by their keys."""
    table = chosen(engine).table
    for setting, key in NAMES.items():
        value, spelling = getattr(engine, setting), SPELLINGS[engine.name][setting]
        flag = table.find(spelling) if isinstance(spelling, str) else None
        if value is not None and flag is not None and flag.choices and value not in flag.choices:
            yield key, _value_fault(flag, value)


def _forms(flag: Flag) -> str:
    return " or ".join((flag.flag, flag.negative) if flag.negative else (flag.flag,))


def _wanted(flag: Flag) -> str:
    """The values of an argument in words."""
    if flag.choices:
        return ", ".join(map(str, flag.choices))
    return {
        "int": "a whole number",
        "float": "a number",
        "json": "JSON",
        "json or text": "JSON or a text",
        "int with suffix": "a whole number, also as 16k",
        "int with suffix or auto": "a whole number, also as 16k, or auto",
    }.get(flag.type, "a value")
