"""What is paid for though no state, tag or name explains it. Only told: nothing that the bill alone names is ever deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from fourways.catalog.regions import all_regions
from fourways.cleanup import stack_names
from fourways.cleanup.bill import Line, lines
from fourways.cleanup.cloud import Cloud
from fourways.cleanup.found import Found, Leftover
from fourways.cleanup.plan import Options, of_run
from fourways.cleanup.states import State, state_id
from fourways.cleanup.sweep import Sight
from fourways.cloud import ownership
from fourways.cloud.errors import CloudError


class Records(StrEnum):
    """How much of the bill is told: all that nobody's mark explains, what carries our marks, or nothing."""

    all = "all"
    marked = "marked"
    none = "none"


@dataclass(frozen=True, kw_only=True)
class Bill:
    """What the bill adds to a sight. `known` are the ids on it: what other levels have found is told with it too."""

    leftovers: tuple[Leftover, ...] = ()
    unseen: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()


def billed(cloud: Cloud, regions: Sequence[str], sight: Sight, states: Sequence[State], options: Options, records: Records) -> Bill:
    """Read the bill and judge it. What it cannot be asked is told as not looked for."""
    if records is Records.none:
        return Bill(notes=("the bill: it was not asked for",))
    try:
        found = lines(cloud, regions[0], options.now)
    except CloudError as error:
        return Bill(unseen=(f"the bill: {error} (grant the action, or leave the bill out with --records none)",))
    return judge(found, regions, sight, states, options, records)


def judge(found: Sequence[Line], regions: Sequence[str], sight: Sight, states: Sequence[State], options: Options, records: Records) -> Bill:
    """What is on the bill, exists, and is explained by nothing; and what carries our marks in a region that was not looked in. Pure."""
    owned = set().union(*(state.ids() for state in states)) if states else set()
    ours = {id_ for thing in sight.found for id_ in (thing.id, *thing.parts)}
    leftovers: list[Leftover] = []
    elsewhere: list[str] = []
    gone = 0
    for line in found:
        thing = sight.there.get(line.id)
        marks = _marks(line, options.project)
        marked = marks.get(ownership.PROJECT) == options.project
        if line.id in ours or (thing is not None and state_id(thing) in owned):
            continue
        if thing is None:
            place = _region(line.region)
            if marked and place not in (None, *regions):
                elsewhere.append(
                    f"{line.product} {line.id}: the bill of {line.day} has it in {line.region}: look there too (--region {place})"
                )
            gone += marked
        elif marked and of_run(replace(thing, tags=marks), states, options):
            leftovers.append(_leftover(replace(thing, tags=marks), line, f"only the bill of {line.day} says that it is this project's"))
        elif records is Records.all and not options.run and not (line.tags or thing.tags):
            leftovers.append(_leftover(thing, line, "nothing says whose it is"))
    note = (f"the bill: {gone} of ours that are not there any more; bills lag by a day or two",) if gone > len(elsewhere) else ()
    return Bill(
        leftovers=tuple(leftovers), unseen=tuple(elsewhere), notes=note, known=frozenset(line.id for line in found if line.day is not None)
    )  # fmt: skip


def with_bill(leftovers: Sequence[Leftover], bill: Bill) -> list[Leftover]:
    """The leftovers of the other levels, those that are on the bill marked so, and what the bill alone tells."""
    known = [
        replace(leftover, how=(*leftover.how, "bill")) if bill.known & {leftover.found.id, *leftover.found.parts} else leftover
        for leftover in leftovers
    ]
    return [*known, *bill.leftovers]


def _leftover(thing: Found, line: Line, why: str) -> Leftover:
    said = "what is there for a term" if line.day is None else f"the bill of {line.day}"
    kept = f"{why}: sweep does not delete what it knows from the bill alone, look at it in the console"
    return Leftover(found=replace(thing, by="bill"), how=("bill",), reasons=(f"on {said}, in no state",), kept=kept)


def _marks(line: Line, project: str) -> Mapping[str, str]:
    """Whose a bill says it is: by its tags, else by its name."""
    if line.tags.get(ownership.PROJECT):
        return line.tags
    return stack_names.tags_of_name(line.name, project)


def _region(name: str) -> str | None:
    """The region of a bill's name for it; None for one that the catalogue does not know, or that is none."""
    return next((id_ for id_, region in all_regions().items() if name in (id_, region.name)), None)
