"""How many requests a gateway lets through to a service: a second, and at once. What is over is answered with 429.

Help centre, 'Parameters of model services': on the shared gateway 1000 requests a second a service and 10 000 a service group; private
ones have no limit by default; `networking.gateway_policy` sets the service's own. Assumed: its own rate takes the place of the default,
seconds are counted as the clock has them (no sliding window), and what comes through a group counts for the group and for the service.
"""

from __future__ import annotations

from fourways.fakes.services.eas.deployment import service_networking
from fourways.fakes.services.eas.deployment.service_groups import ServiceGroup
from fourways.fakes.services.eas.records import RateWindow, Service
from fourways.fakes.services.eas.serving import endpoints
from fourways.fakes.services.eas.serving.gate import text
from fourways.fakes.wire.messages import Response

SHARED_SERVICE, SHARED_GROUP = 1000, 10_000  # requests a second


def of_group(group: ServiceGroup, gateway: str, now: float) -> Response | None:
    """Counts one request to the group; the answer when it is one too many."""
    return _count(group.rate, SHARED_GROUP if gateway == endpoints.SHARED else None, now)


def of_service(service: Service, gateway: str, now: float) -> Response | None:
    """Counts one request to the service; the answer when it is one too many, in this second or under way."""
    most = service_networking.limit(service.config, service_networking.CONCURRENCY)
    if most is not None and sum(end > now for end in service.busy_until) >= most:
        return _too_many(f"more than {most} requests at once")
    own = service_networking.limit(service.config, service_networking.RATE)
    default = SHARED_SERVICE if gateway == endpoints.SHARED else None
    return _count(service.rate, default if own is None else own, now)


def _count(window: RateWindow, most: int | None, now: float) -> Response | None:
    if int(now) != window.second:
        window.second, window.requests = int(now), 0
    if most is not None and window.requests >= most:
        return _too_many(f"more than {most} requests a second")
    window.requests += 1
    return None


def _too_many(why: str) -> Response:
    return text(429, f"429 Too Many Requests: {why}")
