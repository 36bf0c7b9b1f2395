"""Writes docs/conformance.md from the output of the alicloud provider's own acceptance tests, run against the fake.

.venv/bin/fourways fakes serve --port 4567 --folder FOLDER      # with ALICLOUD_REGION's tests: python -m fourways.fakes --region cn-beijing
shared/conformance/run 127.0.0.1:4567 FOLDER/ca.pem 'TestAccAliCloudVPC_basic$' > logs/vpc.log 2>&1
.venv/bin/python tests/conformance/report.py logs/*.log > docs/conformance.md
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_RESULT = re.compile(r"^--- (PASS|FAIL|SKIP): (\S+) \(([\d.]+)s\)", re.MULTILINE)
_ORDER = {"FAIL": 0, "SKIP": 1, "PASS": 2}


def report(texts: list[str]) -> str:
    """The page: counts, then a row a test with its result, seconds, and for a failure its first error line."""
    rows = sorted(
        {
            (match[2], match[1], float(match[3]), _reason(text) if match[1] != "PASS" else "")
            for text in texts
            for match in _RESULT.finditer(text)
        },
        key=lambda row: (_ORDER[row[1]], row[0]),
    )
    counts = {result: sum(row[1] == result for row in rows) for result in _ORDER}
    lines = [
        "# Conformance of the fake",
        "",
        "Acceptance tests that the makers of terraform-provider-alicloud 1.285.0 wrote for the real cloud, run against the fake (HTTPS).",
        "They know nothing of this project. Made by `tests/conformance/report.py`, which says how to run them.",
        "",
        f"{counts['PASS']} passed, {counts['FAIL']} failed, {counts['SKIP']} skipped.",
        "",
        "| test | result | seconds | why |",
        "|---|---|---|---|",
        *(f"| `{name}` | {result.lower()} | {seconds:.0f} | {reason} |" for name, result, seconds, reason in rows),
    ]
    return "\n".join(lines) + "\n"


def _reason(text: str) -> str:
    for line in text.splitlines():
        if "rror" in line or "SKIP" in line:
            return line.strip().replace("|", "\\|")[:160]
    return ""


if __name__ == "__main__":
    print(report([Path(name).read_text(errors="replace") for name in sys.argv[1:]]), end="")
