"""What Auto Scaling asks of ECS and ALB beyond their wire: whether an instance lives, how its load balancer finds it, what it has to do."""

from __future__ import annotations

import importlib.util
from functools import cache
from typing import Any

from fourways.fakes.service import Scope
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.instances import Instance
from fourways.fakes.wire.errors import CloudError

_ENGINE = "fourways.fakes.services.ecs.machines.engine"
_HEALTH = "fourways.fakes.services.alb.health"


@cache
def _module(name: str) -> Any:
    """None until the module is there; then this, and what is done without it, goes."""
    there = importlib.util.find_spec(name.rpartition(".")[0]) and importlib.util.find_spec(name)
    return importlib.import_module(name) if there else None


def instance(scope: Scope, instance_id: str) -> Instance | None:
    """None for one that is gone, and for one that lists do not show yet."""
    try:
        return scope.backend(EcsBackend).instances[instance_id]
    except CloudError:
        return None


def status(scope: Scope, instance_id: str) -> str:
    """The status that ECS gives: Pending, Starting, Running, Stopping, Stopped; Pending also for one that lists do not show yet, and
    "" for one that is gone."""
    if instance_id not in scope.backend(EcsBackend).instances:
        return ""
    found = instance(scope, instance_id)
    return found.status if found else "Pending"


def alive(scope: Scope, instance_id: str) -> bool:
    """The health that ECS itself can see."""
    engine = _module(_ENGINE)
    return bool(engine.alive(scope, instance_id)) if engine else status(scope, instance_id) == "Running"


def balanced(scope: Scope, server_group_id: str, instance_id: str) -> str:
    """How ALB finds a server: `Initial`, `Healthy` or `Unhealthy`. Raises 404 for what is no server of the group."""
    health = _module(_HEALTH)
    return str(health.status(scope, server_group_id, instance_id)) if health else "Healthy" if alive(scope, instance_id) else "Unhealthy"


def load(scope: Scope, instance_id: str) -> Any:
    """What its engine has to do: `running`, `waiting` (requests), `kv_cache` (0 to 1), `gpu` (0 to 100); None without an engine."""
    engine = _module(_ENGINE)
    return engine.load(scope, instance_id) if engine else None
