"""A diagnosis as a table of three columns that fits 80, and as JSON with the same content."""

from __future__ import annotations

from typing import Any

from rich.markup import escape
from rich.table import Table

from fourways.doctor.diagnose import Diagnosis
from fourways.doctor.finding import Verdict

COLORS = {Verdict.OK: "green", Verdict.NOT_OK: "bold red", Verdict.CANNOT_TELL: "yellow"}


def table(diagnosis: Diagnosis) -> Table:
    """A line a finding, with what to do under it."""
    shown = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    shown.add_column(no_wrap=True)
    shown.add_column(no_wrap=True)
    shown.add_column(overflow="fold")
    for finding in diagnosis.findings:
        color = COLORS[finding.verdict]
        said = escape(finding.said) + (f"\n[bold]to do:[/] {escape(finding.todo)}" if finding.todo else "")
        shown.add_row(f"[{color}]{finding.verdict}[/]", escape(finding.name), said)
    return shown


def summary(diagnosis: Diagnosis) -> str:
    """`15 ok, 1 not ok, 3 cannot tell`."""
    return ", ".join(f"{diagnosis.count(verdict)} {verdict}" for verdict in Verdict)


def as_json(diagnosis: Diagnosis, *, stack: str, target: str) -> dict[str, Any]:
    """Plain data."""
    identity = diagnosis.identity
    return {
        "stack": stack,
        "target": target,
        "account": identity.account if identity else None,
        "identity": str(identity) if identity else None,
        "findings": [
            {"name": finding.name, "verdict": finding.verdict.value, "said": finding.said, "todo": finding.todo}
            for finding in diagnosis.findings
        ],
        "exit_code": diagnosis.exit_code,
    }
