"""Transitions on the clock, with the faults that hold them up or make them fail."""

from __future__ import annotations

from collections.abc import Callable

from fourways.fakes.service import Scope
from fourways.fakes.services.deployments import rules


def later(scope: Scope, action: str, resource: str, transition: str, callback: Callable[..., None], *arguments: object) -> None:
    """Call `callback(*arguments)` once `transition` is over; a fault `stuck` on `action` keeps it from that, `late` for a while."""
    if not scope.faults.condition("stuck", action, resource):
        scope.clock.after(rules.seconds(scope, transition) + scope.faults.delay(action, resource), callback, *arguments)


def outcome(scope: Scope, action: str, resource: str) -> tuple[str, str] | None:
    """The error that a fault `fail` (its `code`) or `no-stock` on `action` makes the operation end with."""
    failing = scope.faults.condition("fail", action, resource)
    if failing is not None:
        return failing.code, "The operation has failed."
    if scope.faults.condition("no-stock", action, resource):
        return "Throttling.AllocationQuota", "There is no capacity left for this model."
    return None


def hidden_until(scope: Scope, action: str, resource: str) -> float:
    """When what was just created can be seen: a fault `lag` puts it off."""
    lag = scope.faults.condition("lag", action, resource)
    return scope.clock.now() + lag.seconds if lag is not None else 0.0
