"""What others ask of the machine behind an instance: load balancers, scaling groups, monitoring. Everything else in this folder is its own.

Who asks is not known here: a port answers once the security groups let anybody connect to it (`reach.opens`).
"""

from __future__ import annotations

import hmac

from fourways.fakes.cloud import Cloud
from fourways.fakes.service import Scope
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.machines import metrics
from fourways.fakes.services.ecs.machines.machine import Machine
from fourways.fakes.services.ecs.machines.metering import Load
from fourways.fakes.services.ecs.machines.plan import EngineUnit
from fourways.fakes.services.shared import completions, curves, pacing
from fourways.fakes.wire.messages import Request, Response

_METHODS = {
    "/v1/chat/completions": "POST",
    "/v1/completions": "POST",
    "/v1/models": "GET",
    "/health": "GET",
    "/version": "GET",
    "/metrics": "GET",
}


def alive(scope: Scope, instance_id: str) -> bool:
    """Whether the instance runs, in a zone that is up: the health that ECS itself can see."""
    backend = scope.backend(EcsBackend)
    instance = backend.instances.known(instance_id)
    return instance is not None and instance.status == "Running" and instance.zone not in backend.zones_down


def status(scope: Scope, instance_id: str, port: int, path: str) -> int | None:
    """The HTTP status that GET `path` gets without a key; None where nothing accepts the connection, or nothing answers."""
    found = answer(scope.cloud, scope, instance_id, port, path, Request("GET", path, {}, {}, b"", path))
    return None if found is None or found.cut else found.status


def load(scope: Scope, instance_id: str) -> Load:
    """All 0 where no engine serves."""
    machines = scope.backend(EcsBackend).machines
    machine = machines.find(instance_id)
    return Load() if machine is None else machines.load(machine)


def answer(cloud: Cloud, scope: Scope, instance_id: str, port: int, request_path: str, request: Request) -> Response | None:
    """What the engine says to a request for `request_path`; None where nothing accepts the connection.

    An answer that is under way when the machine dies is `broken`, and must be broken off."""
    found = _listening(scope, instance_id, port)
    if found is None:
        return None
    machine, unit = found
    if machine.hung:
        return Response(cut=True)
    guarded = request_path.startswith("/v1") if unit.kind == "vllm" else not request_path.startswith(("/health", "/metrics"))
    if guarded and machine.key and not _knows(request, machine.key):
        # vLLM's AuthenticationMiddleware (entrypoints/openai/api_server.py) and SGLang's add_api_key_middleware (utils.py) say the same.
        return Response.of_json({"error": "Unauthorized"}, 401)
    if request_path not in _METHODS:
        return Response.of_json({"detail": "Not Found"}, 404)
    if request.method != _METHODS[request_path]:
        return Response.of_json({"detail": "Method Not Allowed"}, 405)
    if not request_path.startswith("/v1/"):
        return _plain(scope, machine, unit, request_path)
    if request_path == "/v1/models":
        return Response.of_json(completions.models(unit.engine, machine.started))
    try:
        job = completions.accept(request.body, unit.engine, chat=request_path == "/v1/chat/completions", now=cloud.clock.now())
    except completions.RefusedError as error:
        return Response.of_json(error.body, error.status)
    return _serve(scope, machine, job, scope.backend(EcsBackend).machines.slots(machine, unit))


def _listening(scope: Scope, instance_id: str, port: int) -> tuple[Machine, EngineUnit] | None:
    machines = scope.backend(EcsBackend).machines
    machine = machines.find(instance_id)
    if machine is None or machine.plan.engine is None or machine.plan.engine.port != port:
        return None
    return (machine, machine.plan.engine) if machines.serves(machine) and machines.admits(machine, port) else None


def _knows(request: Request, key: str) -> bool:
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    return kind == "Bearer" and hmac.compare_digest(given.encode(), key.encode())


def _plain(scope: Scope, machine: Machine, unit: EngineUnit, path: str) -> Response:
    """What needs no key and takes no slot."""
    if path == "/health":
        return Response(200)
    if path == "/version":
        return Response.of_json({"version": "fake"})
    if not unit.metrics:
        return Response.of_json({"detail": "Not Found"}, 404)
    now = load(scope, machine.instance_id)
    text = metrics.text(unit, machine.meter, now.running, now.waiting, now.kv_cache)
    return Response(200, text.encode(), {"content-type": "text/plain; version=0.0.4; charset=utf-8"})


def _serve(scope: Scope, machine: Machine, job: completions.Job, slots: int) -> Response:
    """Take a slot, now or when the first is free again (engines queue without end), and answer at the pace of the made-up curves."""
    now, meter = scope.clock.now(), machine.meter
    busy = meter.under_way(now)
    ahead = len(busy)
    begin = now if ahead < slots else busy[ahead - slots]
    pace = curves.pace("bare-metal", job.prompt_tokens, min(ahead + 1, slots) / slots)
    end = meter.take(job, begin, pace, now)
    response = pacing.respond(scope.clock, job, begin - now, pace, lambda: meter.release(end))
    machines = scope.backend(EcsBackend).machines
    response.broken = lambda: machine.hung or not machines.serves(machine)
    return response
