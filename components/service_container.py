"""The container of a service of PAI-EAS: the engine's image and command, and the probes that give a start its time. Pure.

Field names: help centre, "Parameters of model services" (containers) and the probes of the PAI-EAS team's published deploy skill.
"""

from __future__ import annotations

import math
from typing import Any

from components.engine_command import PORT, command
from fourways.catalog import images
from stacks.kinds.eas_model import ModelChoice
from stacks.kinds.engine import Engine

LOAD_GIB_PER_SECOND = 2.1
"""2.5 TB took about 18 minutes (reference/eas.md)."""
LOAD_MARGIN = 3
"""Assumed: a first start reads from OSS with nothing cached, beside other readers."""
WARM_UP_SECONDS = 300
"""Assumed: image pull, graph capture, warm-up."""
SHORTEST_START, LONGEST_START = 600, 3600
"""Seconds of start-up budget for very large models, least and most (reference/eas.md)."""
FIRST_PROBE, PROBE_PERIOD = 30, 10


def start_seconds(weights_gib: float) -> int:
    """How long a start may take: loading the weights with margin, and warming up; at least 10 minutes, at most an hour."""
    wanted = WARM_UP_SECONDS + LOAD_MARGIN * weights_gib / LOAD_GIB_PER_SECOND
    return math.ceil(min(max(wanted, SHORTEST_START), LONGEST_START))


def container(engine: Engine, model: ModelChoice, region: str) -> dict[str, Any]:
    """The one container of a replica."""
    health = {"path": "/health", "port": PORT}
    budget = start_seconds(model.size_gib or 0)
    return {
        "image": engine.image or images.image(engine.name, engine.version, region),
        "port": PORT,
        "command": command(engine, model.id),
        "startup_check": {
            "http_get": health,
            "initial_delay_seconds": FIRST_PROBE,
            "period_seconds": PROBE_PERIOD,
            "timeout_seconds": 5,
            "success_threshold": 1,
            "failure_threshold": math.ceil((budget - FIRST_PROBE) / PROBE_PERIOD),
        },
        # Takes the replica out of the gateway quickly, and restarts it only after minutes: loading the weights again is dear.
        "health_check": {
            "http_get": health,
            "period_seconds": PROBE_PERIOD,
            "timeout_seconds": 5,
            "success_threshold": 1,
            "failure_threshold": 3,
        },
        "liveness_check": {"http_get": health, "period_seconds": 30, "timeout_seconds": 10, "success_threshold": 1, "failure_threshold": 6},
    }
