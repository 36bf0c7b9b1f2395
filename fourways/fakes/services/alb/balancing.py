"""Which server gets a request: weighted round robin, least connections, or by a hash. And what each is busy with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

Key = tuple[str, ...]


class Traffic:
    """Requests under way and whose turn it is, by server; none of it outlives the process, as no connection does."""

    def __init__(self) -> None:
        self._running: dict[Key, int] = {}
        self._turns: dict[Key, int] = {}
        self._ends: dict[Key, float] = {}

    def __reduce__(self) -> tuple[type[Traffic], tuple[()]]:
        return Traffic, ()

    def begin(self, key: Key) -> None:
        self._running[key] = self._running.get(key, 0) + 1

    def end(self, key: Key) -> None:
        self._running[key] -= 1
        if self._running[key] <= 0:
            del self._running[key]

    def running(self, key: Key) -> int:
        return self._running.get(key, 0)

    def leave(self, key: Key, at: float) -> None:
        """What is under way on this server is broken off at the moment `at` (epoch seconds of the fake's clock)."""
        self._ends[key] = at

    def join(self, key: Key) -> None:
        self._ends.pop(key, None)

    def is_broken_off(self, key: Key, now: float) -> bool:
        return now >= self._ends.get(key, now + 1)

    def next_in_turn(self, weights: Mapping[Key, int]) -> Key:
        """Smooth weighted round robin, as Tengine does it: each gains its weight, the richest is taken and pays the sum of all."""
        for key, weight in weights.items():
            self._turns[key] = self._turns.get(key, 0) + weight
        chosen = max(weights, key=lambda key: self._turns[key])
        self._turns[chosen] -= sum(weights.values())
        return chosen

    def least_busy(self, weights: Mapping[Key, int]) -> Key:
        """Fewest requests under way a weight; whose turn it is where several have as few."""
        load = {key: self.running(key) / weight for key, weight in weights.items()}
        least = min(load.values())
        return self.next_in_turn({key: weights[key] for key in weights if load[key] == least})


def by_hash(keys: Sequence[Key], text: str) -> Key:
    """The same server for the same text, and for most texts still when another server comes or goes."""
    return max(keys, key=lambda key: hashlib.sha256("\n".join((*key, text)).encode()).digest())
