"""A diagnosis as text that fits any width from 60 columns, and as JSON with the same content."""

from __future__ import annotations

import textwrap
from typing import Any

from fourways.doctor.diagnose import Diagnosis
from fourways.doctor.finding import Finding, Verdict

GAP = "  "


def rows(diagnosis: Diagnosis, width: int) -> list[tuple[Verdict, str]]:
    """Each finding's verdict and its text in two columns beside it, what to do last; no line of it is longer than `width`."""
    names = max((len(finding.name) for finding in diagnosis.findings), default=0)
    verdicts = max(map(len, Verdict))
    indent = " " * (verdicts + len(GAP) + names + len(GAP))
    return [
        (finding.verdict, f"{'':<{verdicts - len(finding.verdict)}}{GAP}{finding.name:<{names}}{GAP}{_text(finding, indent, width)}")
        for finding in diagnosis.findings
    ]


def _text(finding: Finding, indent: str, width: int) -> str:
    """The third column; what to do begins a line of its own."""
    paragraphs = [finding.said, *([f"to do: {finding.todo}"] if finding.todo else [])]
    lines = [line for paragraph in paragraphs for line in textwrap.wrap(paragraph, width - len(indent), break_on_hyphens=False)]
    return f"\n{indent}".join(lines)


def summary(diagnosis: Diagnosis) -> str:
    """`15 ok, 1 not ok, 3 cannot tell`."""
    return ", ".join(f"{diagnosis.count(verdict)} {verdict}" for verdict in Verdict)


def as_json(diagnosis: Diagnosis, *, stack: str, region: str, target: str) -> dict[str, Any]:
    """Plain data; `target` is `fake` or `cloud`."""
    identity = diagnosis.identity
    return {
        "stack": stack,
        "target": target,
        "region": region,
        "account": identity.account if identity else None,
        "identity": str(identity) if identity else None,
        "findings": [
            {"name": finding.name, "verdict": finding.verdict.value, "said": finding.said, "todo": finding.todo}
            for finding in diagnosis.findings
        ],
        "exit_code": diagnosis.exit_code,
    }
