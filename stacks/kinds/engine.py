"""The inference engine of a service, of any kind that runs one. Any engine image: data, no code."""

from __future__ import annotations

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
    pipeline_parallel: int = Field(default=1, ge=1, le=8, description="stages of layers, 1-8")
    quantization: str | None = Field(default=None, pattern=r"^[a-z0-9_-]+$", description="the engine's name of a quantization, e.g. fp8")
    kv_cache_dtype: str | None = Field(default=None, pattern=r"^[a-z0-9_]+$", description="the engine's name of a type, e.g. auto or fp8")
    max_model_len: int | None = Field(default=None, ge=1, description="tokens of prompt and answer together, 1 or more")
    gpu_memory_fraction: float = Field(default=0.9, gt=0, le=1, description="share of GPU memory for weights and cache, above 0 up to 1")
    extra_arguments: tuple[str, ...] = Field(default=(), description='a list of texts, one an argument, e.g. ["--enable-expert-parallel"]')
