"""`fourways sweep`: what was left behind, from states, tags, names and bills; deletes it only when told to."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.prompt import Confirm

from fourways import cleanup
from fourways.cli import sweep_states
from fourways.cli.demo import console, say_target
from fourways.cli.errors import USAGE, UserError
from fourways.cli.project import project_name, stack_file, stack_names
from fourways.cli.workspace import current_workspace
from stacks.settings import read_stack_file

CLEAN, LEFT, BLIND = 0, 1, 3
"""Exit codes: nothing is left, something is, and where something was not to be looked for, nothing that was seen."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What was asked for. `named` are stacks whose things may go although they are no benchmarks, `run` is the one run that is looked
    at."""

    fake: bool = False
    delete: bool = False
    yes: bool = False
    regions: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    run: str = ""
    records: cleanup.Records = cleanup.Records.all
    output: str = "text"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was left, and a line for each thing that could not be looked for."""

    leftovers: tuple[cleanup.Leftover, ...]
    unseen: tuple[str, ...]
    notes: tuple[str, ...]


def sweep(wanted: Wanted) -> int:
    """Print what was found and, with `delete`, what was done. Returns an exit code. Raises UserError where there is nowhere to look."""
    workspace = current_workspace(fake=wanted.fake)
    workspace.enter()
    as_json = wanted.output == "json"
    out = Console(stderr=True) if as_json else console
    if not as_json:
        say_target(workspace)
    if wanted.delete and wanted.run:
        sweep_states.refuse_what_works(workspace, wanted.run)
    known = sweep_states.read(workspace, wanted.run)
    for journal in known.dead:
        print(f"run {journal.run} was killed while it measured disposable copies: {', '.join(journal.stacks)}", file=sys.stderr)
    if wanted.delete and known.dead and (wanted.yes or Confirm.ask("Take down what they have left?", console=out, default=False)):
        with contextlib.redirect_stdout(sys.stderr if as_json else sys.stdout):
            sweep_states.take_down(workspace, known.dead, out.print)
        known = replace(sweep_states.read(workspace, wanted.run), keys=known.keys)
    cloud = cleanup.RealCloud(keys=known.keys)
    places = tuple(sorted({*wanted.regions} or {*stack_regions(), *known.regions}))
    if not places:
        raise UserError("no stack file names a region, so nothing was looked for: give --region, e.g. --region ap-southeast-1", USAGE)
    found = look(cloud, places, known.states, wanted)
    for line in found.notes:
        print(f"not looked for: {line}", file=sys.stderr)
    for line in found.unseen:
        print(f"COULD NOT LOOK: {line}", file=sys.stderr)
    result = _delete(cloud, found.leftovers, wanted, out) if wanted.delete and found.leftovers else None
    if as_json:
        print(json.dumps(_document(found, result), indent=2))
    elif result is None:
        _show(found, places, out)
    clean = result.clean if result else not found.leftovers
    return LEFT if not clean else BLIND if found.unseen else CLEAN


def look(cloud: cleanup.Cloud, regions: Sequence[str], states: Sequence[cleanup.State], wanted: Wanted) -> Found:
    """By all levels: states, tags, names, then what the bill says of anything else."""
    project, now = project_name(), datetime.now(UTC)
    sight = cleanup.survey(cloud, regions, project, run=wanted.run)
    options = cleanup.Options(project=project, now=now, named=frozenset(wanted.named), run=wanted.run)
    leftovers = cleanup.plan(sight.found, states, options)
    bill = cleanup.billed(cloud, regions, sight, states, options, wanted.records)
    return Found(
        leftovers=tuple(cleanup.with_bill(leftovers, bill)), unseen=(*sight.unseen, *bill.unseen), notes=(*sight.notes, *bill.notes)
    )  # fmt: skip


def _show(found: Found, regions: Sequence[str], out: Console) -> None:
    if not found.leftovers:
        said = "Nothing is left behind" if not found.unseen else "Nothing was found, but not everything could be looked for"
        out.print(f"{said} in {', '.join(regions)}.")
        return
    out.print(cleanup.table(found.leftovers, datetime.now(UTC)))
    deletable = sum(leftover.deletable for leftover in found.leftovers)
    out.print(f"Nothing was changed. `fourways sweep --delete` would delete {deletable} of these {len(found.leftovers)}.")


def _delete(cloud: cleanup.Cloud, leftovers: Sequence[cleanup.Leftover], wanted: Wanted, out: Console) -> cleanup.Result:
    """What was done; nothing, where a person said no."""
    deletable = [leftover for leftover in leftovers if leftover.deletable]
    out.print(cleanup.table(leftovers, datetime.now(UTC)))
    if deletable and not wanted.yes and not Confirm.ask(f"Delete these {len(deletable)} for good?", console=out, default=False):
        out.print("Nothing was changed.")
        return cleanup.Result(deleted=(), failed=(), kept=tuple(leftovers))
    result = cleanup.delete(leftovers, cloud, tell=out.print)
    for thing, said in result.failed:
        out.print(f"[red]not deleted[/]: {thing.kind} {thing.id} in {thing.region}: {said}")
    out.print(f"deleted {len(result.deleted)}, failed {len(result.failed)}, kept {len(result.kept)}")
    return result


def _document(found: Found, result: cleanup.Result | None) -> dict[str, Any]:
    """As JSON: what was found, what was not to be looked for, and, where something was to be deleted, what became of it."""
    done = {} if result is None else {
        "deleted": [f"{thing.kind} {thing.id}" for thing in result.deleted],
        "failed": [{"what": f"{thing.kind} {thing.id}", "said": said} for thing, said in result.failed],
    }  # fmt: skip
    return {"leftovers": cleanup.as_json(found.leftovers), "not_looked_for": [*found.unseen], "notes": [*found.notes], **done}


def stack_regions() -> list[str]:
    """The regions of all stack files, sorted."""
    return sorted({read_stack_file(stack_file(stack)).region for stack in stack_names()})
