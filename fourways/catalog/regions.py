"""The regions a stack may name."""

from __future__ import annotations

from functools import cache

from fourways.catalog.facts import CatalogError, Fact, rows


class Region(Fact):
    """One region that has PAI-EAS."""

    id: str
    name: str

    @property
    def zone_prefix(self) -> str:
        """What the region's zone ids begin with: `ap-southeast-1` has `ap-southeast-1a`, `cn-beijing` has `cn-beijing-h`."""
        return self.id if self.id[-1].isdigit() else f"{self.id}-"


@cache
def all_regions() -> dict[str, Region]:
    """Every catalogued region by id."""
    return {row["id"]: Region.model_validate(row) for row in rows("regions")}


def region(id: str) -> Region:
    """The region with this id. Raises CatalogError naming the known ones."""
    try:
        return all_regions()[id]
    except KeyError:
        raise CatalogError(f"region {id!r} is not in the catalogue; known: {', '.join(all_regions())}") from None
