"""What Auto Scaling asks of ECS and ALB beyond their wire: whether an instance lives, how its load balancer finds it, what it has to do."""

from __future__ import annotations

from fourways.fakes.service import Scope
from fourways.fakes.services.alb import health
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.instances import Instance
from fourways.fakes.services.ecs.machines import engine
from fourways.fakes.services.ecs.machines.metering import Load
from fourways.fakes.wire.errors import CloudError


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
    return engine.alive(scope, instance_id)


def balanced(scope: Scope, server_group_id: str, instance_id: str) -> str:
    """How ALB finds a server: `Initial`, `Healthy` or `Unhealthy`. Raises 404 for what is no server of the group."""
    return health.status(scope, server_group_id, instance_id)


def load(scope: Scope, instance_id: str) -> Load:
    """What its engine has to do; all 0 without one."""
    return engine.load(scope, instance_id)
