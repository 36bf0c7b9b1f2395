"""The states that `fourways sweep` goes by: those of the backend, and those that runs of disposable copies have left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fourways import cleanup
from fourways.cli import ephemeral_runs as runs
from fourways.cli.errors import USAGE, UserError
from fourways.cli.teardown import studio_keys
from fourways.cli.workspace import Workspace
from fourways.ephemeral.journal import Journal


@dataclass(frozen=True, kw_only=True)
class Known:
    """What was read. `dead` are runs that were killed, and nobody has taken down."""

    states: tuple[cleanup.State, ...]
    keys: tuple[cleanup.StudioKey, ...]
    dead: tuple[Journal, ...] = ()

    @property
    def regions(self) -> tuple[str, ...]:
        """Where runs that were killed had their copies."""
        return tuple(sorted({region for journal in self.dead for region in journal.regions}))


def read(workspace: Workspace, run: str = "") -> Known:
    """All states that there are; of killed runs those of `run`, where one is given. Raises UserError for a state that cannot be read: what
    it has must not pass for left behind."""
    journals = runs.unfinished(workspace)
    dead = {journal.run for journal in journals if runs.is_dead(journal)}
    found = [(workspace, cleanup.State(stack=stack, export=workspace.state(stack))) for stack in workspace.state_stacks()]
    for journal in journals:
        own = runs.workspace_of(workspace, journal)
        for stack in own.state_stacks():
            found.append((own, cleanup.State(stack=stack, export=own.state(stack), run=journal.run, over=journal.run in dead)))
    keys = [key for place, state in found for key in studio_keys(place, state)]
    left = tuple(journal for journal in journals if journal.run in dead and run in ("", journal.run))
    return Known(states=tuple(state for _, state in found), keys=tuple(keys), dead=left)


def refuse_what_works(workspace: Workspace, run: str) -> None:
    """Raises UserError for a run that goes on elsewhere: what it measures must not be taken from under it."""
    this = runs.this_process()
    for journal in runs.unfinished(workspace):
        if journal.run == run and not runs.is_dead(journal) and not journal.process.is_this(this):
            one = journal.process
            raise UserError(
                f"run {run} is still at work (process {one.pid} on {one.host}): end it with Ctrl-C, and it takes all down. "
                "Without --delete it can be looked at",
                USAGE,
            )


def take_down(workspace: Workspace, dead: Sequence[Journal], tell: Callable[[str], None]) -> None:
    """What killed runs have left, by their states: recover, destroy. What that leaves, the other levels find."""
    for journal in dead:
        tell(f"run {journal.run} was killed: taking down {', '.join(journal.stacks)}")
        runs.clean(workspace, journal)
