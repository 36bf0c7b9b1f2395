"""The container of a service of PAI-EAS: the engine's image and command, and the probes that give a start its time. Pure.

Field names: help centre, "Parameters of model services" (containers) and the probes of the PAI-EAS team's published deploy skill.
"""

from __future__ import annotations

import math
from typing import Any

from components.engine_command import PORT, command
from components.start_time import start_seconds
from fourways.catalog import images
from stacks.kinds.eas_model import ModelChoice
from stacks.kinds.engine import Engine

FIRST_PROBE, PROBE_PERIOD = 30, 10


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
