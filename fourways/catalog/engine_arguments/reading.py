"""Reads the words of a command line as an engine's parser would, and says what it would refuse. Pure.

Follows Python's argparse (values up to the next flag, `--flag=value`, abbreviations that fit one flag alone, negative numbers) and what
vLLM's `FlexibleArgumentParser` puts before it (vllm/utils/argparse_utils.py): underscores in flags, `-O3`, and dotted forms of JSON
arguments (`--compilation-config.level 3`). A test holds it against argparse itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from fourways.catalog.engine_arguments.tables import Flag, Table

What = Literal["unknown", "ambiguous", "stray", "no value", "needless value", "type", "choice", "no parts"]

NUMBER = re.compile(r"-\d+|-\d*\.\d+")
SUFFIXED = {"vllm": re.compile(r"\d+(\.\d+)?[kmgt]|\d+[KMGT]"), "sglang": re.compile(r"\d+(\.\d+)?[kMGT]|\d+[KMGT]i")}
LEVEL = "--optimization-level"
"""What vLLM's parser turns `-O3` into."""


@dataclass(frozen=True)
class Given:
    """One argument that the parser takes: the place of its word, how it is written, and its values (one JSON text in a dotted form)."""

    at: int
    written: str
    flag: Flag
    values: tuple[str, ...] = ()

    @property
    def off(self) -> bool:
        """Whether it is the form that switches off."""
        return self.written == self.flag.negative


@dataclass(frozen=True)
class Mistake:
    """One word that the parser or the engine would refuse. `flags` are those that it could stand for; `value` is the one that is wrong."""

    at: int
    written: str
    what: What
    flags: tuple[Flag, ...] = ()
    value: str | None = None


@dataclass
class Reading:
    """A command line as the parser takes it, and what it would refuse."""

    given: list[Given] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    def last(self, flag: str) -> Given | None:
        """The argument that holds: the last one of this flag, by the name that its table has first."""
        return next((one for one in reversed(self.given) if one.flag.flag == flag), None)


@dataclass(frozen=True)
class _Option:
    """A word that begins an argument: the flags that it may stand for, and the value that is in it."""

    written: str
    flags: tuple[Flag, ...]
    value: str | None = None


def read(table: Table, words: Sequence[str]) -> Reading:
    """The arguments among the words, and the mistakes: of those, the flag's own before its values'."""
    found = Reading()
    options = [_option(table, word) for word in words]
    at = 0
    while at < len(words):
        option = options[at]
        if option is None:
            found.mistakes.append(Mistake(at, words[at], "stray"))
            at += 1
        elif dotted := _dotted(table, words, at):
            at = _read_dotted(table, words, at, dotted, found)
        elif table.engine == "vllm" and option.written == "-O" and option.flags:
            at = _read_level(words, at, option, found)
        else:
            at = _read_option(words, options, at, option, found)
    given = {one.flag.flag for one in found.given}
    for one in found.given:
        found.mistakes += (Mistake(one.at, one.written, what, (one.flag,), value) for what, value in _wrong(table, one, given))
    found.mistakes.sort(key=lambda one: one.at)
    return found


def _spelled(table: Table, word: str) -> str:
    """The word as the parser looks it up: vLLM's takes underscores for dashes, before a value and before the first dot."""
    if table.engine != "vllm" or not word.startswith("--"):
        return word
    key, equals, value = word.partition("=")
    name, dot, rest = key.partition(".")
    return name.replace("_", "-") + dot + rest + equals + value


def _option(table: Table, word: str) -> _Option | None:
    """What argparse makes of a word: a flag, known or not, or None for a value."""
    word = _spelled(table, word)
    if not word.startswith("-") or word == "-":
        return None
    if flag := table.find(word):
        return _Option(word, (flag,))
    if table.engine == "vllm" and word.startswith("-O"):
        level = table.find(LEVEL)
        return _Option("-O", (level,) if level else (), word[2:].removeprefix("=") or None)
    name, equals, value = word.partition("=")
    if equals and (flag := table.find(name)):
        return _Option(name, (flag,), value)
    if fitting := _abbreviated(table, name, value if equals else None, word):
        return fitting
    if NUMBER.fullmatch(word) or " " in word:
        return None
    return _Option(name, (), value if equals else None)


def _abbreviated(table: Table, name: str, value: str | None, word: str) -> _Option | None:
    """The flags that a beginning stands for; of flags with one dash also the one letter with its value behind it. Two spellings of one flag
    are not ambiguous, as in later versions of Python."""
    if not name.startswith("--") and (flag := table.find(word[:2])):
        return _Option(word[:2], (flag,), word[2:])
    fitting = [spelling for spelling in table.spelled if spelling.startswith(name)]
    if not fitting:
        return None
    flags = tuple({flag.flag: flag for flag in map(table.find, fitting) if flag}.values())
    return _Option(fitting[0] if len(fitting) == 1 else name, flags, value)


def _read_option(words: Sequence[str], options: Sequence[_Option | None], at: int, option: _Option, found: Reading) -> int:
    """Reads one argument with its values; the place behind it."""
    end = at + 1
    while end < len(words) and options[end] is None:
        end += 1
    if len(option.flags) != 1:
        found.mistakes.append(Mistake(at, option.written, "ambiguous" if option.flags else "unknown", option.flags))
        return end  # what follows may be its values: nobody knows
    (flag,) = option.flags
    most = {"0": 0, "1": 1, "?": 1}.get(flag.values, end - at - 1)
    if option.value is not None:
        if flag.values == "0":
            found.mistakes.append(Mistake(at, option.written, "needless value", option.flags))
        else:
            found.given.append(Given(at, option.written, flag, (option.value,)))
        return at + 1
    values = tuple(words[at + 1 : min(end, at + 1 + most)])
    if not values and flag.values in ("1", "+"):
        found.mistakes.append(Mistake(at, option.written, "no value", option.flags))
    else:
        found.given.append(Given(at, option.written, flag, values))
    if most == 0 and end == at + 2:  # one word behind a switch is meant as its value
        found.mistakes.append(Mistake(at, option.written, "needless value", option.flags))
        return end
    return at + 1 + len(values)


def _read_level(words: Sequence[str], at: int, option: _Option, found: Reading) -> int:
    """Reads `-O3`, `-O=3` and `-O 3`."""
    (flag,) = option.flags
    if option.value is None and at + 1 < len(words) and words[at + 1] in ("0", "1", "2", "3"):
        found.given.append(Given(at, "-O", flag, (words[at + 1],)))
        return at + 2
    if option.value is None:
        found.mistakes.append(Mistake(at, "-O", "no value", option.flags))
    else:
        found.given.append(Given(at, "-O", flag, (option.value,)))
    return at + 1


def _dotted(table: Table, words: Sequence[str], at: int) -> tuple[str, str, str | None] | None:
    """The flag, the keys and the value of `--flag.key=value`, where the engine's parser knows the form."""
    name, equals, value = _spelled(table, words[at]).partition("=")
    if table.engine != "vllm" or "." not in name or not name.startswith("-") or NUMBER.fullmatch(name):
        return None
    flag, _, keys = name.partition(".")
    return flag, keys, value if equals else None


def _read_dotted(table: Table, words: Sequence[str], at: int, dotted: tuple[str, str, str | None], found: Reading) -> int:
    """Reads one part of a JSON argument."""
    name, keys, value = dotted
    option = _option(table, name)
    end = at + (1 if value is not None else 2)
    if option is None or len(option.flags) != 1:
        flags = option.flags if option else ()
        found.mistakes.append(Mistake(at, name, "ambiguous" if flags else "unknown", flags))
        return end
    (flag,) = option.flags
    if flag.type not in ("json", "json or text"):
        found.mistakes.append(Mistake(at, name, "no parts", option.flags))
    elif end > len(words):
        found.mistakes.append(Mistake(at, name, "no value", option.flags))
    else:
        found.given.append(Given(at, option.written, flag, (_part(keys, words[at + 1] if value is None else value),)))
    return end


def _part(keys: str, value: str) -> str:
    """The JSON text that one dotted form stands for; `key+` is a list of values with commas between them."""
    inside: object = value.split(",") if keys.endswith("+") else value
    if isinstance(inside, str) and is_json(inside):
        inside = json.loads(inside)
    for key in reversed(keys.removesuffix("+").split(".")):
        inside = {key: inside}
    return json.dumps(inside)


def _wrong(table: Table, given: Given, all_given: set[str]) -> list[tuple[What, str]]:
    """The values that are not of the type, or none of the choices."""
    flag = given.flag
    found: list[tuple[What, str]] = []
    for value in given.values:
        if flag.none and value in ("", "None"):
            continue
        if not of_type(table, flag, value):
            found.append(("type", value))
        elif flag.choices and flag.unless not in all_given and _converted(flag, value) not in flag.choices:
            found.append(("choice", value))
    return found


def _converted(flag: Flag, value: str) -> str | int:
    if flag.type == "int":
        return int(value)
    return value.lower().replace("-", "_") if flag.type == "lower case" else value


def of_type(table: Table, flag: Flag, value: str) -> bool:
    """Whether the parser can make of a text what it wants to have."""
    match flag.type:
        case "int":
            return _converts(int, value)
        case "float":
            return _converts(float, value)
        case "int with suffix" | "int with suffix or auto":
            auto = flag.type.endswith("auto") and value.strip().lower() == "auto"
            return auto or bool(SUFFIXED[table.engine].fullmatch(value.strip())) or _converts(int, value)
        case "json":
            return is_json(value)
        case "json or text":
            return is_json(value) or not re.fullmatch(r"(?s)\s*{.*}\s*", value)
        case _:
            return True


def _converts(kind: type[int] | type[float], value: str) -> bool:
    try:
        kind(value)
    except ValueError:
        return False
    return True


def is_json(value: str) -> bool:
    """Whether a text is JSON, for vLLM also with numbers such as 80m outside its strings."""
    parts = re.split(r'("(?:[^"\\]|\\.)*")', value)
    parts[::2] = (re.sub(r"\b(\d+(?:\.\d+)?)[kKmMgGtT]\b", r"\1", part) for part in parts[::2])
    try:
        json.loads("".join(parts))
    except (ValueError, RecursionError):
        return False
    return True
