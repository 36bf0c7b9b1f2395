"""The states that `fourways sweep` goes by: those of the backend, and those that disposable runs have left."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from fourways import cleanup
from fourways.cleanup.states import API_KEY
from fourways.cli.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Known:
    """What was read. `over` is called when nothing of what they have is left any more."""

    states: tuple[cleanup.State, ...]
    keys: tuple[cleanup.StudioKey, ...]
    regions: tuple[str, ...] = ()
    over: Callable[[], None] = lambda: None


def read(workspace: Workspace) -> Known:
    """All states that there are. Raises UserError for a state that cannot be read: what it has must not pass for left behind."""
    states = [cleanup.State(stack=stack, export=workspace.state(stack)) for stack in workspace.state_stacks()]
    keys = [key for state in states for key in _keys(workspace, state)]
    return Known(states=tuple(states), keys=tuple(keys))


def _keys(workspace: Workspace, state: cleanup.State) -> list[cleanup.StudioKey]:
    """What shows the deployments of a stack's workspace; none where the state's secrets cannot be read here."""
    if not any(resource["type"] == API_KEY for resource in state.resources()):
        return []
    result = workspace.capture("stack", "export", "--show-secrets", "--stack", state.stack)
    return [] if result.returncode else cleanup.studio_keys(json.loads(result.stdout))
