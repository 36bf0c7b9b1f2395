"""Public images."""

from __future__ import annotations

from typing import Any

from fourways.fakes.services.ecs.instance_types import offers
from fourways.fakes.wire.errors import CloudError


def find_image(id: str) -> dict[str, Any]:
    """The row of offers.yaml; raises 404."""
    for row in offers()["images"]:
        if row["id"] == id:
            return dict(row)
    raise CloudError(404, "InvalidImageId.NotFound", f"The specified ImageId {id} does not exist.")


def of_family(family: str) -> str:
    """The id of the newest image of a family; raises 404."""
    rows = [row for row in offers()["images"] if row["family"] == family]
    if not rows:
        raise CloudError(404, "InvalidImageFamily.NotFound", f"The specified ImageFamily {family} does not exist.")
    return str(max(rows, key=lambda row: str(row["created"]))["id"])
