"""The two steps that reach the cloud: look, and delete. The clock and the pause between two looks are given."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from fourways.cleanup.cloud import Cloud
from fourways.cleanup.found import Found, Leftover
from fourways.cleanup.kinds import KINDS
from fourways.cleanup.kinds.base import Kind
from fourways.cloud.errors import CloudError

ROUNDS = 60
PAUSE = 3.0
"""Seconds between two looks; 60 of them are enough for a NAT gateway, which takes about a minute to go (assumed)."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What `delete` did. `failed` pairs a thing with the last thing the cloud said about it."""

    deleted: tuple[Found, ...]
    failed: tuple[tuple[Found, str], ...]
    kept: tuple[Leftover, ...]

    @property
    def clean(self) -> bool:
        """Only when nothing is left at all, of what may be deleted and of what may not."""
        return not self.failed and not self.kept


def look(cloud: Cloud, regions: Iterable[str], project: str, kinds: Sequence[Kind] = KINDS) -> list[Found]:
    """What exists and carries the project's tag, in the order of deletion. Raises CloudError: half a look is no look."""
    places = list(regions)
    return [
        thing for kind in kinds for region in (places[:1] if kind.everywhere else places) for thing in kind.list(cloud, region, project)
    ]


def unseen(cloud: Cloud, regions: Iterable[str], kinds: Sequence[Kind] = KINDS) -> list[str]:
    """What could not be looked for, and why: a line each. Raises CloudError."""
    return [line for region in regions for kind in kinds if (line := kind.blind(cloud, region))]


def delete(
    leftovers: Iterable[Leftover],
    cloud: Cloud,
    *,
    kinds: Sequence[Kind] = KINDS,
    pause: Callable[[], None] = lambda: time.sleep(PAUSE),
    rounds: int = ROUNDS,
    tell: Callable[[str], None] = lambda _: None,
) -> Result:
    """Deletes what may be deleted, kind by kind in the order of dependency, and waits until each is gone. A thing that stays does not stop
    the others: they may be what is billed."""
    plan = list(leftovers)
    allowed = [leftover.found for leftover in plan if leftover.deletable]
    deleted: list[Found] = []
    failed: list[tuple[Found, str]] = []
    for kind in kinds:
        waiting = [(thing, "") for thing in allowed if thing.kind == kind.name]
        for attempt in range(rounds):
            if attempt and waiting:
                pause()
            waiting = [(thing, said) for thing, _ in waiting if (said := _ask(kind, cloud, thing, tell)) is not None]
            if not waiting:
                break
        failed += waiting
        stayed = {thing.id for thing, _ in waiting}
        deleted += [thing for thing in allowed if thing.kind == kind.name and thing.id not in stayed]
    return Result(deleted=tuple(deleted), failed=tuple(failed), kept=tuple(leftover for leftover in plan if not leftover.deletable))


def _ask(kind: Kind, cloud: Cloud, thing: Found, tell: Callable[[str], None]) -> str | None:
    """None once it is gone, else what the cloud said."""
    tell(f"deleting {thing.kind} {thing.id} in {thing.region}")
    said = "still there"
    try:
        kind.delete(cloud, thing)
    except CloudError as error:
        said = str(error)
    try:
        return said if kind.exists(kind, cloud, thing) else None
    except CloudError as error:
        return str(error)
