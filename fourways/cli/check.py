"""`fourways check STACK...`: one preview a stack with the policy pack, read for policies, cost and budget.

What is not needed to start a preview is imported while it runs: the preview is nearly all of the time that a check takes.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fourways.cli.errors import UserError
from fourways.cli.project import POLICIES, stack_file
from fourways.cli.workspace import Workspace, current_workspace

if TYPE_CHECKING:
    from fourways import checks

WORKLOAD = "fourways:workload"


def check(stacks: Sequence[str], *, fake: bool, output: str, write: Path | None, rates: Sequence[str] = ()) -> int:
    """Print the findings as text, markdown or json, write the comment, and return the worst exit code.

    A stack that cannot be looked at is told in its place, and the others are looked at all the same. Raises UserError where a stack has
    no file, or pulumi cannot be run at all, CostError for a wrong rate.
    """
    for stack in stacks:
        stack_file(stack)
    workspace = current_workspace(fake=fake)
    findings = [look(workspace, stack, rates) for stack in stacks]
    from fourways import checks
    from fourways.checks import comment

    if write is not None:
        write.write_text(comment.comment(findings), encoding="utf-8")
    if output == "json":
        print(json.dumps(_as_json(findings), indent=2))
    elif output == "markdown":
        print(comment.comment(findings))
    else:
        _print(findings)
    return checks.worst(findings)


def look(workspace: Workspace, stack: str, rates: Sequence[str] = ()) -> checks.Report | checks.Unread:
    """One stack's finding. Raises CostError for a wrong rate."""
    with _started(workspace, stack) as (events, state):
        from fourways import checks, costs
        from fourways.costs.documents import read_preview

        stated = costs.Rates.parse(rates)
        try:
            read = read_preview(events.result())
            report = checks.check(
                read,
                stack=stack,
                target=workspace.target,
                budget=costs.budget_of(read.config),
                state=state.result(),
                rates=stated,
                today=date.today(),
            )
        except (UserError, costs.CostError) as error:
            return _wrong_settings(workspace, stack) or checks.Unread(stack=stack, target=workspace.target, error=str(error))
    if report.exit_code == checks.FAILURE:
        return _wrong_settings(workspace, stack) or report
    return dataclasses.replace(report, cheaper=_cheaper(workspace, stack, report)) if WORKLOAD in read.config else report


def _wrong_settings(workspace: Workspace, stack: str) -> checks.Unread | None:
    """Why nothing could be previewed, where it is the stack file: in its own words rather than in those of a program that failed. Asked
    only then, since to read the settings takes as long as all the rest of a check that is not the preview."""
    from fourways import checks
    from stacks.problems import SettingsError
    from stacks.settings import read_stack_file

    try:
        read_stack_file(workspace.stacks / stack_file(stack).name)
    except SettingsError as error:
        return checks.Unread(stack=stack, target=workspace.target, error=str(error))
    return None


def _cheaper(workspace: Workspace, stack: str, report: checks.Report) -> str:
    """Whether another way of serving would cost less for the workload that the stack states."""
    from fourways.advisor import cheaper
    from stacks.settings import read_stack_file

    settings = read_stack_file(workspace.stacks / stack_file(stack).name)
    if settings.advised_workload is None:
        return ""
    # A sum without what has no known price would make any stack look cheap.
    kind, current = settings.deployment.kind, () if report.estimate.unknown else report.estimate.totals
    found = cheaper(settings.advised_workload, kind=kind, region=settings.region, current=current, rates=report.rates)
    none = "No other way is seen to be cheaper for the stated workload, as far as prices can be compared"
    return found or f"{none}: `fourways advise --stack {stack}` says why."


@contextmanager
def _started(workspace: Workspace, stack: str) -> Iterator[tuple[Future[str], Future[dict[str, Any]]]]:
    """The preview and the state, both under way; the end waits for both."""
    if workspace.fake is not None and not workspace.has_own_state(stack):
        workspace.read("stack", "select", "--create", "--stack", stack)
    with ThreadPoolExecutor(max_workers=2) as pool:
        yield pool.submit(preview, workspace, stack), pool.submit(workspace.state, stack)


def preview(workspace: Workspace, stack: str) -> str:
    """The preview's events, one JSON object a line; a preview that fails is told in them, so its exit code is not read."""
    # Only the streamed form has policy events (pulumi 3.259.0, backend/display/json.go).
    events = dataclasses.replace(workspace, environment={**workspace.environment, "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"})
    result = events.capture("preview", "--json", "--non-interactive", "--policy-pack", str(POLICIES), "--stack", stack)
    if not result.stdout.strip():
        workspace.fail("preview", result)
    return result.stdout


def _as_json(findings: Sequence[checks.Report | checks.Unread]) -> dict[str, Any]:
    """One stack's finding as it is; several in a list, with the worst exit code."""
    from fourways import checks
    from fourways.checks import render

    rows = [
        {"stack": finding.stack, "target": finding.target, "exit_code": finding.exit_code, "errors": [finding.error]}
        if isinstance(finding, checks.Unread)
        else render.as_json(finding)
        for finding in findings
    ]
    return rows[0] if len(rows) == 1 else {"exit_code": checks.worst(findings), "stacks": rows}


def _print(findings: Sequence[checks.Report | checks.Unread]) -> None:
    from rich.text import Text

    from fourways import checks
    from fourways.checks import render
    from fourways.cli.demo import console

    if not findings:
        console.print("no stack is touched by this change")
    for finding in findings:
        if isinstance(finding, checks.Unread):
            console.print(Text(f"stack {finding.stack}, target: {finding.target}\nerror: {finding.error}", style="red"))
        else:
            console.print(render.text(finding))
