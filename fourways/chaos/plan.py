"""What a cycle does, from a seed and its number alone: the settings of each step, and what is injected into it. Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

from fourways.chaos.injections import KINDS, Injection, Step, calls_of, draw, steps_for

#: Model Units of four GPUs a machine: whole machines.
UNITS_OF_A_MACHINE = 4
MOST_MACHINES = 2
OWNERS = ("llm-platform", "research", "on-call")
CONTEXTS = (16384, 32768)


@dataclass(frozen=True, kw_only=True)
class Variant:
    """What of a stack file changes from step to step."""

    machines: int = 1
    replicas: int = 1
    nat: bool = False
    owner: str = OWNERS[0]
    max_model_len: int = CONTEXTS[-1]

    def apply(self, config: dict[str, Any]) -> dict[str, Any]:
        """The configuration of a stack file of kind model-unit with these settings in it."""
        serving = config["fourways:serving"]
        return {
            **config,
            "fourways:owner": self.owner,
            "fourways:network": {**config["fourways:network"], "nat": self.nat},
            # More machines than the stack file buys would break its budget, and this is about what is billed, not about what may be.
            **({"fourways:budget": {**config["fourways:budget"], "amount": 10_000_000}} if "fourways:budget" in config else {}),
            "fourways:serving": {
                **serving,
                "capacity": {**serving["capacity"], "units": self.machines * UNITS_OF_A_MACHINE},
                "replicas": {**serving["replicas"], "count": self.replicas, "gpus": UNITS_OF_A_MACHINE},
                "engine": {**serving["engine"], "maxModelLen": self.max_model_len},
            },
        }


@dataclass(frozen=True, kw_only=True)
class PlannedStep:
    """One step with its settings and what is done to it."""

    step: Step
    variant: Variant
    injections: tuple[Injection, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One cycle."""

    seed: int
    cycle: int
    steps: tuple[PlannedStep, ...]

    def injections(self) -> list[tuple[Step, Injection]]:
        """Everything that is injected, in order."""
        return [(step.step, injection) for step in self.steps for injection in step.injections]


def plan(seed: int, cycle: int) -> Plan:
    """Cycle number `cycle` (from 1) of `seed`. Consecutive cycles go through all kinds in turn, so that none is left out by chance."""
    dice = random.Random(f"{seed}/{cycle}")
    first = _variant(dice)
    second = _changed(first, dice)
    variants = {Step.up: first, Step.change: second, Step.refresh: second, Step.destroy: second}
    kinds = [KINDS[(cycle + seed) % len(KINDS)], *dice.sample(KINDS, dice.choice((0, 1, 1, 2)))]
    injections: dict[Step, list[Injection]] = {step: [] for step in Step}
    for kind in kinds:
        step = dice.choice(steps_for(kind))
        calls = calls_of(step, nat=variants[step].nat, nat_changes=step is Step.change and first.nat != second.nat)
        injections[step].append(draw(kind, step, calls, dice))
    steps = tuple(PlannedStep(step=step, variant=variants[step], injections=_one_strike(injections[step])) for step in Step)
    return Plan(seed=seed, cycle=cycle, steps=steps)


def _variant(dice: random.Random) -> Variant:
    machines = dice.randint(1, MOST_MACHINES)
    return Variant(
        machines=machines,
        replicas=dice.randint(1, machines),
        nat=dice.random() < 0.4,
        owner=dice.choice(OWNERS),
        max_model_len=dice.choice(CONTEXTS),
    )


def _changed(before: Variant, dice: random.Random) -> Variant:
    """Other settings in one or two ways."""
    after = before
    for what in dice.sample(("machines", "replicas", "nat", "owner", "context"), dice.choice((1, 1, 2))):
        if what == "machines":
            machines = MOST_MACHINES + 1 - after.machines
            after = replace(after, machines=machines, replicas=min(after.replicas, machines))
        elif what == "replicas":
            after = replace(after, replicas=after.machines + 1 - after.replicas)
        elif what == "nat":
            after = replace(after, nat=not after.nat)
        elif what == "owner":
            after = replace(after, owner=dice.choice([owner for owner in OWNERS if owner != after.owner]))
        else:
            after = replace(after, max_model_len=next(length for length in CONTEXTS if length != after.max_model_len))
    return after


def _one_strike(injections: list[Injection]) -> tuple[Injection, ...]:
    """At most one strike a step: a process that is gone cannot be hit again."""
    kept: list[Injection] = []
    for injection in injections:
        if not (injection.is_strike and any(other.is_strike for other in kept)):
            kept.append(injection)
    return tuple(kept)
