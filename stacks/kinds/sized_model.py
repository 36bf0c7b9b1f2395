"""A model and the size of its weights, wherever they lie."""

from __future__ import annotations

from pydantic import Field

from fourways.catalog.models import all_models
from stacks.part import Part


class SizedModel(Part):
    """Which model is served, by the name that clients send. A subclass says where its weights are."""

    id: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$", description="the model's id; clients send it as `model`, e.g. deepseek-v4-flash"
    )
    weights_gib: float | None = Field(
        default=None, gt=0, description="size of the weights in GiB; needed where the catalogue does not have the model"
    )

    @property
    def size_gib(self) -> float | None:
        """Size of the weights in GiB as given, else as catalogued; None where nobody knows it."""
        known = all_models().get(self.id)
        return self.weights_gib if self.weights_gib is not None else known.weights_gib if known else None
