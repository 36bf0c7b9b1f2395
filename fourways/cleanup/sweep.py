"""The two steps that reach the cloud: look, and delete. The clock and the pause between two looks are given."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fourways.cleanup import stack_names
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


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What was seen, and a line for each thing of ours that could not be looked for. `notes` are what may hide something of ours only where
    a stack works in what is not its own. `there` is everything that was listed, by id and whosever it is."""

    found: tuple[Found, ...] = ()
    unseen: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    there: Mapping[str, Found] = field(default_factory=dict)


def survey(cloud: Cloud, regions: Iterable[str], project: str, kinds: Sequence[Kind] = KINDS, run: str = "") -> Sight:
    """What exists and is the project's, in the order of deletion: by its tags, then by a name that nobody else gives. What the cloud
    refuses to list is told in `unseen`, and stops nothing else. With a `run`, what hides other runs alone is not told."""

    def ours(name: str) -> bool:
        return (said := stack_names.read(name, project)) is not None and run in ("", said.run)

    places = list(regions)
    found: list[Found] = []
    unseen: list[str] = []
    notes: list[str] = []
    there: dict[str, Found] = {}
    for kind in kinds:
        for region in places[:1] if kind.everywhere else places:
            try:
                tagged = list(kind.list(cloud, region, project))
                everything = list(kind.everything(cloud, region))
                hidden = kind.blind(cloud, region, ours)
                note = None if hidden or run else kind.blind(cloud, region, lambda _: True)
            except CloudError as error:
                unseen.append(f"{kind.name} in {region}: {error}")
                continue
            found += [*tagged, *_by_name(everything, {thing.id for thing in tagged}, project)]
            there |= {id_: thing for thing in (*everything, *tagged) for id_ in (thing.id, *thing.parts)}
            unseen += [hidden] if hidden else []
            notes += [note] if note else []
    return Sight(found=tuple(found), unseen=tuple(unseen), notes=tuple(notes), there=there)


def _by_name(everything: Iterable[Found], known: set[str], project: str) -> Iterator[Found]:
    """What carries nobody's tags and has a name of the project's, or a description that ends in one."""
    for thing in everything:
        said = next((said for text in (thing.name, thing.described.rpartition(" ")[2]) if (said := stack_names.read(text, project))), None)
        if said and thing.id not in known and not thing.owner.project:
            yield replace(thing, tags={**said.tags, **thing.tags}, by="name")


def look(cloud: Cloud, regions: Iterable[str], project: str, kinds: Sequence[Kind] = KINDS) -> list[Found]:
    """What exists and is the project's. Raises CloudError: half a look is no look."""
    places = list(regions)
    found: list[Found] = []
    for kind in kinds:
        for region in places[:1] if kind.everywhere else places:
            tagged = list(kind.list(cloud, region, project))
            found += [*tagged, *_by_name(kind.everything(cloud, region), {thing.id for thing in tagged}, project)]
    return found


def unseen(cloud: Cloud, regions: Iterable[str], kinds: Sequence[Kind] = KINDS) -> list[str]:
    """What could not be looked for, and why: a line each. Raises CloudError."""
    return [line for region in regions for kind in kinds if (line := kind.blind(cloud, region, lambda _: True))]


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
    the others: they may be what is billed. As long as something went, what stayed is tried again, in the same order: what it hung on may
    be gone."""
    plan = list(leftovers)
    left = [leftover.found for leftover in plan if leftover.deletable]
    said: dict[int, str] = {}
    deleted: list[Found] = []
    while left:
        before = len(left)
        for kind in kinds:
            waiting = [thing for thing in left if thing.kind == kind.name]
            for attempt in range(rounds):
                if attempt and waiting:
                    pause()
                answers = {id(thing): _ask(kind, cloud, thing, tell) for thing in waiting}
                said |= {key: words for key, words in answers.items() if words is not None}
                deleted += [thing for thing in waiting if answers[id(thing)] is None]
                waiting = [thing for thing in waiting if answers[id(thing)] is not None]
                if not waiting:
                    break
        gone = {id(thing) for thing in deleted}
        left = [thing for thing in left if id(thing) not in gone]
        if len(left) == before:
            break
    failed = tuple((thing, said.get(id(thing), "no kind deletes it")) for thing in left)
    return Result(deleted=tuple(deleted), failed=failed, kept=tuple(leftover for leftover in plan if not leftover.deletable))


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
