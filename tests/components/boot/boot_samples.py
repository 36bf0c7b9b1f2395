"""Machines of all kinds, for tests."""

from __future__ import annotations

from dataclasses import replace

from components.bare_metal.boot import Machine


def words(line: str) -> tuple[str, ...]:
    return tuple(line.split())


VLLM = Machine(
    engine="vllm",
    image="dsw-registry-vpc.ap-southeast-1.cr.aliyuncs.com/pai-eas/vllm:0.20.0",
    arguments=words("vllm serve /model_dir --host 0.0.0.0 --port 8000 --served-model-name deepseek-v4-flash --tensor-parallel-size 8"),
    region="ap-southeast-1",
    secret="deepseek-v4-flash-metal-key",
    weights="oss://llm-weights/deepseek-v4-flash/",
    weights_gib=160,
    role="deepseek-v4-flash-metal",
    ready=True,
)
SGLANG = replace(
    VLLM,
    engine="sglang",
    image="dsw-registry-vpc.ap-southeast-1.cr.aliyuncs.com/pai-eas/sglang:0.5.10",
    arguments=words(
        "python3 -m sglang.launch_server --model-path /model_dir --host 0.0.0.0 --port 8000 --served-model-name deepseek-v4-flash"
        " --tp-size 8 --enable-metrics"
    ),
)
LOG_GROUP = "deepseek-v4-flash-metal"


def together(machine: Machine, rank: int, head: str = "10.40.0.10") -> Machine:
    """One of two, with the arguments that make one engine of them, as components.engine_command gives them."""
    where = ("--master-addr", head) if machine.engine == "vllm" else ("--dist-init-addr", f"{head}:5000")
    last = ("--headless",) if machine.engine == "vllm" and rank else ()
    spread = (*machine.arguments, "--nnodes", "2", "--node-rank", str(rank), *where, *last)
    return replace(machine, arguments=spread, nodes=2, node_rank=rank, head_ip=head)


def by_ray(rank: int) -> Machine:
    """One of two that vLLM finds by Ray."""
    head = ("/opt/fourways/ray_head.sh", "10.40.0.10", "6379", *VLLM.arguments, "--distributed-executor-backend", "ray")
    worker = words("ray start --address 10.40.0.10:6379 --block")
    return replace(VLLM, arguments=worker if rank else head, nodes=2, node_rank=rank, head_ip="10.40.0.10")


MACHINES = {
    "vllm": VLLM,
    "vllm-head": together(VLLM, 0),
    "vllm-worker": together(VLLM, 1),
    "vllm-ray-head": by_ray(0),
    "vllm-ray-worker": by_ray(1),
    "sglang": SGLANG,
    "sglang-scaled": replace(SGLANG, load_name="fourways-metal-singapore-0a1b2c-machines"),
    "sglang-head": together(SGLANG, 0),
    "sglang-worker": together(SGLANG, 1),
    # An image with nothing on it, and everything that can be asked for.
    "bare-image": replace(
        VLLM,
        ready=False,
        log_group=LOG_GROUP,
        gpu_exporter="nvcr.io/nvidia/k8s/dcgm-exporter:4.2.3-4.1.3-ubuntu22.04",
        drain_seconds=120,
        environment={"VLLM_LOGGING_LEVEL": "INFO"},
        arguments=(*VLLM.arguments, "--speculative-config", '{"method": "mtp", "num_speculative_tokens": 1}'),
    ),
}
