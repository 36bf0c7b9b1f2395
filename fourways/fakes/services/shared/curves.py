"""Reads `curves.yaml`: latencies that are made up, in fake seconds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("curves.yaml")


@cache
def _data() -> dict[str, Any]:
    with _FILE.open(encoding="utf-8") as stream:
        data: dict[str, Any] = yaml.safe_load(stream)
    return data


@dataclass(frozen=True)
class Pace:
    """Seconds to the first token, and from each token to the next."""

    first: float
    each: float


def pace(prompt_tokens: int, load: float) -> Pace:
    """`load` is the share of slots in use, 0 to 1."""
    first, each = _data()["first_token"], _data()["per_token"]
    return Pace(
        (first["base_seconds"] + first["seconds_per_prompt_token"] * prompt_tokens) * (1 + first["load_factor"] * load),
        each["base_seconds"] * (1 + each["load_factor"] * load),
    )


def slots(gpus: int) -> int:
    """Requests that a replica of so many GPUs (0: a CPU) decodes at once."""
    return int(_data()["slots_per_gpu"]) * max(1, gpus)


def longest_queue(slots_in_all: int) -> int:
    return int(_data()["queue_per_slot"]) * slots_in_all


def default_completion_tokens() -> int:
    return int(_data()["default_completion_tokens"])


def shared_load() -> float:
    """How full the shared token API always is."""
    return float(_data()["shared_load"])
