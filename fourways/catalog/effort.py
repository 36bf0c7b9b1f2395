"""What the four ways of serving take of people's time where nobody says: assumptions, to be replaced by one's own."""

from __future__ import annotations

from functools import cache

from fourways.catalog.facts import Fact, rows


class Effort(Fact):
    """Hours of people a month, and whether the way needs somebody on call."""

    kind: str
    hours: int
    on_call: bool


@cache
def efforts() -> dict[str, Effort]:
    """By kind, in the order of the file."""
    return {row["kind"]: Effort.model_validate(row) for row in rows("effort")}
