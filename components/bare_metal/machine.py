"""What a machine of a bare-metal stack boots into, whoever makes it: from settings to user data. Pure."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from components.bare_metal.boot import Machine, user_data
from components.bare_metal.journal import group_name
from components.engine_command import PORT, arguments
from components.names import names
from fourways.catalog import images
from stacks.kinds.bare_metal import BareMetalServing
from stacks.model import Settings

DEVICE = "/dev/xvdb"
"""The first data disk's (help centre, "Block storage device names")."""
DIGEST = 10
METRICS = {"vllm": (), "sglang": ("--enable-metrics",)}
"""What makes an engine serve /metrics: vLLM does so unasked (docs, "Production Metrics" of both)."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Which machine of a replica it is, and where its head is; the only one of its replica by default."""

    nodes: int = 1
    rank: int = 0
    head_ip: str | None = None


def boot(settings: Settings, serving: BareMetalServing, secret: str, role: str, place: Place, load_name: str | None = None) -> str:
    """The user data, in the form that the APIs take: base64. `secret`, `role` and `load_name`, where the machines are scaled, are names."""
    engine = serving.engine
    machine = Machine(
        engine=engine.name,
        image=engine.image or images.image(engine.name, engine.version, settings.region),
        arguments=(
            *arguments(engine, serving.model.id, nodes=place.nodes, node_rank=place.rank, head=place.head_ip),
            *METRICS[engine.name],
        ),
        region=settings.region,
        secret=secret,
        weights=serving.model.weights,
        weights_gib=serving.model.size_gib or 0,
        role=role,
        port=PORT,
        ready=serving.capacity.ready,
        ssh=bool(serving.capacity.ssh),
        nodes=place.nodes,
        node_rank=place.rank,
        head_ip=place.head_ip,
        log_group=group_name(names(settings)) if serving.monitoring and serving.monitoring.logs else None,
        gpu_exporter=serving.monitoring.gpu_exporter if serving.monitoring else None,
        load_name=load_name,
        drain_seconds=serving.drain_seconds,
        # Nothing reads it: changed user data makes new machines, which fetch the new key.
        boot={"KEY_ROTATION": serving.rotation} if serving.rotation else {},
    )
    return base64.b64encode(user_data(machine).encode()).decode()


def digest(text: str) -> str:
    """Tells one configuration from another in a name."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST]
