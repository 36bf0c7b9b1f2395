"""What a look-up in the cloud means for a resource whose create was begun. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from fourways.cleanup.found import Found
from fourways.cleanup.states import WITH_REGION
from fourways.cleanup.wanted import Wanted
from fourways.cloud import ownership


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`found`: it exists once, and is this resource. `absent`: it does not. `unclear`: a person must look; `why` says what was seen."""

    wanted: Wanted
    what: Literal["found", "absent", "unclear"]
    found: Found | None = None
    why: str = ""
    seen: tuple[Found, ...] = ()

    @property
    def id(self) -> str:
        """The id that a state gives what was found."""
        assert self.found is not None
        return pulumi_id(self.found)


def pulumi_id(found: Found) -> str:
    """The id that a state gives a thing: EAS things have their region in it, parts their whole id."""
    return f"{found.region}/{found.id}" if found.kind in WITH_REGION else found.id


def judge(wanted: Wanted, candidates: Sequence[Found], owned: Collection[tuple[str, str]]) -> Verdict:
    """`owned` are (type, id) of what the state has already: a thing that is being replaced is not its own successor."""
    free = [found for found in candidates if (wanted.type, pulumi_id(found)) not in owned]
    foreign = [found for found in free if not is_ours(wanted, found)]
    if not free:
        return Verdict(wanted=wanted, what="absent")
    if foreign:
        return Verdict(wanted=wanted, what="unclear", why="; ".join(_whose(found) for found in foreign), seen=tuple(free))
    if len(free) > 1:
        names = ", ".join(found.id for found in free)
        return Verdict(wanted=wanted, what="unclear", why=f"{len(free)} of this name and parent exist: {names}", seen=tuple(free))
    return Verdict(wanted=wanted, what="found", found=free[0], seen=tuple(free))


def is_ours(wanted: Wanted, found: Found) -> bool:
    """EAS things must carry this resource's own labels. Others may carry no tags yet: exact names hold stack and id, and only a thing that
    says it is another stack's is not ours."""
    if found.kind in WITH_REGION:
        return ownership.carries(found.tags, wanted.labels)
    owner = found.owner
    stack, project = ownership.split_urn(wanted.urn)
    return not owner.is_ours or (owner.project, owner.stack) == (project, stack)


def _whose(found: Found) -> str:
    owner = found.owner
    whose = f"belongs to project {owner.project}, stack {owner.stack}" if owner.is_ours else "carries no label of this stack"
    return f"{found.kind} {found.id} {whose}"
