"""Models: size, context and the engines that serve them."""

from __future__ import annotations

from functools import cache

from fourways.catalog.facts import CatalogError, Fact, rows


class Model(Fact):
    """One model. Parameters in billions, context in tokens, weights in GiB; `engines` maps an engine to its least version."""

    id: str
    name: str
    parameters_b: float
    active_b: float | None
    context: int
    weights_gib: float
    precision: str
    engines: dict[str, str]


@cache
def all_models() -> dict[str, Model]:
    """Every catalogued model by id."""
    return {row["id"]: Model.model_validate(row) for row in rows("models")}


def model(id: str) -> Model:
    """The model with this id. Raises CatalogError naming the known ones."""
    try:
        return all_models()[id]
    except KeyError:
        raise CatalogError(f"model {id!r} is not in the catalogue; known: {', '.join(all_models())}") from None
