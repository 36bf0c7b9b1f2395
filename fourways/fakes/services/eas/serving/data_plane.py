"""What answers under an endpoint: the gateway (open, lists, redirection), the service or group (token), the limits, then the engine.

Status codes: help centre, 'Status codes' of EAS: 401 authorization failed, 404 service not found, 429 too many requests, 450 queue full.
That 503 is answered while no replica runs, the texts of these answers, and the order of the checks are assumed.
"""

from __future__ import annotations

import hmac

from fourways.fakes.cloud import Cloud
from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.eas.deployment import service_groups
from fourways.fakes.services.eas.deployment.service_groups import ServiceGroup
from fourways.fakes.services.eas.records import Service
from fourways.fakes.services.eas.serving import endpoints, engine, gate, limits
from fourways.fakes.services.eas.serving.gate import text
from fourways.fakes.services.shared import completions, curves, pacing
from fourways.fakes.wire.messages import Request, Response

_METHODS = {
    "/v1/chat/completions": "POST",
    "/v1/completions": "POST",
    "/v1/models": "GET",
    "/health": "GET",
    "/version": "GET",
}


def handle(cloud: Cloud, request: Request) -> Response:
    """Answer one request to an endpoint."""
    place = endpoints.find(request.path)
    home = _home(cloud, place)
    if place is None or home is None:
        return _no_service()
    kept_out = gate.refusal(home, place, request)
    if kept_out is not None:
        return kept_out
    target = _target(home, place.name)
    behind = [service for service in _services(home, target) if endpoints.passes(cloud, service, place)]
    if target is None or not behind:
        return _no_service()
    given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if not hmac.compare_digest(given.encode(), target.token.encode()):
        return text(401, "401 Authorization Failed")
    now = cloud.clock.now()
    if isinstance(target, ServiceGroup):
        too_many = limits.of_group(target, place.gateway, now)
        if too_many is not None:
            return too_many
        name = service_groups.choose(target, service_groups.shares(behind))
        if name is None:
            return text(503, "503 Service Unavailable: no service of the group takes its traffic")
        service = home.services[name]
    else:
        service = target
    return limits.of_service(service, place.gateway, now) or _answer(cloud, service, place.rest, request)


def _home(cloud: Cloud, place: endpoints.Place | None) -> EasBackend | None:
    if place is None:
        return None
    homes = cloud.backends(EasBackend)
    return next((home for home in homes if (home.scope.account, home.scope.region) == (place.account, place.region)), None)


def _target(home: EasBackend, name: str) -> Service | ServiceGroup | None:
    """The service or group of this name in a path."""
    service = home.services.get(name.rpartition(".")[2])
    if service is not None and endpoints.path_name(service) == name:
        return service
    return home.service_groups.items.get(name)


def _services(home: EasBackend, target: Service | ServiceGroup | None) -> list[Service]:
    if isinstance(target, ServiceGroup):
        return home.service_groups.members(target)
    return [target] if target is not None else []


def _answer(cloud: Cloud, service: Service, path: str, request: Request) -> Response:
    """What the engine in the service's container says."""
    cloud.backend(EasBackend, service.account, service.region).scaling.asked(service)
    serving = service.serving
    if not serving:
        return text(503, f"503 Service Unavailable: the service is {service.status}")
    if path not in _METHODS:
        return Response.of_json({"detail": "Not Found"}, 404)
    if request.method != _METHODS[path]:
        return Response.of_json({"detail": "Method Not Allowed"}, 405)
    # During an update old and new replicas answer; the old version's settings hold until the new one serves.
    config = service.version(serving[0].version).config
    running = engine.read(config, service.name)
    if path == "/health":
        return Response(200)
    if path == "/version":
        return Response.of_json({"version": "fake"})
    if path == "/v1/models":
        return Response.of_json(completions.models(running, service.created))
    most = [curves.slots("eas", replica.need.gpus) for replica in serving]
    slots = sum(min(running.requests or each, each) for each in most)
    try:
        job = completions.accept(request.body, running, chat=path == "/v1/chat/completions", now=cloud.clock.now())
    except completions.RefusedError as error:
        return Response.of_json(error.body, error.status)
    return _serve(cloud, service, job, slots)


def _serve(cloud: Cloud, service: Service, job: completions.Job, slots: int) -> Response:
    """Take a slot, now or when the first is free again, and answer at the pace of the made-up curves."""
    now = cloud.clock.now()
    service.busy_until = sorted(end for end in service.busy_until if end > now)
    ahead = len(service.busy_until)
    if ahead - slots >= curves.longest_queue(slots):
        return text(450, "450 the waiting queue of the service is full")
    begin = now if ahead < slots else service.busy_until[ahead - slots]
    pace = curves.pace("eas", job.prompt_tokens, min(ahead + 1, slots) / slots)
    end = begin + pace.first + pace.each * max(0, len(job.completion) - 1)
    service.busy_until.append(end)

    def release() -> None:  # the client may have gone before its answer was complete
        if end in service.busy_until:
            service.busy_until.remove(end)

    return pacing.respond(cloud.clock, job, begin - now, pace, release)


def _no_service() -> Response:
    return text(404, "404 Not Found: the service does not exist")
