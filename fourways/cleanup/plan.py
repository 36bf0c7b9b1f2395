"""Joins what exists with what the states own, and decides what may be deleted. Pure: the time is given."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fourways.cleanup import stack_names
from fourways.cleanup.found import Found, Leftover
from fourways.cleanup.states import State, state_id
from fourways.cloud import ownership
from fourways.cloud.ownership import format_time

DISPOSABLE = stack_names.DISPOSABLE
GRACE = timedelta(hours=2)
"""How long a new thing may be in no state: a running update writes its state after each create, and a large model takes long to start (the
provider waits for a service for half an hour more than its probes allow, at least 45 minutes)."""
LONGEST = timedelta(hours=24)
"""How long what has a run id but no end of its own may belong to a run of another machine (assumed: a benchmark takes hours)."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """`named` are stacks whose things may be deleted although they are not benchmarks, and sooner than otherwise. `run` is the one
    disposable run that is looked at: whatever is not its own is left out, and its benchmark things may go at once."""

    project: str
    now: datetime
    named: frozenset[str] = frozenset()
    run: str = ""
    grace: timedelta = GRACE


def plan(found: Iterable[Found], states: Iterable[State], options: Options) -> list[Leftover]:
    """What is the project's and is expired, belongs to no state, or to that of a run that is over. Things of other projects are left out
    even if a lister should give them."""
    known, things = list(states), list(found)
    owners = {id_: state for state in known for id_ in state.ids()}
    stacks = {state.stack: state for state in known}
    families = _families(things, known, options.project)
    leftovers, seen = [], set()
    for thing in (_with_family(thing, families) for thing in things):
        owner = thing.owner
        seen.add(state_id(thing))
        if not owner.is_ours or owner.project != options.project or not of_run(thing, known, options):
            continue
        state = owners.get(state_id(thing))
        expired, over = owner.expired(options.now), state is not None and state.over
        if state is not None and not (expired or over or options.run):
            continue
        reasons = [f"expired at {format_time(owner.expires_at)}"] if expired and owner.expires_at else []
        reasons += ["in no state"] if state is None else ["its run is over"] if over else []
        how = (thing.by, "state") if state is not None else (thing.by,)
        kept = _why_kept(thing, state, stacks, options)
        leftovers.append(Leftover(found=thing, how=how, reasons=tuple(reasons) or ("its run was named",), kept=kept))
    for state in known:
        leftovers += [_only_in_state(thing) for thing in state.of_kind() if _missed(thing, state, options) and state_id(thing) not in seen]
    return leftovers


def of_run(thing: Found, states: Iterable[State], options: Options) -> bool:
    """Whether a thing is of the run that was asked for: by the stack that its tags name, or by its own name. Always, where none was."""
    if not options.run:
        return True
    stacks = {state.stack for state in states if state.run == options.run}
    said = stack_names.read(thing.name, options.project)
    stack = thing.owner.stack or ""
    return stack in stacks or stack_names.run_of_stack(stack) == options.run or (said is not None and said.run == options.run)


def _families(things: Iterable[Found], states: Iterable[State], project: str) -> Mapping[str, Mapping[str, str]]:
    """What the tags of a stack's things say alike of all of them: the environment, and the latest end. What is marked by its name alone
    does not say it."""
    ends: dict[str, set[str]] = {}
    environments: dict[str, set[str]] = {}
    for thing in (*things, *(thing for state in states for thing in state.of_kind())):
        owner = thing.owner
        if owner.project == project and owner.stack and owner.environment and thing.by == "tag":
            environments.setdefault(owner.stack, set()).add(owner.environment)
            ends.setdefault(owner.stack, set()).update({format_time(owner.expires_at)} if owner.expires_at else ())
    return {
        stack: {ownership.ENVIRONMENT: said.copy().pop(), **({ownership.EXPIRES_AT: max(ends[stack])} if ends[stack] else {})}
        for stack, said in environments.items()
        if len(said) == 1
    }


def _with_family(thing: Found, families: Mapping[str, Mapping[str, str]]) -> Found:
    owner = thing.owner
    family = families.get(owner.stack or "", {})
    if not family or (owner.environment is not None and thing.by == "tag"):
        return thing
    return replace(thing, tags={**thing.tags, **family})


def _why_kept(thing: Found, state: State | None, stacks: Mapping[str, State], options: Options) -> str:
    """Empty where it may be deleted."""
    owner = thing.owner
    if thing.held:
        return thing.held
    if owner.stack in options.named:
        return ""
    disposable = owner.environment == DISPOSABLE or (
        owner.environment is None and bool(options.run or (state and state.over and state.run))
    )
    if not disposable:
        return f"environment {owner.environment or 'unknown'}: name its stack, {owner.stack}, to delete it"
    if options.run or owner.expired(options.now) or state is not None:
        return ""
    if owner.stack not in stacks and owner.expires_at is not None:
        return (
            f"until {format_time(owner.expires_at)} it may belong to a state that was not read: name its stack, {owner.stack}, to delete it"
        )
    of_stack = stacks.get(owner.stack or "")
    if of_stack is not None and of_stack.run:  # a disposable copy: whether anybody works on it is known
        return "" if of_stack.over else f"run {of_stack.run} is still at work: what it is making comes into its state when it is made"
    grace = LONGEST if owner.stack not in stacks and thing.by == "name" else options.grace
    if thing.created is None or options.now - thing.created < grace:
        return f"made less than {_words(grace)} ago{'' if thing.created else ', for all that is known'}: an update may be running"
    return ""


def _words(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60} hours" if minutes >= 120 else f"{minutes} minutes"


def _missed(thing: Found, state: State, options: Options) -> bool:
    """Whether what only a state has is worth a word. Of a run that is over it is not: what the cloud does not have is gone."""
    if options.run or state.over:
        return False
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
