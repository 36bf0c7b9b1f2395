"""What a stack file asks of its GPUs, in the words of the fit check (fourways.catalog.fit). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fourways.catalog import CatalogError, gpus, instance_types
from fourways.catalog.fit import Fit, Plan, checkpoint_gib, fit, types_that_fit
from fourways.catalog.models import all_models
from stacks.engine_arguments import has, number
from stacks.engine_flags import SPELLINGS

if TYPE_CHECKING:
    from stacks.kinds.bought import Bought
    from stacks.kinds.engine import Engine
    from stacks.kinds.on_eas import OnEas
    from stacks.kinds.sized_model import SizedModel

ATTENTION_ALONE = "--enable-dp-attention"
"""SGLang: data parallel lies inside tensor parallel and cuts the attention alone; without it each rank is an engine of its own."""

MOST_ALTERNATIVES = 5
"""A message that names more is not read; those behind have more GPUs, and a public machine is billed whole."""


def plan(engine: Engine) -> Plan:
    """How the engine runs a replica."""
    data = engine.data_parallel or _said(engine, "data_parallel") or 1
    inside = engine.name == "sglang" and has(engine, ATTENTION_ALONE)
    return Plan(
        engine=engine.name,
        tensor=max(1, engine.tensor_parallel // data) if inside else engine.tensor_parallel,
        pipeline=engine.pipeline_parallel,
        data=data,
        spread_experts=engine.name == "vllm" or inside,
        quantization=engine.quantization,
        kv_type=engine.kv_cache_dtype or "auto",
        context=engine.max_model_len,
        sequences=engine.max_sequences or _said(engine, "max_sequences") or 1,
        fraction=engine.gpu_memory_fraction,
    )


def _said(engine: Engine, setting: str) -> int | None:
    """What an extra argument says where the setting is left out: stack files wrote the flag before there was a setting."""
    spelling = SPELLINGS[engine.name][setting]
    return number(engine, spelling) if isinstance(spelling, str) else None


def weights_gib(model: SizedModel, engine: Engine) -> float | None:
    """GiB of the weights: as given, else as catalogued for the engine's quantization; None where nobody knows."""
    known = all_models().get(model.id)
    if model.weights_gib is not None or known is None:
        return model.weights_gib
    return checkpoint_gib(known, engine.quantization)


def fits(model: SizedModel, capacity: Bought, gpus_per_replica: int, engine: Engine) -> dict[str, Fit]:
    """How a replica fits on each machine type that it may land on. Without what nobody knows: types that are not catalogued, or all of them
    where the size of the weights is not known or no machine holds a replica (which another check tells)."""
    size = weights_gib(model, engine)
    if size is None:
        return {}
    try:
        names = capacity.machine_types(gpus_per_replica)
    except CatalogError:
        return {}
    machines = [known for known in map(instance_types.find, names) if known is not None and known.gpus]
    asked = plan(engine)
    return {machine.name: fit(all_models().get(model.id), size, asked, gpus.of(machine)) for machine in machines}


def alternatives(serving: OnEas, besides: Iterable[str]) -> tuple[str, ...]:
    """The nearest machine types that hold the same replica, without those in `besides`; none where the size of the weights is not known."""
    size = weights_gib(serving.model, serving.engine)
    if size is None:
        return ()
    return types_that_fit(all_models().get(serving.model.id), size, plan(serving.engine), serving.replicas.gpus, besides)[
        :MOST_ALTERNATIVES
    ]
