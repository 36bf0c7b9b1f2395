"""Joins what exists with what the states own, and decides what may be deleted. Pure: the time is given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fourways.cleanup.found import Found, Leftover
from fourways.cleanup.states import State, state_id
from fourways.cloud.ownership import format_time

DISPOSABLE = "benchmark"
GRACE = timedelta(minutes=30)
"""How long a new thing may be in no state: a running update writes its state after each create, and a large model takes long to start."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """`named` are stacks whose things may be deleted although they are not benchmarks, and sooner than otherwise."""

    project: str
    now: datetime
    named: frozenset[str] = frozenset()
    grace: timedelta = GRACE


def plan(found: Iterable[Found], states: Iterable[State], options: Options) -> list[Leftover]:
    """What carries the project's tags and is expired or belongs to no state. Things without our tags, and of other projects, are left out
    even if a lister should give them."""
    known = list(states)
    owned = set().union(*(state.ids() for state in known))
    stacks = {state.stack for state in known}
    leftovers, seen = [], set()
    for thing in found:
        owner = thing.owner
        seen.add(state_id(thing))
        if not owner.is_ours or owner.project != options.project:
            continue
        in_state = state_id(thing) in owned
        expired = owner.expired(options.now)
        if in_state and not expired:
            continue
        reasons = [f"expired at {format_time(owner.expires_at)}"] if expired and owner.expires_at else []
        reasons += [] if in_state else ["in no state"]
        how = ("tag", "state") if in_state else ("tag",)
        leftovers.append(Leftover(found=thing, how=how, reasons=tuple(reasons), kept=_why_kept(thing, in_state, stacks, options)))
    for state in known:
        leftovers += [_only_in_state(thing) for thing in state.of_kind() if _expired_there(thing, options) and state_id(thing) not in seen]
    return leftovers


def _why_kept(thing: Found, in_state: bool, stacks: set[str], options: Options) -> str:
    """Empty where it may be deleted."""
    owner = thing.owner
    if thing.held:
        return thing.held
    if owner.stack in options.named:
        return ""
    if owner.environment != DISPOSABLE:
        return f"environment {owner.environment or 'unknown'}: name its stack, {owner.stack}, to delete it"
    if owner.expired(options.now) or in_state:
        return ""
    if owner.stack not in stacks and owner.expires_at is not None:
        return (
            f"until {format_time(owner.expires_at)} it may belong to a state that was not read: name its stack, {owner.stack}, to delete it"
        )
    if thing.created is None or options.now - thing.created < options.grace:
        return f"made less than {int(options.grace.total_seconds() // 60)} minutes ago: an update may be running"
    return ""


def _expired_there(thing: Found, options: Options) -> bool:
    return thing.owner.project == options.project and thing.owner.expired(options.now)


def _only_in_state(thing: Found) -> Leftover:
    """Nothing in the cloud with this id carries our tags: so it is not touched, but it is said."""
    expires = thing.owner.expires_at
    return Leftover(
        found=thing,
        how=("state",),
        reasons=(f"expired at {format_time(expires)}",) if expires else (),
        kept=f"no tagged thing with this id was found in the cloud: `pulumi refresh` or destroy stack {thing.owner.stack}",
    )
