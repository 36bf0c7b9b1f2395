"""The one comment of a pull request: a part for each stack that the change touches, kept under GitHub's limit."""

from collections.abc import Sequence

from fourways.checks import render
from fourways.checks.report import Report, Unread
from fourways.costs import wording
from fourways.costs.model import Total
from fourways.costs.render import escape

MARKER = "<!-- fourways check -->"
"""First line of the comment, by which the next run finds it to update it."""
LIMIT = 60_000
"""A comment of GitHub holds 65,536 characters."""
CUT = "\n\n(too long: the rest is left out)"
NOTHING = "### `fourways check`: no stack is touched by this change"


def comment(findings: Sequence[Report | Unread]) -> str:
    """The whole comment. Tables of all resources are left out first, then the longest parts are cut."""
    head = f"{MARKER}\n{_overview(findings)}" if len(findings) != 1 else MARKER
    parts = [_part(finding) for finding in findings]
    bodies = _fitted([body for body, _ in parts], LIMIT - len(head))
    left = LIMIT - len(head) - sum(map(len, bodies))
    shown = []
    for body, (_, full) in zip(bodies, parts, strict=True):
        shown.append(body)
        if full and len(full) <= left:
            shown.append(full)
            left -= len(full)
    return "\n".join([head, *(["\n\n".join(shown)] if shown else [])]) + "\n"


def _overview(findings: Sequence[Report | Unread]) -> str:
    if not findings:
        return NOTHING
    lines = [
        f"### `fourways check` of {len(findings)} stacks",
        "",
        "| stack | finding | a month after | difference |",
        "|---|---|---:|---:|",
    ]
    return "\n".join([*lines, *(_row(finding) for finding in findings), ""])


def _row(finding: Report | Unread) -> str:
    if isinstance(finding, Unread):
        return f"| {escape(finding.stack)} | could not be looked at | unknown | unknown |"
    after = _months(finding.difference.after) or wording.sum_of(finding.estimate)
    delta = _months(finding.difference.delta, sign=True) if finding.difference.changed else "none"
    return f"| {escape(finding.stack)} | {render.outcome(finding)} | {after} | {delta or '-'} |"


def _months(sums: tuple[Total, ...], *, sign: bool = False) -> str:
    return " and ".join(wording.money(one.monthly, one.currency, sign=sign) for one in sums)


def _part(finding: Report | Unread) -> tuple[str, str]:
    if isinstance(finding, Report):
        return render.markdown(finding)
    title = f"<!-- stack: {escape(finding.stack)} -->\n\n### `fourways check` of {escape(finding.stack)}: could not be looked at"
    return f"{title}\n\nTarget: {escape(finding.target)}\n\n" + "\n".join(f"> {escape(line)}" for line in finding.error.splitlines()), ""


def _fitted(bodies: Sequence[str], room: int) -> list[str]:
    """Each as it is, or cut at a line so that all fit: what short ones do not need goes to the long ones."""
    fitted = list(bodies)
    by_length = sorted(range(len(bodies)), key=lambda index: len(bodies[index]))
    for position, index in enumerate(by_length):
        share = room // (len(bodies) - position)
        if len(bodies[index]) > share:
            fitted[index] = bodies[index][: share - len(CUT)].rpartition("\n")[0] + CUT
        room -= len(fitted[index])
    return fitted
