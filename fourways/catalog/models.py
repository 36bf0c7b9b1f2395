"""Models: size, context, the layers that keep a KV cache, and the engines that serve them."""

from __future__ import annotations

from functools import cache
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from fourways.catalog.facts import CatalogError, Fact, rows


class KvLayers(BaseModel):
    """Layers of a model that keep the same kind of KV cache. Exactly one of three says how large an entry is:

    `heads` and `head_dim` (grouped-query attention: a key and a value a head), `latent` (MLA: kv_lora_rank + qk_rope_head_dim elements,
    whole on each GPU) or `entry_bytes` (a format of its own, whatever the KV cache's type). An entry stands for `tokens_per_entry` tokens;
    with a `window` only the last so many tokens have one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    layers: int
    heads: int | None = None
    head_dim: int | None = None
    latent: int | None = None
    entry_bytes: int | None = None
    tokens_per_entry: int = 1
    window: int | None = None

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        if sum(size is not None for size in (self.heads, self.latent, self.entry_bytes)) != 1 or (self.heads is None) != (
            self.head_dim is None
        ):
            raise ValueError("exactly one of heads with head_dim, latent and entry_bytes")
        return self


class Experts(BaseModel):
    """The routed experts of a layer, and how many of them are active for a token."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    routed: int
    active: int


class Model(Fact):
    """One model. Parameters in billions, context in tokens, weights in GiB; `engines` maps an engine to its least version.

    `weights_gib` is the size of the maker's own checkpoint, `checkpoints` that of others by the engine's name of their quantization.
    `dense_bits` is the width of a parameter outside the routed experts. `kv` is empty where no source gives the layers.
    """

    id: str
    name: str
    parameters_b: float
    active_b: float | None
    context: int
    weights_gib: float
    precision: str
    engines: dict[str, str]
    checkpoints: dict[str, float] = {}
    dense_bits: int = 16
    experts: Experts | None = None
    kv: tuple[KvLayers, ...] = ()

    @property
    def has_experts(self) -> bool:
        """Whether only a part of the parameters is active for a token."""
        return self.active_b != self.parameters_b

    @property
    def dense_b(self) -> float:
        """Parameters outside the routed experts, in billions. What is active for a token is all of these and `active` of `routed` experts,
        which gives them where the experts are known; where they are not, what is active is their upper bound."""
        active = self.parameters_b if self.active_b is None else self.active_b
        if self.experts is None:
            return active
        routed, used = self.experts.routed, self.experts.active
        return (routed * active - used * self.parameters_b) / (routed - used)


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
