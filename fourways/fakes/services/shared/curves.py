"""How fast the fake's models answer, in fake seconds: reads `calibration.yaml`, whose numbers are made up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

Way = Literal["eas", "bare-metal", "model-unit", "ptu", "token"]
_FILE = Path(__file__).with_name("calibration.yaml")


@dataclass(frozen=True)
class Curve:
    """One way of serving. `slots` are the requests that one GPU or unit decodes at once; rates are of a replica, whatever its size."""

    slots: int
    base_seconds: float
    prefill_tokens_per_second: float
    contention: float
    step_seconds: float
    seconds_per_request: float
    queue_per_slot: int = 0

    def pace(self, prompt_tokens: int, load: float) -> Pace:
        """For a request among others: `load` is the share of slots in use with it, 0 to 1. What fits into one slot is a batch of one."""
        batch = max(1.0, load * self.slots)
        reading = prompt_tokens / self.prefill_tokens_per_second
        return Pace(
            (self.base_seconds + reading) * (1 + self.contention * load),
            self.step_seconds + self.seconds_per_request * batch,
        )


@dataclass(frozen=True)
class Pace:
    """Seconds to the first token, and from each token to the next."""

    first: float
    each: float


@cache
def _data() -> dict[str, Any]:
    with _FILE.open(encoding="utf-8") as stream:
        data: dict[str, Any] = yaml.safe_load(stream)
    return data


@cache
def curves() -> dict[Way, Curve]:
    """The calibration by way of serving."""
    return {way: _curve(row) for way, row in _data()["ways"].items()}


def _curve(row: dict[str, Any]) -> Curve:
    first, each = row["first_token"], row["per_token"]
    return Curve(
        slots=row["slots"],
        queue_per_slot=row.get("queue_per_slot", 0),
        base_seconds=first["base_seconds"],
        prefill_tokens_per_second=first["prefill_tokens_per_second"],
        contention=first["contention"],
        step_seconds=each["base_seconds"],
        seconds_per_request=each["seconds_per_request"],
    )


def pace(way: Way, prompt_tokens: int, load: float) -> Pace:
    """`prompt_tokens` that are read: without those of a cache. `load` is the share of slots in use, 0 to 1."""
    return curves()[way].pace(prompt_tokens, load)


def slots(way: Way, gpus: int) -> int:
    """Requests that a replica of so many GPUs (0: a CPU) decodes at once."""
    return curves()[way].slots * max(1, gpus)


def longest_queue(slots_in_all: int) -> int:
    """Requests that may wait at a gateway of PAI-EAS."""
    return curves()["eas"].queue_per_slot * slots_in_all


def default_completion_tokens() -> int:
    return int(_data()["default_completion_tokens"])


def shared_load() -> float:
    """How full the shared token API always is."""
    return float(_data()["shared_load"])
