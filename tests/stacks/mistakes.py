"""What every message about a wrong setting has to say, whatever the setting."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from stacks.problems import SettingsError
from stacks.settings import load


def assert_told(config: Mapping[str, Any], expected: Sequence[tuple[str, str]]) -> str:
    """Exactly the expected mistakes, in order: each by its key, with these words in its line, and in the form of all lines. Returns the
    whole message."""
    with pytest.raises(SettingsError) as caught:
        load(config, stack="bad")
    lines = [problem.line("f") for problem in caught.value.problems]
    assert [problem.key for problem in caught.value.problems] == [key for key, _ in expected], lines
    for line, (_, words) in zip(lines, expected, strict=True):
        assert words in line, line
        assert re.fullmatch(r"f: \S+: given .+; allowed: .+; to do: .+", line), line
    return str(caught.value)
