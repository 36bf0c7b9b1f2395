"""What is wrong with a stack file, said so that it can be mended without reading code: all of it at once, one line each."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SHOWN = 60
"""Characters of a given value that a message repeats."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One wrong setting: the key as written in the stack file, what was given (shown text), what is allowed, what to do."""

    key: str
    given: str
    allowed: str
    todo: str

    def line(self, file: str) -> str:
        """`file: key: given X; allowed: Y; to do: Z`."""
        return f"{file}: {printable(self.key)}: given {self.given}; allowed: {self.allowed}; to do: {self.todo}"


class SettingsError(Exception):
    """A stack file that cannot be used. `problems` has every mistake; the text has one line for each."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.file = file
        self.problems = tuple(problems)
        many = f"{len(self.problems)} problems" if len(self.problems) > 1 else "1 problem"
        lines = "\n".join(f"  {problem.line(file)}" for problem in self.problems)
        super().__init__(f"{file} has {many}; nothing was declared\n{lines}")


def shown(value: Any) -> str:
    """A value as a message repeats it: JSON, cut to a readable length. Of a mapping only the keys: a value in it may be a secret."""
    if isinstance(value, Mapping):
        return printable(f"a mapping of {', '.join(map(str, value)) or 'nothing'}")
    inside = [shown(one) if isinstance(one, Mapping) else one for one in value] if isinstance(value, list) else value
    return printable(json.dumps(inside, ensure_ascii=False, default=str))


def printable(text: str) -> str:
    """One line that a terminal shows as it is, cut to a readable length."""
    line = "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text[: SHOWN * 2])
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}..."


def closest(word: str, known: Iterable[str]) -> str:
    """`did you mean "x"? ` for a near miss, else nothing."""
    spelled = {one.casefold(): one for one in known}
    near = difflib.get_close_matches(word[:100].casefold(), spelled, n=1, cutoff=0.5)
    return f'did you mean "{spelled[near[0]]}"? ' if near else ""
