"""The command line of an inference engine, on one machine or on each of several. Pure; it never holds a key."""

from __future__ import annotations

import shlex

from stacks.engine_flags import words
from stacks.kinds.engine import Engine

PORT = 8000
"""8080 and 9090 are taken by EAS itself ("Parameters of model services", help centre)."""
MODEL_FOLDER = "/model_dir"
RAY_PORT = 6379
"""Where the head of a Ray cluster is found: Ray's own default."""
DIST_PORT = 5000
"""Where SGLang's machines find the first of them: the port of its multi-node examples; any free one does."""

#: Program and first words of each engine, before the folder of the weights.
START = {
    "vllm": ("vllm", "serve"),
    "sglang": ("python3", "-m", "sglang.launch_server", "--model-path"),
}


def arguments(
    engine: Engine,
    model: str,
    *,
    folder: str = MODEL_FOLDER,
    port: int = PORT,
    nodes: int = 1,
    node_rank: int = 0,
    head: str | None = None,
) -> list[str]:
    """The words that start the engine, program first. `model` is the name that clients send.

    With several machines (`nodes`), `head` is the private address of machine 0, which alone takes requests. vLLM's machines are a Ray
    cluster, which `ray_start` joins on each of them before: the engine itself is started on machine 0 and nowhere else. SGLang is started
    on each machine with its `node_rank`. Raises ValueError where this machine has no engine of its own, or where the head is missing.
    """
    listen = ("--host", "0.0.0.0", "--port", str(port), "--served-model-name", model)
    cluster = _cluster(engine, nodes, node_rank, head) if nodes > 1 else ()
    return [*START[engine.name], folder, *listen, *words(engine), *cluster, *engine.words]


def _cluster(engine: Engine, nodes: int, node_rank: int, head: str | None) -> tuple[str, ...]:
    """The words that make one engine of several machines."""
    if head is None or not 0 <= node_rank < nodes:
        raise ValueError(f"machine {node_rank} of {nodes} needs the address of machine 0, and a number from 0 to {nodes - 1}")
    if engine.name == "vllm":
        if node_rank:
            raise ValueError("vLLM runs on machine 0; the others join its Ray cluster (ray_start)")
        return ("--distributed-executor-backend", "ray")
    return ("--dist-init-addr", f"{head}:{DIST_PORT}", "--nnodes", str(nodes), "--node-rank", str(node_rank))


def ray_start(node_rank: int, head: str) -> list[str]:
    """The words that make a machine the head of vLLM's Ray cluster (0), or join it to the head and stay (the others)."""
    own = ("--head", f"--node-ip-address={head}", f"--port={RAY_PORT}") if node_rank == 0 else (f"--address={head}:{RAY_PORT}", "--block")
    return ["ray", "start", *own]


def command(engine: Engine, model: str) -> str:
    """The arguments as the one line that `containers[].command` takes, quoted so that a shell splits it into the same arguments again."""
    return shlex.join(arguments(engine, model))
