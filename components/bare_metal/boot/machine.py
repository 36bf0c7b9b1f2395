"""What has to be known about a machine before it is made. Pure; refuses what could not boot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from components.engine_command import DIST_PORT, MASTER_PORT, RAY_HEAD, RAY_PORT

HEAD_PORT = {"vllm": MASTER_PORT, "sglang": DIST_PORT}
"""Where a replica's machines meet, where they do not by Ray."""
STARTS = {"vllm": ("vllm", "serve"), "sglang": ("python3", "-m", "sglang.launch_server")}
_LOG_AGENT = (
    "https://aliyun-observability-release-{region}.oss-{region}-internal.aliyuncs.com/loongcollector/linux64/latest/loongcollector.sh"
)
_WEIGHTS = re.compile(r"oss://[a-z0-9][a-z0-9-]{1,61}[a-z0-9]/([^\s\"'\\]+/)?")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, kw_only=True)
class Machine:
    """One machine of a replica. Raises ValueError that names the field."""

    engine: str  # vllm | sglang
    #: The engine's container image, as it is pulled in the region.
    image: str
    #: The engine's program and arguments on this machine, as `components.engine_command.arguments` gives them: without the key.
    arguments: tuple[str, ...]
    region: str
    #: Name of the KMS secret that is the API key.
    secret: str
    #: `oss://bucket/folder/`.
    weights: str
    #: Only times are derived from it; 0: not known.
    weights_gib: float
    #: Name of the instance's RAM role.
    role: str
    port: int = 8000
    #: Where the container finds the weights.
    model_folder: str = "/model_dir"
    #: The image has driver, docker and the NVIDIA container toolkit.
    ready: bool = False
    ssh: bool = False
    nodes: int = 1
    #: 0 is the head: the only one that clients reach.
    node_rank: int = 0
    head_ip: str | None = None
    #: The "user-defined identifier" of a machine group of Log Service: the log agent collects what is applied to the group. None: no agent.
    log_group: str | None = None
    #: Image of NVIDIA's DCGM exporter, which then serves GPU metrics on port 9400.
    gpu_exporter: str | None = None
    #: The application group of CloudMonitor to which the machine reports its load, and the value of the dimension `deployment`.
    load_name: str | None = None
    #: How long requests may go on once the machine is told to stop.
    drain_seconds: int = 60
    #: More variables for the engine. Nothing secret: user data can be read by whoever may describe the instance.
    environment: Mapping[str, str] = field(default_factory=dict)
    #: More lines for `/etc/fourways/boot.env`, in place of those with the same name: other endpoints, for instance.
    boot: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.engine not in STARTS:
            raise ValueError(f"engine: {self.engine!r} is none of {', '.join(STARTS)}")
        start = STARTS[self.engine]
        if not self.joins_ray and self.arguments[3 * self.starts_ray :][: len(start)] != start:
            raise ValueError(f"arguments: they have to begin with {' '.join(start)}")
        for name in ("image", "region", "secret", "role", "model_folder"):
            if not re.fullmatch(r"[!-~]+", value := getattr(self, name)):
                raise ValueError(f"{name}: {value!r} is not one word")
        if self.load_name is not None and not re.fullmatch(r"[\w.-]{1,64}", self.load_name):
            raise ValueError(f"load_name: {self.load_name!r} is not 1 to 64 letters, digits, dots, hyphens and underscores")
        if _WEIGHTS.fullmatch(self.weights) is None:
            raise ValueError(f"weights: {self.weights!r} is not of the form oss://bucket/folder/")
        if not 0 <= self.node_rank < self.nodes:
            raise ValueError(f"node_rank: {self.node_rank} is not below nodes ({self.nodes})")
        if self.nodes > 1 and not self.head_ip:
            raise ValueError("head_ip: a replica of several machines needs the head's private IP address")
        if unsafe := [word for word in self.arguments if not word.isprintable()]:
            raise ValueError(f"arguments: {unsafe[0]!r} has characters that do not print, which a unit file cannot hold")
        given = {"environment": self.environment, "boot": self.boot}
        for name, variables in given.items():
            for variable, value in variables.items():
                if _VARIABLE.fullmatch(variable) is None or not value.isprintable():
                    raise ValueError(f"{name}: {variable!r} is no name of a variable, or its value is not one line of text")

    @property
    def is_head(self) -> bool:
        return self.node_rank == 0

    @property
    def starts_ray(self) -> bool:
        """Whether it is the head of a Ray cluster: `ray_head.sh ADDRESS PORT`, and then the engine."""
        return self.arguments[:1] == (RAY_HEAD,)

    @property
    def joins_ray(self) -> bool:
        """Whether it lends its GPUs to the engine of the head."""
        return self.arguments[:2] == ("ray", "start")

    @property
    def head_port(self) -> int:
        return RAY_PORT if self.starts_ray or self.joins_ray else HEAD_PORT[self.engine]

    @property
    def health_url(self) -> str:
        """Of a worker: its head's, for it is of use once that one serves."""
        return f"http://{'127.0.0.1' if self.is_head else self.head_ip}:{self.port}/health"


def boot_settings(machine: Machine) -> dict[str, str]:
    """The lines of `/etc/fourways/boot.env`: what the programs at boot need to know. In the VPC: no request leaves it."""
    together = {} if machine.nodes == 1 else {"HEAD_IP": machine.head_ip or "", "HEAD_PORT": str(machine.head_port)}
    logs = {"LOG_AGENT": _LOG_AGENT.format(region=machine.region)} if machine.log_group else {}
    load = {
        "LOAD_NAME": machine.load_name or "",
        "METRICS_URL": f"http://127.0.0.1:{machine.port}/metrics",
        # Help centre, CloudMonitor, "Endpoints".
        "CMS_ENDPOINT": f"cms-vpc.{machine.region}.aliyuncs.com",
    }
    return {
        "REGION": machine.region,
        "RAM_ROLE": machine.role,
        "KMS_SECRET": machine.secret,
        "KMS_ENDPOINT": f"kms-vpc.{machine.region}.aliyuncs.com",
        "WEIGHTS": machine.weights,
        "OSS_ENDPOINT": f"oss-{machine.region}-internal.aliyuncs.com",
        "METADATA_URL": "http://100.100.100.200",
        "HEALTH_URL": machine.health_url,
        "NODES": str(machine.nodes),
        "NODE_RANK": str(machine.node_rank),
        **together,
        **logs,
        **(load if machine.load_name else {}),
        **machine.boot,
    }
