"""The systemd unit that runs the engine in its container. Pure.

Docker, and not podman or containerd alone: `--gpus` and `nvidia-ctk runtime configure` are documented for it by NVIDIA, by both engines
and by Alibaba Cloud, and its packages are in the mirror that a VPC reaches without internet access.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from components.bare_metal.boot.machine import Machine

NAME = "fourways-engine"
WEIGHTS, PROGRAMS, KEY_FILE = "/mnt/weights", "/opt/fourways", "/run/fourways/engine.env"
INTERFACE = "eth0"
"""The primary network interface of an ECS instance (images rename none: net.ifnames=0 in Alibaba Cloud's own)."""
KEY_VARIABLE = {"vllm": "VLLM_API_KEY", "sglang": "SGLANG_API_KEY"}
"""vLLM reads its own variable (vllm/envs.py). SGLang takes only a flag: `keyed.py` turns the variable, which is ours, into one."""

START_SECONDS = 1800
"""Assumed: pull of an image of about 20 GB, graph capture, warm-up."""
READ_GIB_PER_SECOND = 0.2
"""Assumed: an ESSD of performance level 1, the slowest weights disk, gives at most 350 MB/s (ESSD performance, help centre)."""
FETCH_SECONDS, FETCH_GIB_PER_SECOND = 900, 0.1
"""Assumed: what OSS gives at least, to the slowest disk and beside other readers."""
UNKNOWN_GIB = 700
"""Assumed of weights whose size nobody said: about the largest open checkpoint there is."""
STOP_MARGIN = 15
RESTART_SECONDS, RESTARTS_AN_HOUR = 15, 30
"""No growing pause: RestartSteps= came with systemd 254, and Alibaba Cloud Linux 3 has 239."""


def engine_unit(machine: Machine) -> str:
    """`/etc/systemd/system/fourways-engine.service`."""
    part = "" if machine.nodes == 1 else f", machine {machine.node_rank} of {machine.nodes}"
    # The key is where clients are: a worker is none the wiser.
    needs = " ".join(
        ["fourways-weights.service", "fourways-image.service"]
        + ["fourways-key.service"] * machine.is_head
        + ["fourways-gpu.service"] * (not machine.ready)
    )
    present = [f"{WEIGHTS}/_COMPLETE", *([KEY_FILE] if machine.is_head else [])]
    checks = "\n".join(f"ExecStartPre=/usr/bin/test -s {path}" for path in present)
    return f"""\
[Unit]
Description=Inference engine ({machine.engine}{part})
# Wants and not Requires: each restart of the engine then starts again whatever failed before it, and this limit is the only one.
Wants=network-online.target {needs}
After=network-online.target docker.service {needs}
StartLimitIntervalSec=1h
StartLimitBurst={RESTARTS_AN_HOUR}

[Service]
EnvironmentFile=/etc/fourways/boot.env
{checks}
ExecStartPre=-/usr/bin/docker rm --force {NAME}
ExecStart={_folded(_container(machine))}
# Up when it answers, or when the time of a start is over.
ExecStartPost={PROGRAMS}/wait_healthy.py
ExecStop=-/usr/bin/docker stop --time {machine.drain_seconds} {NAME}
TimeoutStartSec={start_seconds(machine.weights_gib)}
TimeoutStopSec={machine.drain_seconds + STOP_MARGIN}
Restart=always
RestartSec={RESTART_SECONDS}
OOMScoreAdjust=-500
SyslogIdentifier={NAME}

[Install]
WantedBy=multi-user.target
"""


def start_seconds(weights_gib: float) -> int:
    """How long the engine may take from its start to its first healthy answer."""
    return START_SECONDS + math.ceil((weights_gib or UNKNOWN_GIB) / READ_GIB_PER_SECOND)


def fetch_seconds(weights_gib: float) -> int:
    """How long fetching the weights may take."""
    return FETCH_SECONDS + math.ceil((weights_gib or UNKNOWN_GIB) / FETCH_GIB_PER_SECOND)


def _container(machine: Machine) -> Iterator[list[str]]:
    """`docker run` in lines that belong together."""
    yield ["/usr/bin/docker", "run", "--rm", "--name", NAME, "--log-driver", "none"]
    # With the host's IPC the engine's processes share /dev/shm of the machine: half its memory, so that no --shm-size is needed.
    yield ["--gpus", "all", "--network", "host", "--ipc", "host", "--ulimit", "memlock=-1", "--ulimit", "stack=67108864"]
    yield ["--volume", f"{WEIGHTS}:{machine.model_folder}:ro", "--volume", f"{PROGRAMS}:{PROGRAMS}:ro"]
    if machine.is_head:
        yield ["--env-file", KEY_FILE]
    for name, value in _variables(machine).items():
        yield ["--env", f"{name}={value}"]
    yield ["--entrypoint", "", machine.image]
    yield from _by_flag(_program(machine))


def _variables(machine: Machine) -> dict[str, str]:
    between = {}
    if machine.nodes > 1:
        between = {"NCCL_SOCKET_IFNAME": INTERFACE, "GLOO_SOCKET_IFNAME": INTERFACE}
    return {**between, **machine.environment}


def _program(machine: Machine) -> list[str]:
    """The engine's own words. Of SGLang, whose key is an argument: `python3 keyed.py -m` where clients are, instead of `python3 -m`."""
    keyed = [f"{PROGRAMS}/keyed.py"] if machine.engine == "sglang" and machine.is_head else []
    return [machine.arguments[0], *keyed, *machine.arguments[1:]]


def _by_flag(words: list[str]) -> Iterator[list[str]]:
    line: list[str] = []
    for word in words:
        if word.startswith("--") and line:
            yield line
            line = []
        line.append(word)
    if line:
        yield line


def _folded(lines: Iterator[list[str]]) -> str:
    return " \\\n  ".join(" ".join(quoted(word) for word in line) for line in lines)


def quoted(word: str) -> str:
    """A word as systemd reads it (systemd.syntax, "Quoting"); `%` and `$`, which mean specifiers and variables there, are doubled."""
    plain = word.replace("%", "%%").replace("$", "$$")
    if plain and not set(plain) & set(" \"'\\;"):
        return plain
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
