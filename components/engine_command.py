"""The command line of an inference engine. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from stacks.kinds.engine import Engine

PORT = 8000
"""8080 and 9090 are taken by EAS itself ("Parameters of model services", help centre)."""
MODEL_FOLDER = "/model_dir"

#: How each engine spells the settings that have a flag of their own. Source: `vllm serve --help` 0.20, `sglang.launch_server --help` 0.5.
FLAGS = {
    "vllm": {
        "tensor_parallel": "--tensor-parallel-size",
        "pipeline_parallel": "--pipeline-parallel-size",
        "quantization": "--quantization",
        "kv_cache_dtype": "--kv-cache-dtype",
        "max_model_len": "--max-model-len",
        "gpu_memory_fraction": "--gpu-memory-utilization",
    },
    "sglang": {
        "tensor_parallel": "--tp-size",
        "pipeline_parallel": "--pp-size",
        "quantization": "--quantization",
        "kv_cache_dtype": "--kv-cache-dtype",
        "max_model_len": "--context-length",
        "gpu_memory_fraction": "--mem-fraction-static",
    },
}
START = {
    "vllm": ("vllm", "serve", MODEL_FOLDER),
    "sglang": ("python3", "-m", "sglang.launch_server", "--model-path", MODEL_FOLDER),
}


def arguments(engine: Engine, model: str) -> list[str]:
    """The engine's arguments, program first. `model` is the name that clients send."""

    def flags() -> Iterator[str]:
        for setting, flag in FLAGS[engine.name].items():
            if (value := getattr(engine, setting)) is not None:
                yield from (flag, str(value))

    listen = ("--host", "0.0.0.0", "--port", str(PORT), "--served-model-name", model)
    return [*START[engine.name], *listen, *flags(), *engine.extra_arguments]


def command(engine: Engine, model: str) -> str:
    """The arguments as the one line that `containers[].command` takes, quoted so that a shell splits it into the same arguments again."""
    return shlex.join(arguments(engine, model))
