"""The record of one machine: how far its boot has come, and what its engine is at work on. Plain, so that it can be written to disk."""

from __future__ import annotations

from dataclasses import dataclass, field

from fourways.fakes.services.ecs.machines.metering import Meter
from fourways.fakes.services.ecs.machines.plan import Plan


@dataclass
class Machine:
    """What runs on an instance since its last boot. `boots` counts them, so that a step of an earlier one is known.

    `stage`: off; boot, key, weights, engine (the step it is at); ready; failed. `hung`: the engine runs and answers nobody.
    `pretended` requests are counted as under way though nobody has asked them, and slow nothing down: for tests of what watches the load.
    `unreported`: why CloudMonitor did not take the last report of the load; blank where it did.
    """

    instance_id: str
    boots: int = 0
    stage: str = "off"
    plan: Plan = field(default_factory=Plan)
    key: str = field(default="", repr=False)
    hung: bool = False
    pretended: int = 0
    unreported: str = ""
    started: float = 0.0  # epoch seconds: when the engine was ready
    console: list[tuple[float, str]] = field(default_factory=list)
    meter: Meter = field(default_factory=Meter)

    def say(self, now: float, text: str) -> None:
        self.console.append((now, text))
