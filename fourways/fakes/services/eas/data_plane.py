"""What answers under a service's endpoint: the gateway's checks (service, token, queue), then the engine.

Status codes: help centre, 'Status codes' of EAS: 401 authorization failed, 404 service not found, 450 queue full. That 503 is answered
while no replica runs, and the texts of these answers, are assumed.
"""

from __future__ import annotations

import hmac

from fourways.fakes.cloud import Cloud
from fourways.fakes.services.eas import endpoints, engine
from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.eas.records import RUNNING, Service
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
    service = _service(cloud, request.path)
    where = endpoints.find(request.path)
    if service is None or where is None:
        return _text(404, "404 Not Found: the service does not exist")
    given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if not hmac.compare_digest(given.encode(), service.token.encode()):
        return _text(401, "401 Authorization Failed")
    cloud.backend(EasBackend, service.account, service.region).scaling.asked(service)
    serving = [replica for replica in service.in_state(RUNNING) if not replica.isolated]
    if not serving:
        return _text(503, f"503 Service Unavailable: the service is {service.status}")
    path = where["rest"]
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
    slots = sum(min(running.requests or curves.slots(replica.need.gpus), curves.slots(replica.need.gpus)) for replica in serving)
    try:
        job = completions.accept(request.body, running, chat=path == "/v1/chat/completions", now=cloud.clock.now())
    except completions.RefusedError as error:
        return Response.of_json(error.body, error.status)
    return _serve(cloud, service, job, slots)


def _service(cloud: Cloud, path: str) -> Service | None:
    where = endpoints.find(path)
    if where is None:
        return None
    for backend in cloud.backends(EasBackend):
        if (backend.scope.account, backend.scope.region) == (where["account"], where["region"]):
            service = backend.services.get(where["name"])
            return service if service is not None and endpoints.reachable(service, vpc=where["vpc"]) else None
    return None


def _serve(cloud: Cloud, service: Service, job: completions.Job, slots: int) -> Response:
    """Take a slot, now or when the first is free again, and answer at the pace of the made-up curves."""
    now = cloud.clock.now()
    service.busy_until = sorted(end for end in service.busy_until if end > now)
    ahead = len(service.busy_until)
    if ahead - slots >= curves.longest_queue(slots):
        return _text(450, "450 the waiting queue of the service is full")
    begin = now if ahead < slots else service.busy_until[ahead - slots]
    pace = curves.pace(job.prompt_tokens, min(ahead + 1, slots) / slots)
    end = begin + pace.first + pace.each * max(0, len(job.completion) - 1)
    service.busy_until.append(end)

    def release() -> None:  # the client may have gone before its answer was complete
        if end in service.busy_until:
            service.busy_until.remove(end)

    return pacing.respond(cloud.clock, job, begin - now, pace, release)


def _text(status: int, text: str) -> Response:
    return Response(status, text.encode(), {"content-type": "text/plain; charset=utf-8"})
