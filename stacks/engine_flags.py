"""How each engine spells the settings of `stacks/kinds/engine.py`: the one table that the command line, the checks and the fit read. Pure.

Source: the engines' own parsers (fourways/catalog/engine_arguments/), which a test compares with this table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic.alias_generators import to_camel

if TYPE_CHECKING:
    from stacks.kinds.engine import Engine


@dataclass(frozen=True)
class Switch:
    """The words of true and of false; none where the engine does it unasked. `{setting}` is the value of another setting."""

    on: tuple[str, ...]
    off: tuple[str, ...]


Spelling = str | Switch
"""A flag that takes the value, or a switch."""

SPELLINGS: Mapping[str, Mapping[str, Spelling]] = {
    "vllm": {
        "tensor_parallel": "--tensor-parallel-size",
        "pipeline_parallel": "--pipeline-parallel-size",
        "quantization": "--quantization",
        "kv_cache_dtype": "--kv-cache-dtype",
        "max_model_len": "--max-model-len",
        "gpu_memory_fraction": "--gpu-memory-utilization",
        "data_parallel": "--data-parallel-size",
        "expert_parallel": Switch(on=("--enable-expert-parallel",), off=("--no-enable-expert-parallel",)),
        "max_sequences": "--max-num-seqs",
        "prefix_caching": Switch(on=("--enable-prefix-caching",), off=("--no-enable-prefix-caching",)),
        "chunked_prefill": Switch(on=("--enable-chunked-prefill",), off=("--no-enable-chunked-prefill",)),
        "chunked_prefill_tokens": "--max-num-batched-tokens",
    },
    "sglang": {
        "tensor_parallel": "--tp-size",
        "pipeline_parallel": "--pp-size",
        "quantization": "--quantization",
        "kv_cache_dtype": "--kv-cache-dtype",
        "max_model_len": "--context-length",
        "gpu_memory_fraction": "--mem-fraction-static",
        "data_parallel": "--dp-size",
        "expert_parallel": Switch(on=("--ep-size", "{tensor_parallel}"), off=("--ep-size", "1")),
        "max_sequences": "--max-running-requests",
        "prefix_caching": Switch(on=(), off=("--disable-radix-cache",)),
        "chunked_prefill": Switch(on=(), off=("--chunked-prefill-size", "-1")),
        "chunked_prefill_tokens": "--chunked-prefill-size",
    },
}

ALWAYS = frozenset(("tensor_parallel", "pipeline_parallel", "quantization", "kv_cache_dtype", "max_model_len", "gpu_memory_fraction"))
"""Settings whose flags are refused among the extra arguments even where the setting is left out; the others' where it is given: they came
later, and stack files that wrote their flags are still good."""


def words(engine: Engine) -> Iterator[str]:
    """The words that the settings write, in the order of the table."""
    for setting, spelling in SPELLINGS[engine.name].items():
        value = getattr(engine, setting)
        if value is None:
            continue
        if isinstance(spelling, str):
            yield from (spelling, str(value))
        else:
            for word in spelling.on if value else spelling.off:
                yield word.format_map({"tensor_parallel": engine.tensor_parallel})


def flags(spelling: Spelling) -> Iterator[str]:
    """The flags of a spelling, without their values."""
    if isinstance(spelling, str):
        yield spelling
    else:
        yield from (word for word in (*spelling.on, *spelling.off) if word.startswith("--"))


def written(engine: Engine) -> dict[str, str]:
    """Each flag that a setting writes or would write, with the setting as a stack file spells it: `engine.tensorParallel`."""
    return {
        flag: f"engine.{to_camel(setting)}"
        for setting, spelling in SPELLINGS[engine.name].items()
        if setting in ALWAYS or getattr(engine, setting) is not None
        for flag in flags(spelling)
    }
