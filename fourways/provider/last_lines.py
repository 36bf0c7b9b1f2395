"""The end of a log for an error text: bounded, and without what nobody may read or what would steer a terminal. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fourways.cloud.printable import printable, unescaped
from fourways.provider.values import redact

LINES = 10
CHARACTERS = 2000
#: What programs write before a secret that no state knows: `--api-key x`, `VLLM_API_KEY=x`, `"AccessKeySecret": "x"`, `Bearer x`; and the
#: ids of access keys and temporary tokens, which begin with LTAI and STS.
_TELLTALE = re.compile(
    r"(?P<before>(?:[\w-]*(?:api[-_]?key|secret\w*|token|password|passwd)\"?\s*(?:[=:]\s*|\s)\"?|bearer\s+))(?P<secret>[^\s\"',;]{6,})",
    re.IGNORECASE,
)
_KEY_IDS = re.compile(r"\b(?:LTAI\w{8,}|STS\.\w{8,})")


def bounded(lines: Iterable[str], secrets: Iterable[str]) -> list[str]:
    """The last LINES of a log, CHARACTERS at most, without secrets and without what would steer a terminal."""
    hidden = set(secrets)
    clean = [printable(line) for text in lines for line in redact(unescaped(text), hidden).splitlines() if line.strip()]
    kept: list[str] = []
    room = CHARACTERS
    for line in reversed(clean[-LINES:]):
        if room < len(line):
            kept += [f"...{line[-room:]}"] if not kept else []
            break
        kept.append(line)
        room -= len(line)
    return kept[::-1]


def without_telltales(line: str) -> str:
    """`line` without what follows a name that says that it is a secret: for logs of machines, whose secrets no state knows."""
    return _KEY_IDS.sub("[secret]", _TELLTALE.sub(lambda found: f"{found['before']}[secret]", line))
