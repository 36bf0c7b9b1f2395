"""When an open loop sends: a Poisson process, which is what many independent users make."""

from __future__ import annotations

import random
from collections.abc import Iterator


def poisson(rate: float, seed: str) -> Iterator[float]:
    """Seconds after the start at which requests are due, `rate` a second on average; the same for the same seed."""
    chance, at = random.Random(seed), 0.0
    while True:
        at += chance.expovariate(rate)
        yield at
