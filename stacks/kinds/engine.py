"""The inference engine of a service, of any kind that runs one. Any engine image: data, no code.

How each engine spells a setting is in `stacks/engine_flags.py`. A setting that is left out is the engine's own default.
"""

from __future__ import annotations

import shlex
from typing import Literal

from pydantic import Field

from stacks.part import Part


class Engine(Part):
    """The inference engine and how it splits and stores the model."""

    name: Literal["vllm", "sglang"] = Field(description="vllm or sglang")
    version: str = Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+([.a-z0-9+-]*)$", description='a version in quotes, e.g. "0.20.0"')
    image: str | None = Field(
        default=None, pattern=r"^\S+:\S+$", description="a container image with a tag, where the catalogue has none of this version"
    )
    tensor_parallel: int = Field(default=1, ge=1, le=8, description="GPUs that share each layer, 1-8")
    pipeline_parallel: int = Field(default=1, ge=1, le=16, description="stages of layers, 1-16")
    data_parallel: int | None = Field(
        default=None, ge=1, le=16, description="copies of the attention that share one endpoint, 1-16; left out: 1"
    )
    expert_parallel: bool | None = Field(
        default=None, description="true (whole experts on each GPU), or false (each expert over all GPUs); left out: the engine's default"
    )
    multi_node: Literal["native", "ray"] = Field(
        default="native",
        description="native (the engine itself makes one of several machines) or ray (vllm alone, and an image that brings Ray: vLLM's "
        "own does not since 0.19)",
    )
    quantization: str | None = Field(default=None, pattern=r"^[a-z0-9_-]+$", description="the engine's name of a quantization, e.g. fp8")
    kv_cache_dtype: str | None = Field(default=None, pattern=r"^[a-z0-9_]+$", description="the engine's name of a type, e.g. auto or fp8")
    max_model_len: int | None = Field(default=None, ge=1, description="tokens of prompt and answer together, 1 or more")
    gpu_memory_fraction: float = Field(default=0.9, gt=0, le=1, description="share of GPU memory for weights and cache, above 0 up to 1")
    max_sequences: int | None = Field(
        default=None, ge=1, description="sequences that run at once on a copy, 1 or more; left out: the engine's default"
    )
    prefix_caching: bool | None = Field(
        default=None, description="true or false: whether the cache of a common prefix is used again; left out: the engine's default"
    )
    chunked_prefill: bool | None = Field(
        default=None, description="true or false: whether long prompts are cut, so that others' tokens do not wait; left out: the engine's"
    )
    chunked_prefill_tokens: int | None = Field(
        default=None, ge=1, description="tokens of prompts a step at most, 1 or more; left out: the engine's default"
    )
    extra_arguments: tuple[str, ...] = Field(
        default=(), description='a list of texts, e.g. ["--enable-auto-tool-choice", "--tool-call-parser=deepseek_v4"]'
    )

    @property
    def words(self) -> tuple[str, ...]:
        """The extra arguments as the engine gets them, one word each."""
        return tuple(word for text in self.extra_arguments for word in split(text))

    @property
    def places(self) -> tuple[int, ...]:
        """For each of these words the place in `extraArguments` that it stands at."""
        return tuple(place for place, text in enumerate(self.extra_arguments) for _ in split(text))


def split(text: str) -> tuple[str, ...]:
    """The words of one extra argument. A flag with white space behind it is followed by its values, which are split as a shell would; a
    JSON value stays whole with or without a shell's quotes. Any other text is one word: it is the value of the flag before."""
    flag, *values = text.strip().split(maxsplit=1)[:2] or [""]
    if not values or not flag.startswith("-") or "=" in flag:
        return (text,)
    if values[0].startswith(("{", "[")):
        return flag, values[0]
    try:
        return flag, *shlex.split(values[0])
    except ValueError:  # quotes that do not close are no shell's quotes
        return flag, values[0]
