"""`fourways sweep`: what was left behind, from states and from tags; deletes it only when told to."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

from rich.prompt import Confirm

from fourways import cleanup
from fourways.cli.demo import console, say_target
from fourways.cli.errors import FAILED
from fourways.cli.project import project_name, stack_file, stack_names
from fourways.cli.workspace import Workspace, current_workspace
from stacks.settings import read_stack_file


def sweep(*, fake: bool, delete: bool, regions: list[str], named: list[str], yes: bool, output: str) -> int:
    """Print what was found and, with `delete`, what was done. 0: nothing is left behind; 1: something is."""
    workspace = current_workspace(fake=fake)
    workspace.enter()
    if output != "json":
        say_target(workspace)
    cloud = cleanup.RealCloud()
    places = sorted(set(regions)) or stack_regions()
    leftovers = find(workspace, cloud, places, named)
    for line in cleanup.unseen(cloud, places):
        print(f"not looked for: {line}", file=sys.stderr)
    if output == "json" and not delete:
        print(json.dumps(cleanup.as_json(leftovers), indent=2))
        return FAILED if leftovers else 0
    now = datetime.now(UTC)
    if not leftovers:
        console.print(f"Nothing is left behind in {', '.join(places)}.")
        return 0
    console.print(cleanup.table(leftovers, now))
    deletable = [leftover for leftover in leftovers if leftover.deletable]
    if not delete:
        console.print(f"Nothing was changed. `fourways sweep --delete` would delete {len(deletable)} of these {len(leftovers)}.")
        return FAILED
    if deletable and not yes and not Confirm.ask(f"Delete these {len(deletable)} for good?", console=console, default=False):
        console.print("Nothing was changed.")
        return FAILED
    result = cleanup.delete(leftovers, cloud, tell=console.print)
    for thing, said in result.failed:
        console.print(f"[red]not deleted[/]: {thing.kind} {thing.id} in {thing.region}: {said}")
    console.print(f"deleted {len(result.deleted)}, failed {len(result.failed)}, kept {len(result.kept)}")
    return 0 if result.clean else FAILED


def find(workspace: Workspace, cloud: cleanup.Cloud, regions: list[str], named: list[str]) -> list[cleanup.Leftover]:
    """What carries this project's tags and is expired or in none of the backend's states."""
    project = project_name()
    states = [cleanup.State(stack=stack, export=workspace.state(stack)) for stack in workspace.state_stacks()]
    options = cleanup.Options(project=project, now=datetime.now(UTC), named=frozenset(named))
    return cleanup.plan(cleanup.look(cloud, regions, project), states, options)


def stack_regions() -> list[str]:
    """The regions of all stack files, sorted."""
    return sorted({read_stack_file(stack_file(stack)).region for stack in stack_names()})
