"""Published model and GPU pairs, read from the file beside this one, and what the check says of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from fourways.catalog.fit import GIB, Fit, Plan, checkpoint_gib, fit, sequence_bytes
from fourways.catalog.gpus import gpu
from fourways.catalog.models import Model, model

FILE = Path(__file__).with_suffix(".yaml")


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One row of the file."""

    model: Model
    card: str
    gpus: int
    plan: Plan
    expect: str
    says: str
    source: str
    disagrees: str | None
    cache_gib: float | None
    cache_tokens: int | None

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.model.id} {self.plan.quantization or ''} on {self.gpus}x {self.card}".replace("  ", " ")

    @property
    def fit(self) -> Fit:
        """What the check finds."""
        return fit(self.model, checkpoint_gib(self.model, self.plan.quantization), self.plan, gpu(self.card))

    @property
    def agrees(self) -> bool:
        """Whether the check says what the page says. Who runs somewhere has room for some cache; the context is then the user's."""
        found = verdict(self.fit)
        return found == self.expect or (self.expect == "runs" and found in ("serves", "too-long"))

    def tokens(self) -> int:
        """Tokens that the room for the cache holds, as the engine counts them at start."""
        return int(self.fit.room_gib * GIB / sequence_bytes(self.model, 1, self.plan))


def verdict(found: Fit) -> str:
    """A fit in the words of the file."""
    if not found.loads:
        return "does-not-load"
    if found.room_gib <= 0 or not found.largest_context:
        return "no-cache"
    return "serves" if found.sequences else "too-long"


def read() -> list[Pair]:
    """All rows."""
    return [_pair(row) for row in yaml.safe_load(FILE.read_text(encoding="utf-8"))["pairs"]]


def _pair(row: dict[str, Any]) -> Pair:
    count, card = row["gpus"].split("x ")
    optional = {key: row.get(key) for key in ("disagrees", "cache_gib", "cache_tokens")}
    return Pair(
        model=model(row["model"]),
        card=card,
        gpus=int(count),
        plan=Plan(**row["plan"]),
        expect=row["expect"],
        says=row["says"],
        source=row["source"],
        **optional,
    )
