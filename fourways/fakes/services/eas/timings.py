"""How long transitions take, as data. Made up, and short on purpose: a real model needs minutes to load, which `weights` adds on demand.

Seed `{"eas": {"transition_seconds": 10}}` sets them all, `{"eas": {"transition_seconds": {"create": 600}}}` some of them.
"""

from __future__ import annotations

from fourways.fakes.service import Scope

SECONDS: dict[str, float] = {
    "create": 10.0,  # Creating, then Waiting, until the first replica is Running where there is room
    "start": 10.0,
    "update": 10.0,  # one batch of replicas
    "rollback": 10.0,  # as an update: help centre, "Manage releases, canary deployments, and version rollbacks"
    "scale": 8.0,
    "restart": 10.0,
    "recover": 8.0,  # a replica that lost its machine
    "stop": 3.0,
    "delete": 3.0,
    "machine": 5.0,  # Attaching until Ready
    "machine-delete": 2.0,
    "stock": 5.0,  # between two looks for stock, market prices and quotas
    "gateway": 10.0,
    "gateway-update": 6.0,  # another size; on the cloud 3 to 5 minutes
    "gateway-internet": 4.0,
    "gateway-delete": 3.0,
    "vpc-link": 3.0,  # made or taken away
}
PREPARING = 0.2  # of an operation's time passes before its replicas start, or while an old replica ends
PREPARED = ("create", "start")


def seconds(scope: Scope, transition: str) -> float:
    """Fake seconds of a whole transition."""
    seeded = scope.cloud.seed.get("eas", {}).get("transition_seconds", {})
    if isinstance(seeded, int | float):
        # The search for stock is not a transition, and must not spin when transitions take no time.
        return SECONDS[transition] if transition == "stock" else float(seeded)
    return float(seeded.get(transition, SECONDS[transition]))


def ending(scope: Scope, operation: str) -> float:
    """Fake seconds until a replica that is told to end has released its machine."""
    whole = seconds(scope, operation)
    return whole if operation in ("stop", "delete") else whole * PREPARING


def starting(scope: Scope, operation: str) -> float:
    """Fake seconds from a replica's placement until it is ready."""
    return seconds(scope, operation) * (1 - PREPARING)
