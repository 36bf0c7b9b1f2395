"""A report as text for the terminal, as Markdown (a part of the comment in `comment.py`), and as JSON."""

from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape as plain
from rich.table import Table
from rich.text import Text

from fourways.checks.policies import Violation
from fourways.checks.report import FINE, Planned, Report
from fourways.costs import render as costs
from fourways.costs import wording
from fourways.costs.render import escape


def text(report: Report) -> Group:
    """For the terminal."""
    parts: list[RenderableType] = [Text(f"stack {report.stack}" + (f", target: {report.target}" if report.target else ""))]
    parts += [Text(f"error: {error}", style="red") for error in report.errors]
    parts.append(_changes_table(report))
    parts.append(Text(_policy_sentence(report), style="green" if report.policies.ran and not report.policies.violations else "yellow"))
    parts += [_violation_text(violation) for violation in report.policies.violations]
    parts.append(
        costs.table(report.estimate, title=f"Cost of {plain(report.stack)} after this change", rates=report.rates, today=report.today)
    )
    if report.difference.changed:
        parts.append(costs.difference_table(report.difference, rates=report.rates))
    if report.verdict:
        parts.append(Text(f"budget: {report.verdict.message}", style="green" if report.verdict.status == "within" else "yellow"))
    if report.cheaper:
        parts.append(Text(f"other ways: {report.cheaper}"))
    return Group(*parts)


def markdown(report: Report) -> tuple[str, str]:
    """The stack's part of the comment, and its full table of costs, which is what goes first when a comment does not fit."""
    head = [f"<!-- stack: {escape(report.stack)} -->", f"### `fourways check` of {escape(report.stack)}: {outcome(report)}"]
    if report.target:
        head.append(f"Target: {escape(report.target)}")
    if report.errors:
        head.append("#### Errors\n\n" + "\n".join(f"- {escape(error)}" for error in report.errors))
    head.append("#### What changes\n\n" + _changes_markdown(report))
    head.append("#### Policies\n\n" + _policies_markdown(report))
    head.append("#### Cost\n\n" + costs.difference_markdown(report.difference, report.rates).rstrip("\n"))
    if report.verdict:
        head.append(f"Budget: {_mark(report.verdict.status == 'within')} {escape(report.verdict.message)}")
    head += [escape(line) for line in costs.people(report.estimate)]
    if report.estimate.unknown:
        head.append("Price unknown: " + ", ".join(f"{escape(row.name)} ({escape(row.note)})" for row in report.estimate.unknown))
    if commitment := wording.commitment(report.estimate):
        head.append(f"After this change, {escape(commitment)}")
    if report.today and (old := wording.stale(report.estimate, report.today)):
        head.append("Old prices: " + "; ".join(escape(line) for line in old))
    head.append("Prices: " + ("; ".join(escape(source) for source in wording.sources(report.estimate)) or "none used"))
    if report.cheaper:
        head.append(f"#### Other ways to serve this workload\n\n{escape(report.cheaper)}")
    full = f"<details><summary>All resources</summary>\n\n{costs.markdown(report.estimate, report.rates, report.today)}\n</details>"
    return "\n\n".join(head), full


def as_json(report: Report) -> dict[str, Any]:
    """Plain data for other programs."""
    return {
        "stack": report.stack,
        "target": report.target,
        "exit_code": report.exit_code,
        "errors": list(report.errors),
        "changes": [
            {"operation": change.operation, "type": change.type, "name": change.name, "why": list(change.why)} for change in report.changes
        ],
        "policies": {
            "ran": report.policies.ran,
            "packs": list(report.policies.packs),
            "passed": list(report.policies.passed),
            "violations": [
                {
                    "policy": violation.policy,
                    "level": violation.level,
                    "urn": violation.urn,
                    "message": violation.message,
                    "mend": violation.mend,
                }
                for violation in report.policies.violations
            ],
        },
        "cost": costs.as_json(report.estimate, report.difference, rates=report.rates, today=report.today),
        "budget": {"status": report.verdict.status, "message": report.verdict.message} if report.verdict else None,
        "cheaper": report.cheaper,
    }


def outcome(report: Report) -> str:
    """The finding in a word or two."""
    if report.errors:
        return "the preview failed"
    if not report.policies.ran:
        return "no policy was run"
    if report.policies.blocking:
        return f"{_count(len(report.policies.blocking), 'policy violation')}"
    return "fine" if report.exit_code == FINE else "over budget"


def _policy_sentence(report: Report) -> str:
    if not report.policies.ran:
        return "policies: none was run"
    failed = len({violation.policy for violation in report.policies.violations})
    return f"policies: {len(report.policies.passed)} passed, {failed} failed ({', '.join(report.policies.packs)})"


def _violation_text(violation: Violation) -> Text:
    told = Text(
        f"  {violation.level} {violation.policy}: {violation.resource}: {violation.message}",
        style="red" if violation.blocking else "yellow",
    )
    return told.append(f"\n    to mend: {violation.mend}", style="default") if violation.mend else told


def _changes_table(report: Report) -> RenderableType:
    if not report.changes:
        return Text("no changes")
    shown = Table(title="What changes", title_justify="left")
    for heading in ("operation", "type", "name", "why"):
        shown.add_column(heading, overflow="fold")
    for change in report.changes:
        shown.add_row(change.operation, plain(change.type), plain(change.name), plain(", ".join(change.why)))
    return shown


def _changes_markdown(report: Report) -> str:
    if not report.changes:
        return "Nothing."
    return "\n".join(["| operation | type | name | inputs |", "|---|---|---|---|", *(_change_row(change) for change in report.changes)])


def _change_row(change: Planned) -> str:
    return f"| {change.operation} | {escape(change.type)} | {escape(change.name)} | {escape(', '.join(change.why))} |"


def _policies_markdown(report: Report) -> str:
    if not report.policies.ran:
        return f"{_mark(False)} no policy was run."
    lines = []
    for violation in report.policies.violations:
        mend = f" To mend: {escape(violation.mend)}" if violation.mend else ""
        mark = _mark(False) if violation.blocking else ":warning:"
        lines.append(
            f"- {mark} **{escape(violation.policy)}** ({violation.level}) {escape(violation.resource)}: {escape(violation.message)}.{mend}"
        )
    lines += [f"- {_mark(True)} {escape(name)}" for name in report.policies.passed]
    return "\n".join(lines)


def _mark(good: bool) -> str:
    return ":white_check_mark:" if good else ":x:"


def _count(number: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"
