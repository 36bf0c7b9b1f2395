"""`fourways doctor STACK`: gathers what is known here, asks the cloud (reads only), prints what is in the way of bringing the stack up."""

from __future__ import annotations

import json
import os

from rich.markup import escape

from fourways.cli.demo import console
from fourways.cli.doctor_facts import gather
from fourways.cli.project import stack_file
from fourways.cli.workspace import fake_workspace
from fourways.cloud import target as targets
from fourways.doctor import ReadOnlyCloud, Verdict, diagnose, render
from stacks.settings import read_stack_file

COLORS = {Verdict.OK: "green", Verdict.NOT_OK: "bold red", Verdict.CANNOT_TELL: "yellow"}


def doctor(stack: str, *, fake: bool, output: str) -> int:
    """Print the findings as text or JSON. 0: nothing is not ok; 1: something is."""
    settings = read_stack_file(stack_file(stack))
    workspace = fake_workspace() if fake or os.environ.get(targets.FAKE_VARIABLE) else None
    if workspace is not None and fake and not os.environ.get(targets.FAKE_VARIABLE):
        workspace.enter()  # its environment says where the fake is; inside `fourways shell` it does already
    target = targets.current()
    facts = gather(settings, workspace)
    diagnosis = diagnose(ReadOnlyCloud(settings.region), facts)
    account = diagnosis.identity.account if diagnosis.identity else None
    if output == "json":
        print(json.dumps(render.as_json(diagnosis, stack=stack, region=settings.region, target=target.name), indent=2))
        return diagnosis.exit_code
    console.print(target.describe(account, settings.region))
    for verdict, text in render.rows(diagnosis, console.width):
        console.print(f"[{COLORS[verdict]}]{verdict}[/]{escape(text)}", soft_wrap=True)
    console.print(f"\n{stack}: {render.summary(diagnosis)}. Nothing was changed.")
    return diagnosis.exit_code
