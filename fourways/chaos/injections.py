"""What can be done to a run, and where: each kind, the steps that it makes sense in, and the calls that it can hit."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Step(StrEnum):
    """The steps of a cycle, in their order."""

    up = "up"
    change = "change"
    refresh = "refresh"
    destroy = "destroy"


#: Faults of the fake (fourways/fakes/faults.py). `late` is a transition that is stuck, and goes on after a while.
FAULTS = ("throttle", "error", "error-after", "cut", "cut-after", "slow", "late", "lag", "no-stock")
#: What is done to a process: SIGKILL of the named one, or Ctrl-C for the command.
STRIKES = ("kill-cli", "kill-fake", "kill-provider", "kill-plugin", "kill-host", "interrupt-cli", "kill-recover")
KINDS = FAULTS + STRIKES

#: Real seconds for which the fake holds back the answer of the call that a strike waits for: the effect is there, and nobody knows.
HOLD_SECONDS = 1.0
#: Real seconds of a slow answer.
SLOW_SECONDS = (0.5, 2.0)
#: The fake's seconds of a late transition, and for which a new thing is not to be seen (at 200 a second: up to two seconds, up to one).
LATE_SECONDS = (100.0, 400.0)
LAG_SECONDS = (20.0, 200.0)

# Calls by step, with how often a run makes them (the most that `nth` may be). Seen in the fake's request log of undisturbed runs.
_UP: dict[str, int] = {
    "CreateVpc": 1,
    "CreateVSwitch": 2,
    "CreateSecurityGroup": 1,
    "CreateResource": 1,
    "CreateService": 1,
    "Create*": 6,
    "DeleteResourceInstanceLabel": 1,
    "DeleteServiceLabel": 1,
    "ListServices": 2,
    "ListResourceInstances": 3,
    "*": 25,
}
_UP_NAT: dict[str, int] = {
    "CreateNatGateway": 1,
    "AllocateEipAddress": 1,
    "AssociateEipAddress": 1,
    "CreateSnatEntry": 2,
    "TagResources": 2,
}
_CHANGE: dict[str, int] = {"Update*": 2, "UpdateService": 1, "ListServices": 1, "*": 12}
_DESTROY: dict[str, int] = {
    "DeleteService": 1,
    "DeleteResourceInstances": 1,
    "DeleteResource": 1,
    "DeleteVpc": 1,
    "DeleteVSwitch": 2,
    "DeleteSecurityGroup": 1,
    "Delete*": 6,
    "*": 15,
}
_DESTROY_NAT: dict[str, int] = {"DeleteNatGateway": 1, "ReleaseEipAddress": 1, "UnassociateEipAddress": 1, "DeleteSnatEntry": 2}
_REFRESH: dict[str, int] = {"Describe*": 6, "List*": 3, "*": 12}

# Calls with a transition that can be late, calls whose thing can be seen late, calls that buy what can be out of stock.
_LATE: dict[Step, tuple[str, ...]] = {
    Step.up: ("CreateVpc", "CreateVSwitch", "CreateResource", "CreateService"),
    Step.change: ("UpdateService", "CreateResourceInstances", "DeleteResourceInstances"),
    Step.destroy: ("DeleteService", "DeleteResourceInstances", "DeleteVpc"),
}
_LAG: dict[Step, tuple[str, ...]] = {Step.up: ("CreateVpc", "CreateResource", "CreateService")}
_NO_STOCK: dict[Step, tuple[str, ...]] = {Step.up: ("CreateResource",)}
_CONDITIONS = {"late": _LATE, "lag": _LAG, "no-stock": _NO_STOCK}

_STEPS: dict[str, tuple[Step, ...]] = {
    **{kind: tuple(places) for kind, places in _CONDITIONS.items()},
    "kill-host": (Step.up, Step.change),
}
_ALL_STEPS = tuple(Step)
# A read that is cut is what a refresh is about; effects that are lost need calls that have one.
_WITH_EFFECT = ("error-after", "cut-after")
_EFFECT_STEPS = (Step.up, Step.change, Step.destroy)


@dataclass(frozen=True, kw_only=True)
class Injection:
    """One thing that is done, at the `nth` call of `action` (a shell pattern) that the fake sees in its step."""

    kind: str
    action: str
    nth: int = 1
    times: int = 1
    seconds: float = 0.0

    @property
    def is_strike(self) -> bool:
        """Whether a process is hit, rather than an answer of the fake changed."""
        return self.kind in STRIKES

    def rule(self) -> dict[str, Any]:
        """The fake's rule: the fault itself, or the held answer that says that a strike's moment has come."""
        kind = "slow" if self.is_strike else self.kind
        return {"kind": kind, "action": self.action, "nth": self.nth, "times": self.times, "seconds": self.seconds}

    def text(self) -> str:
        """`kill-cli at CreateVSwitch 2`."""
        return f"{self.kind} at {self.action} {self.nth}" + (f", {self.times} times" if self.times > 1 else "")


def steps_for(kind: str) -> tuple[Step, ...]:
    """The steps in which a kind makes sense."""
    return _STEPS.get(kind, _EFFECT_STEPS if kind in _WITH_EFFECT else _ALL_STEPS)


def calls_of(step: Step, *, nat: bool, nat_changes: bool) -> Mapping[str, int]:
    """The calls that a step makes. `nat`: a NAT gateway is there in this step; `nat_changes`: this step adds it or takes it away."""
    if step is Step.up:
        return _UP | (_UP_NAT if nat else {})
    if step is Step.change:
        return _CHANGE | ((_UP_NAT if nat else _DESTROY_NAT) if nat_changes else {})
    if step is Step.destroy:
        return _DESTROY | (_DESTROY_NAT if nat else {})
    return _REFRESH


def draw(kind: str, step: Step, calls: Mapping[str, int], dice: random.Random) -> Injection:
    """One injection of this kind into this step, its moment drawn from the calls that the step makes."""
    if kind in _CONDITIONS:
        action, nth = dice.choice(_CONDITIONS[kind][step]), 1
    else:
        fitting = [name for name in calls if not (kind in _WITH_EFFECT and name.startswith(("*", "List", "Describe")))]
        action = dice.choice(fitting)
        nth = dice.randint(1, calls[action])
    if kind in STRIKES:
        # Most strikes hit while an answer is held back; some come just after it, when everything else is under way.
        return Injection(kind=kind, action=action, nth=nth, seconds=HOLD_SECONDS if dice.random() < 0.75 else 0.0)
    if kind in ("throttle", "error"):
        return Injection(kind=kind, action=action, nth=nth, times=dice.randint(1, 3))
    if kind == "slow":
        return Injection(kind=kind, action=action, nth=nth, seconds=round(dice.uniform(*SLOW_SECONDS), 2))
    if kind in ("late", "lag"):
        return Injection(kind=kind, action=action, nth=nth, seconds=round(dice.uniform(*(LATE_SECONDS if kind == "late" else LAG_SECONDS))))
    return Injection(kind=kind, action=action, nth=nth)
