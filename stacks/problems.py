"""What is wrong with a stack file, said so that it can be mended without reading code: all of it at once, one line each."""

from __future__ import annotations

import json
from collections.abc import Sequence
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
        return f"{file}: {self.key}: given {self.given}; allowed: {self.allowed}; to do: {self.todo}"


class SettingsError(Exception):
    """A stack file that cannot be used. `problems` has every mistake; the text has one line for each."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.file = file
        self.problems = tuple(problems)
        many = f"{len(self.problems)} problems" if len(self.problems) > 1 else "1 problem"
        lines = "\n".join(f"  {problem.line(file)}" for problem in self.problems)
        super().__init__(f"{file} has {many}; nothing was declared\n{lines}")


def shown(value: Any) -> str:
    """A value as a message repeats it: JSON, cut to a readable length."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
