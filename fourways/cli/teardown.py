"""Takes a disposable stack down: destroy; where that fails refresh and destroy again; then what carries its tags. Never --target."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from fourways import cleanup
from fourways.cleanup.states import API_KEY
from fourways.cli.guarded import StoppedError, say
from fourways.cli.workspace import Workspace
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


def nothing_left(
    stacks: Iterable[str],
    regions: Iterable[str],
    project: str,
    *,
    what: str = "the run's tags",
    run: str = "",
    keys: Sequence[cleanup.StudioKey] = (),
) -> bool:
    """Look for what carries the stacks' tags or names; delete what is found. True when there is nothing any more: what could not be looked
    for is no proof. `run` says whose hidden things count; `keys` show the deployments of workspaces that are still there."""
    cloud, places, names = cleanup.RealCloud(keys=tuple(keys)), sorted(set(regions)), frozenset(stacks)
    sight = cleanup.survey(cloud, places, project, run=run)
    for line in sight.unseen:
        say(f"COULD NOT LOOK: {line}")
    found = [thing for thing in sight.found if thing.owner.stack in names]
    if not found:
        if not sight.unseen:
            say(f"Nothing with {what} is left in {', '.join(places)}.")
        return not sight.unseen
    options = cleanup.Options(project=project, now=datetime.now(UTC), named=names)
    leftovers = cleanup.plan(found, [], options)
    say("What pulumi has not taken down:", cleanup.table(leftovers, datetime.now(UTC)))
    return cleanup.delete(leftovers, cloud, tell=say).clean and not sight.unseen


def studio_keys(workspace: Workspace, state: cleanup.State) -> list[cleanup.StudioKey]:
    """What shows the deployments of a stack's Model Studio workspace; none where the state's secrets cannot be read here."""
    if not any(resource["type"] == API_KEY for resource in state.resources()):
        return []
    result = workspace.capture("stack", "export", "--show-secrets", "--stack", state.stack)
    return [] if result.returncode else cleanup.studio_keys(json.loads(result.stdout))
