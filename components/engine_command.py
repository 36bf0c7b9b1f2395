"""The command line of an inference engine, on one machine or on each of several. Pure; it never holds a key."""

from __future__ import annotations

import shlex

from stacks.engine_flags import words
from stacks.kinds.engine import Engine

PORT = 8000
"""8080 and 9090 are taken by EAS itself ("Parameters of model services", help centre)."""
MODEL_FOLDER = "/model_dir"
DIST_PORT = 5000
"""Where SGLang's machines find the first of them: any free one does."""
MASTER_PORT, RAY_PORT = 29501, 6379
"""The same of vLLM's, by itself (`master_port`, vllm/config/parallel.py) and by Ray: the defaults."""
RAY_HEAD = "/opt/fourways/ray_head.sh"
"""Starts Ray on the first machine and then the program; components/boot puts it there."""

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

    With several machines (`nodes`), the engine is started on each of them with its `node_rank`; `head` is the private address of machine 0,
    which alone takes requests. Raises ValueError where the head is missing or the number is none of theirs.
    """
    listen = ("--host", "0.0.0.0", "--port", str(port), "--served-model-name", model)
    serve = (*START[engine.name], folder, *listen, *words(engine))
    if nodes == 1:
        return [*serve, *engine.words]
    if head is None or not 0 <= node_rank < nodes:
        raise ValueError(f"machine {node_rank} of {nodes} needs the address of machine 0, and a number from 0 to {nodes - 1}")
    if engine.multi_node == "native":
        return [*serve, *_cluster(engine, nodes, node_rank, head), *engine.words]
    # vLLM's documentation, "Parallelism and scaling": the engine runs on the first machine alone, and finds the others' GPUs by Ray.
    if node_rank:
        return ["ray", "start", "--address", f"{head}:{RAY_PORT}", "--block"]
    return [RAY_HEAD, head, str(RAY_PORT), *serve, "--distributed-executor-backend", "ray", *engine.words]


def _cluster(engine: Engine, nodes: int, node_rank: int, head: str) -> tuple[str, ...]:
    """The words that make one engine of several machines, by the engine itself.

    vLLM: its own multiprocessing, which 0.14.0 and 0.20.0 have (vllm/v1/executor/multiproc_executor.py), and not Ray, which its package
    and image leave out since 0.19 (requirements of the 0.20.0 package; kubernetes-sigs/lws issue 835).
    """
    count = ("--nnodes", str(nodes), "--node-rank", str(node_rank))
    if engine.name == "vllm":
        return (*count, "--master-addr", head, *(("--headless",) if node_rank else ()))
    return ("--dist-init-addr", f"{head}:{DIST_PORT}", *count)


def command(engine: Engine, model: str) -> str:
    """The arguments as the one line that `containers[].command` takes, quoted so that a shell splits it into the same arguments again."""
    return shlex.join(arguments(engine, model))
