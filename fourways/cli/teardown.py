"""Takes a disposable stack down: destroy; where that fails refresh and destroy again; then what carries its tags. Never --target."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from fourways import cleanup
from fourways.cli.guarded import StoppedError, say
from fourways.cli.workspace import Workspace
from fourways.cloud.errors import CloudError
from fourways.verify.steps import DESTROY, MEND, Step


def destroyed(workspace: Workspace, stack: str, run: Callable[[Step], int], told: Callable[[int, bool], None]) -> bool:
    """Whether pulumi says that all is gone. `run` carries out a step and gives its exit code; `told` hears of each of the two attempts.
    Neither a budget nor Ctrl-C may stop `run` here: only a step's own time."""
    for attempt, steps in enumerate(((DESTROY,), (MEND, DESTROY))):
        if attempt:
            workspace.capture("cancel", "--yes", "--stack", stack)  # the lock of a pulumi that had to be killed
        code = 1
        for step in steps:
            try:
                code = run(step)
            except StoppedError:
                code = -1
        told(attempt, code == 0)
        if code == 0:
            return True
    return False


def nothing_left(stacks: Iterable[str], regions: Iterable[str], project: str, *, what: str = "the run's tags") -> bool:
    """Look for what carries the stacks' tags; delete what is found. True when there is nothing any more."""
    cloud, places, names = cleanup.RealCloud(), sorted(set(regions)), frozenset(stacks)
    try:
        found = [thing for thing in cleanup.look(cloud, places, project) if thing.owner.stack in names]
    except CloudError as error:
        say(f"The look for what is left failed: {error}")
        return False
    if not found:
        say(f"Nothing with {what} is left in {', '.join(places)}.")
        return True
    options = cleanup.Options(project=project, now=datetime.now(UTC), named=names)
    leftovers = cleanup.plan(found, [], options)
    say("What pulumi has not taken down:", cleanup.table(leftovers, datetime.now(UTC)))
    return cleanup.delete(leftovers, cloud, tell=say).clean
