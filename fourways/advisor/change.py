"""What would change the answer: another value of an input, or growth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from pydantic import ValidationError

from fourways.advisor.choice import Choice, Given, choose
from fourways.advisor.offers import NAMES, hours_of_people
from fourways.costs.rates import Rates
from stacks.workload import Workload

FACTORS = tuple(map(Decimal, ("1.1", "1.25", "1.5", "2", "3", "5", "10")))
"""How far an input is tried from its value, up and down; between the last that keeps the answer and the first that does not, halving."""
HALVINGS = 7
COARSE = tuple(map(Decimal, ("0.2", "0.4", "0.6", "0.8")))
MONTHS = 36


class Input(NamedTuple):
    """Something that the answer hangs on: its value in words at a factor, and all that is given with it changed by that factor."""

    name: str
    shown: Callable[[Decimal], str]
    given: Callable[[Decimal], Given | None]


@dataclass(frozen=True, kw_only=True)
class Flip:
    """Where an input has `factor` times its value (`then` instead of `now`), the answer is another one."""

    input: str
    now: str
    then: str
    factor: Decimal
    answer: str


@dataclass(frozen=True, kw_only=True)
class Turn:
    """After so many months of growth the answer is another one."""

    month: int
    tokens_per_day: Decimal
    answer: str | None


def whole(value: Decimal) -> str:
    """A number with three digits and zeros: what is found by halving is known no better."""
    return f"{Decimal(f'{value:.3g}'):,.0f}"


def flips(given: Given, choice: Choice) -> tuple[Flip, ...]:
    """For each input and direction the nearest value that changes the recommended way of serving; none where a tenfold change does not."""
    if choice.name is None:
        return ()
    coarse = replace(given, covers=COARSE)
    now = choose(coarse).kind
    return tuple(sorted((flip for one in inputs(coarse) for flip in _flips(one, now)), key=lambda flip: max(flip.factor, 1 / flip.factor)))


def turns(given: Given, choice: Choice) -> tuple[Turn, ...]:
    """The months of the next three years in which growth changes the recommended way of serving."""
    growth = given.workload.growth
    if growth is None or choice.name is None:
        return ()
    coarse = replace(given, covers=COARSE)
    found, last = [], choose(coarse).kind
    for month in range(1, MONTHS + 1):
        grown = volume(given.workload, growth.factor ** (Decimal(month) / growth.months))
        then = choose(replace(coarse, workload=grown))
        if then.kind != last:
            found.append(Turn(month=month, tokens_per_day=grown.tokens_per_day, answer=then.name))
        last = then.kind
    return tuple(found)


def volume(workload: Workload, factor: Decimal) -> Workload:
    """The same shape at another volume: the peak goes with it."""
    peak = None if workload.peak_tpm is None else workload.peak_tpm * factor
    return workload.changed(tokens_per_day=workload.tokens_per_day * factor, peak_tpm=peak)


def inputs(given: Given) -> Iterator[Input]:
    """Everything that a number is given for."""
    workload = given.workload

    def another(**fields: Decimal) -> Given | None:
        try:
            return replace(given, workload=workload.changed(**fields))
        except ValidationError:  # a share above 1, a peak below the mean: no such workload
            return None

    yield Input(
        "tokens a day",
        lambda factor: whole(workload.tokens_per_day * factor),
        lambda factor: replace(given, workload=volume(workload, factor)),
    )
    yield Input("peak TPM", lambda factor: whole(workload.peak * factor), lambda factor: another(peak_tpm=workload.peak * factor))
    for name, words in (("output_share", "output share"), ("cache_hit_rate", "cache hit rate")):
        value = getattr(workload, name)
        if value:
            yield Input(
                words,
                lambda factor, value=value: f"{value * factor:.0%}",  # type: ignore[misc]
                lambda factor, name=name, value=value: another(**{name: value * factor}),  # type: ignore[misc]
            )
    for kind in ("token", "ptu", "model-unit", "bare-metal"):
        yield Input(
            f"prices of {NAMES[kind]}",
            lambda factor: f"{factor:.0%}",
            lambda factor, kind=kind: replace(given, prices={kind: factor}),  # type: ignore[misc]
        )
    for kind in ("model-unit", "bare-metal"):
        yield Input(
            f"throughput of {NAMES[kind]}",
            lambda factor: f"{factor:.0%}",
            lambda factor, kind=kind: replace(given, throughputs={kind: factor}),  # type: ignore[misc]
        )
    for (of, to), each in given.rates.stated.items():
        yield Input(
            f"rate of {of}",
            lambda factor, each=each, to=to: f"{each * factor:.4g} {to}",  # type: ignore[misc]
            lambda factor, of=of, to=to, each=each: replace(given, rates=Rates({**given.rates.stated, (of, to): each * factor})),  # type: ignore[misc]
        )
    if workload.team is not None:
        yield from _of_people(given)


def _of_people(given: Given) -> Iterator[Input]:
    workload, team = given.workload, given.workload.team
    if team is None:
        return
    yield Input(
        "a person's hour",
        lambda factor: f"{team.hourly_rate * factor:,.2f} {team.currency}",
        lambda factor: replace(given, workload=workload.changed(team=team.model_copy(update={"hourly_rate": team.hourly_rate * factor}))),
    )
    for kind in ("model-unit", "bare-metal"):
        hours = hours_of_people(kind, workload)

        def changed(factor: Decimal, kind: str = kind, hours: Decimal = hours) -> Given:
            stated = {**{str(way): its for way, its in team.hours_per_month.items()}, kind: hours * factor}
            return replace(given, workload=workload.changed(team=team.model_copy(update={"hours_per_month": stated})))

        yield Input(f"people's hours for {NAMES[kind]}", lambda factor, hours=hours: f"{hours * factor:,.0f} a month", changed)  # type: ignore[misc]


def _flips(one: Input, now: str | None) -> Iterator[Flip]:
    for direction in (1, -1):
        near = Decimal(1)
        for step in FACTORS:
            factor = step**direction
            answer = _answer(one, factor)
            if answer is None:
                break
            if answer[0] != now:
                yield _nearest(one, near, factor, now)
                break
            near = factor


def _nearest(one: Input, near: Decimal, far: Decimal, now: str | None) -> Flip:
    """Between a factor that keeps the answer and one that changes it."""
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        answer = _answer(one, middle)
        if answer is not None and answer[0] == now:
            near = middle
        else:
            far = middle
    answer = _answer(one, far)
    return Flip(
        input=one.name,
        now=one.shown(Decimal(1)),
        then=one.shown(far),
        factor=far,
        answer=(answer and answer[1]) or "nothing can be recommended",
    )


def _answer(one: Input, factor: Decimal) -> tuple[str | None, str | None] | None:
    """The recommended kind and offer; None for values that cannot be."""
    given = one.given(factor)
    if given is None:
        return None
    choice = choose(given)
    return choice.kind, choice.name
