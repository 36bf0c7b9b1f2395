"""Writes docs/conformance.md from the output of the alicloud provider's own acceptance tests, run against the fake.

.venv/bin/python -m fourways.fakes --port 4567 --folder FOLDER --region cn-beijing
shared/conformance/run 127.0.0.1:4567 FOLDER/ca.pem 'TestAccAliCloudVPC_basic$' > logs/vpc.log 2>&1      # one log a test
.venv/bin/python tests/conformance/report.py logs/*.log > docs/conformance.md

Tests of Simple Log Service (TestAccAliCloudLog..., ...Sls...) call `project.HOST:PORT`, which nobody resolves: for them SLS_ENDPOINT and
ALIBABA_CLOUD_ENDPOINT_SLS are needed too, and the fake as proxy: HTTP_PROXY, HTTPS_PROXY, and NO_PROXY with 127.0.0.1 and HOST:PORT.
So do those of load balancers and listeners (TestAccAliCloudAlbLoadBalancer_..., TestAccAliCloudALBListener_...), which make log projects
for access logs and do not end without: the plugin goes on asking a name that nobody resolves. Those of listeners want CAS_ENDPOINT and
ALIBABA_CLOUD_ENDPOINT_CAS besides, for their certificates: the plugin's own table names cas.aliyuncs.com; and ..._EIPANYCAST is wanted by
TestAccAliCloudAlbLoadBalancer_basic1.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_STARTED = re.compile(r"^=== RUN\s+(\S+)$", re.MULTILINE)
_ENDED = re.compile(r"^--- (PASS|FAIL|SKIP): (\S+) \(([\d.]+)s\)", re.MULTILINE)
_SECTIONS = (("FAIL", "failed"), ("SKIP", "skipped"), ("PASS", "passed"))
_COLOUR = re.compile(r"\x1b\[\d+m|\[\d+m")
_HEAD = """\
# Conformance of the fake

Acceptance tests that the makers of terraform-provider-alicloud 1.285.0 wrote for the real cloud, run against the fake over HTTPS.
They know nothing of this project. Made by `tests/conformance/report.py`, which says how to run them.
A test that skips itself wants a region or an account of a special kind.
"""


@dataclass(frozen=True)
class Result:
    """One test: PASS, FAIL or SKIP, its seconds (None where it did not end), and the first line that says why it did not pass."""

    name: str
    result: str
    seconds: float | None
    why: str


def results(text: str) -> list[Result]:
    """The tests of one log. One that began and did not end (a time-out, a panic of the test binary) has failed."""
    ended = {match[2]: (match[1], float(match[3])) for match in _ENDED.finditer(text)}
    found = [Result(name, result, seconds, "" if result == "PASS" else _reason(text)) for name, (result, seconds) in ended.items()]
    return found + [Result(name, "FAIL", None, "did not end") for name in _STARTED.findall(text) if name not in ended]


def report(texts: Iterable[str]) -> str:
    """The page: the counts, then a table for what failed, what was skipped and what passed. The last log of a test counts."""
    last = {result.name: result for text in texts for result in results(text)}
    by_result = {key: sorted((row for row in last.values() if row.result == key), key=lambda row: row.name) for key, _ in _SECTIONS}
    lines = [_HEAD, ", ".join(f"{len(by_result[key])} {word}" for key, word in reversed(_SECTIONS)) + "."]
    for key, word in _SECTIONS:
        if by_result[key]:
            why = "" if key == "PASS" else " why |"
            lines += ["", f"## {word.capitalize()}", "", f"| test | seconds |{why}", "|---|---|" + ("---|" if why else "")]
            lines += [_row(row, bool(why)) for row in by_result[key]]
    return "\n".join(lines) + "\n"


def _row(row: Result, with_reason: bool) -> str:
    seconds = "-" if row.seconds is None else f"{row.seconds:.0f}"
    return f"| `{row.name}` | {seconds} |" + (f" {row.why} |" if with_reason else "")


def _reason(text: str) -> str:
    """The code and message of the first error, or whatever else says why."""
    lines = [_COLOUR.sub("", line).strip() for line in text.splitlines()]
    for pattern in (r"Message: code: \d+, (.*?)(?: request id:.*)?$", r"(.*Skipping .*|.*[Ss]kip.*)", r"(.*[Ee]rror.*)"):
        for line in lines:
            match = re.search(pattern, line)
            if match and not line.startswith(("---", "===")):
                return match[1].replace("|", "\\|")[:200]
    return ""


if __name__ == "__main__":
    print(report(Path(name).read_text(errors="replace") for name in sys.argv[1:]), end="")
