"""`fourways check STACK`: one preview with the policy pack, read for policies, cost and budget."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from fourways import checks, costs
from fourways.checks import render
from fourways.cli.demo import console
from fourways.cli.project import POLICIES, stack_file
from fourways.cli.workspace import Workspace, current_workspace
from stacks.settings import read_stack_file


def check(stack: str, *, fake: bool, output: str, write: Path | None, rates: Sequence[str] = ()) -> int:
    """Print the report as text, markdown or json, and return its exit code. Raises UserError where no preview could be made, CostError for
    a wrong rate."""
    stated = costs.Rates.parse(rates)
    settings = read_stack_file(stack_file(stack))
    workspace = current_workspace(fake=fake)
    if workspace.fake is not None:
        workspace.read("stack", "select", "--create", "--stack", stack)
    state = workspace.state(stack)
    budget = None
    if settings.budget is not None:
        budget = costs.Budget(amount=settings.budget.amount, currency=settings.budget.currency, per=settings.budget.per)
    report = checks.check(
        preview(workspace, stack),
        stack=stack,
        target=workspace.target,
        budget=budget,
        state=state,
        rates=stated,
        today=date.today(),
    )
    if write is not None:
        write.write_text(render.markdown(report))
    if output == "json":
        print(json.dumps(render.as_json(report), indent=2))
    elif output == "markdown":
        print(render.markdown(report))
    else:
        console.print(render.text(report))
    return report.exit_code


def preview(workspace: Workspace, stack: str) -> str:
    """The preview's events, one JSON object a line; a preview that fails is told in them, so its exit code is not read."""
    # Only the streamed form has policy events (pulumi 3.259.0, backend/display/json.go).
    events = dataclasses.replace(workspace, environment={**workspace.environment, "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"})
    result = events.capture("preview", "--json", "--non-interactive", "--policy-pack", str(POLICIES), "--stack", stack)
    if not result.stdout.strip():
        workspace.fail("preview", result)
    return result.stdout
