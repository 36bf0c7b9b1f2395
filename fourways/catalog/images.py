"""Container images of the inference engines."""

from __future__ import annotations

from functools import cache

from fourways.catalog.facts import CatalogError, Fact, load, rows
from fourways.catalog.regions import region as known_region


class Image(Fact):
    """One engine version's image tag in the PAI-EAS registry."""

    engine: str
    version: str
    tag: str


@cache
def all_images() -> tuple[Image, ...]:
    """Every catalogued engine image."""
    return tuple(Image.model_validate(row) for row in rows("images"))


def versions(engine: str) -> list[str]:
    """The catalogued versions of an engine."""
    return [image.version for image in all_images() if image.engine == engine]


def image(engine: str, version: str, region: str) -> str:
    """The image of this engine version as pulled inside this region. Raises CatalogError naming the known versions."""
    known_region(region)
    for row in all_images():
        if (row.engine, row.version) == (engine, version):
            return str(load("images")["registry"]).format(region=region, engine=engine, tag=row.tag)
    known = ", ".join(versions(engine)) or "none"
    raise CatalogError(f"no image of {engine} {version} is in the catalogue; known versions of {engine}: {known}")
