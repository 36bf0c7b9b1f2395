"""The end-to-end steps, as data: what pulumi is told, how long it may take, and what its end means."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Step:
    """`minutes` is the most that it may take (assumed: a large model loads for an hour). Without `must` a failure is an outcome to compare,
    not a reason to stop. `change` is set for the step before which the settings change."""

    name: str
    pulumi: tuple[str, ...]
    minutes: int
    must: bool = True
    change: bool = False


_DO = ("--yes", "--skip-preview")
NO_CHANGES = "--expect-no-changes"

STEPS = (
    Step(name="up", pulumi=("up", *_DO), minutes=120),
    Step(name="preview", pulumi=("preview", NO_CHANGES), minutes=10, must=False),
    Step(name="refresh", pulumi=("refresh", *_DO, NO_CHANGES), minutes=15, must=False),
    Step(name="update", pulumi=("up", *_DO), minutes=120, change=True),
)
DESTROY = Step(name="destroy", pulumi=("destroy", *_DO), minutes=60)
# A create that was cut off has no id: the state forgets it, and the look by tags that follows finds what it has made.
MEND = Step(name="refresh before the second destroy", pulumi=("refresh", *_DO, "--clear-pending-creates"), minutes=15, must=False)

LONGEST = sum(step.minutes for step in (*STEPS, DESTROY, MEND, DESTROY))
"""Minutes that a whole run can take at most."""
