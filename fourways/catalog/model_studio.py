"""Where Model Studio is: the regions, and the host of each that serves every workspace."""

from __future__ import annotations

from functools import cache

from fourways.catalog.facts import Fact, rows


class Place(Fact):
    """Model Studio in one region. `host` is a plain host name."""

    region: str
    host: str


@cache
def all_places() -> dict[str, Place]:
    """Every place by its region."""
    return {row["region"]: Place.model_validate(row) for row in rows("model_studio")}
