"""Whether a model fits on GPUs: weights, KV cache, and what an engine takes besides. Pure; the facts are models, gpus and engine_memory.

On each GPU (GiB; the fullest GPU counts):

    room for the KV cache = fraction x memory - weights - overhead

- fraction x memory: what the engine may use. vLLM: gpu_memory_utilization x total memory (v1/worker/gpu_worker.py). SGLang:
  mem_fraction_static x memory, for weights and KV cache alone: its overhead lies in what that leaves ("Server Arguments").
- weights: tensor and pipeline parallel cut them evenly. With data parallel, experts are spread over all ranks, with or without expert
  parallel, and each rank holds the rest (vLLM, "Data Parallel Deployment"; Model.dense_b); a model without experts is held whole by each.
- overhead: CUDA context, NCCL, activations, CUDA graphs. vLLM measures it in a profile run (determine_available_memory); here it is
  assumed, see engine_memory.

KV cache of a token on a GPU, of each kind of layer, over the pipeline's stages:

- grouped-query attention: 2 x layers x (kv heads / tensor parallel, at least 1) x head dim x bytes
- MLA: layers x (kv_lora_rank + qk_rope_head_dim) x bytes, whole on each GPU: one head cannot be cut
- compressed attention (DeepSeek-V4's CSA and HCA): layers x bytes of an entry / tokens of an entry
- with a window: no more than the window's tokens
- and what the engine sets aside for each sequence of some models, see engine_memory

Limits: what memory the page size of the cache, a draft model, LoRA adapters, multimodal inputs and unequal stages take is not counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel, ConfigDict

from fourways.catalog import gpus, instance_types
from fourways.catalog.facts import CatalogError, Fact, rows
from fourways.catalog.gpus import Gpu
from fourways.catalog.models import KvLayers, Model

GIB = 2**30
KV_BYTES = {"auto": 2.0, "bfloat16": 2.0, "float16": 2.0, "half": 2.0, "float32": 4.0, "int8": 1.0}
"""Bytes of an element by the engine's name of the type; auto is the model's own, 16 bits wide in all that are catalogued. See kv_bytes."""


class Taken(BaseModel):
    """GiB on each GPU, of a model without experts and of one with them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dense_gib: float
    experts_gib: float


class EngineMemory(Fact):
    """What an engine takes on each GPU besides weights and KV cache: `large` from `large_from_gib` of memory on, but for cards whose names
    begin as `always_small` says, else `small`. It comes out of the engine's memory fraction where `inside`, else of what that leaves.
    `sequence_gib` is what each sequence of a model takes on each GPU, however short it is.
    """

    engine: str
    inside: bool
    large_from_gib: float
    always_small: tuple[str, ...]
    large: Taken
    small: Taken
    sequence_gib: dict[str, float] = {}

    def taken_gib(self, gpu: Gpu, has_experts: bool) -> float:
        """GiB on such a GPU."""
        large = gpu.memory_gib >= self.large_from_gib and not gpu.card.startswith(self.always_small)
        taken = self.large if large else self.small
        return taken.experts_gib if has_experts else taken.dense_gib


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How an engine is asked to run a replica: `context` is tokens of one sequence (None: the model's own), `sequences` at a time."""

    engine: str = "vllm"
    tensor: int = 1
    pipeline: int = 1
    data: int = 1
    spread_experts: bool = True
    quantization: str | None = None
    kv_type: str = "auto"
    context: int | None = None
    sequences: int = 1
    fraction: float = 0.9

    @property
    def gpus(self) -> int:
        """GPUs that the replica uses."""
        return self.tensor * self.pipeline * self.data


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How a replica fits. GiB are of one GPU, the fullest. Of what no source gives, the figure is None.

    `room_gib` may be negative: that much is missing for a KV cache. `sequences` are those that are held at once at `context` tokens each.
    """

    weights_gib: float
    usable_gib: float
    room_gib: float
    context: int | None
    largest_context: int | None
    sequences: int | None
    asked: int = 1
    unknown: str | None = None

    @property
    def missing_gib(self) -> float:
        """What the weights lack on each GPU; 0 where they fit."""
        return max(0.0, self.weights_gib - self.usable_gib)

    @property
    def loads(self) -> bool:
        """Whether the weights fit."""
        return self.missing_gib == 0

    @property
    def serves(self) -> bool:
        """Whether the weights fit and a sequence of the asked length does, as far as it is known."""
        return self.loads and self.room_gib > 0 and self.sequences != 0


@cache
def _engines() -> dict[str, EngineMemory]:
    return {row["engine"]: EngineMemory.model_validate(row) for row in rows("engine_memory")}


def engine_memory(engine: str) -> EngineMemory:
    """What this engine takes. Raises CatalogError naming the known ones."""
    try:
        return _engines()[engine]
    except KeyError:
        raise CatalogError(f"engine {engine!r} is not in the catalogue; known: {', '.join(_engines())}") from None


def checkpoint_gib(model: Model, quantization: str | None) -> float:
    """GiB of the checkpoint in this quantization; the maker's own where none is named or catalogued."""
    return model.checkpoints.get(quantization or "", model.weights_gib)


def kv_bytes(kv_type: str) -> float:
    """Bytes of an element of the KV cache. Types of a name that is not known count as two: rather too much than too little."""
    if kv_type.startswith("fp8"):
        return 1.0
    return KV_BYTES.get(kv_type, 2.0)


def sequence_bytes(model: Model, tokens: int, plan: Plan) -> float:
    """Bytes of KV cache on the fullest GPU for one sequence of so many tokens."""
    fixed = engine_memory(plan.engine).sequence_gib.get(model.id, 0.0)
    return sum(_bytes(layers, tokens, plan) for layers in model.kv) + fixed * GIB


def _bytes(layers: KvLayers, tokens: int, plan: Plan) -> float:
    kept = min(tokens, layers.window) if layers.window else tokens
    entries = math.ceil(kept / layers.tokens_per_entry)
    if layers.heads is not None and layers.head_dim is not None:
        entry = 2 * math.ceil(layers.heads / plan.tensor) * layers.head_dim * kv_bytes(plan.kv_type)
    elif layers.latent is not None:
        entry = layers.latent * kv_bytes(plan.kv_type)
    else:
        entry = float(layers.entry_bytes or 0)
    return math.ceil(layers.layers / plan.pipeline) * entries * entry


def gpu_weights_gib(weights_gib: float, model: Model | None, plan: Plan) -> float:
    """GiB of weights on each GPU; of a model that is not known at least so many, as if all of it were experts."""
    ranks = plan.tensor * plan.pipeline
    if plan.data == 1 or not plan.spread_experts or (model is not None and not model.has_experts):
        return weights_gib / ranks
    if model is None:
        return weights_gib / (ranks * plan.data)
    rest = min(weights_gib, model.dense_b * 1e9 * model.dense_bits / 8 / GIB)
    return (weights_gib - rest) / (ranks * plan.data) + rest / ranks


def fit(model: Model | None, weights_gib: float, plan: Plan, gpu: Gpu) -> Fit:
    """How a replica of these weights fits on `plan.gpus` GPUs. Without `model`, or where its layers are not known,
    the weights alone are judged. Raises CatalogError for an engine that is not catalogued."""
    taken = engine_memory(plan.engine)
    usable = plan.fraction * gpu.memory_gib
    weights = gpu_weights_gib(weights_gib, model, plan)
    overhead = taken.taken_gib(gpu, model is not None and model.has_experts)
    # Outside the fraction it still needs its place: what the fraction leaves, or else a part of the cache's.
    room = usable - weights - (overhead if taken.inside else max(0.0, overhead - (gpu.memory_gib - usable)))
    if model is None or not model.kv:
        unknown = "no source gives the layers of this model: its KV cache is not judged"
        return Fit(
            weights_gib=weights,
            usable_gib=usable,
            room_gib=room,
            context=plan.context,
            largest_context=None,
            sequences=None,
            unknown=unknown,
        )
    context = min(plan.context or model.context, model.context)
    held = max(0, math.floor(room * GIB / sequence_bytes(model, context, plan)))
    return Fit(
        weights_gib=weights,
        usable_gib=usable,
        room_gib=room,
        context=context,
        largest_context=_largest_context(model, room * GIB, plan),
        sequences=held * plan.data,
        asked=plan.sequences,
    )


def _largest_context(model: Model, room: float, plan: Plan) -> int:
    """The most tokens of one sequence that the room holds, up to the model's context; 0 where it holds none."""
    low, high = 0, model.context
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if sequence_bytes(model, middle, plan) <= room else (low, middle - 1)
    return low


def types_that_fit(
    model: Model | None, weights_gib: float, plan: Plan, gpus_per_replica: int, besides: Iterable[str] = ()
) -> tuple[str, ...]:
    """Catalogued machine types that hold the same replica, without those in `besides`: the fewest GPUs first, then the least memory.

    A replica does not span machines. Where the KV cache is known, a sequence of the asked length must fit as well. A type whose name no
    source has is not proposed.
    """
    left_out = set(besides)
    found = [
        machine
        for machine in instance_types.all()
        if machine.name not in left_out
        and machine.source != "none"
        and machine.gpus >= max(gpus_per_replica, plan.gpus)
        and fit(model, weights_gib, plan, gpus.of(machine)).serves
    ]
    return tuple(machine.name for machine in sorted(found, key=lambda one: (one.gpus, one.gpu_memory_gib, one.vcpus, one.name)))
