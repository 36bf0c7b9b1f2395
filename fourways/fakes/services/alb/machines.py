"""The one place where ALB meets the machines behind it: which instance a server is, and what answers on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.machines import engine
from fourways.fakes.wire.messages import Request, Response

if TYPE_CHECKING:
    from fourways.fakes.service import Scope
    from fourways.fakes.services.alb.server_groups import Server


def instance_of(scope: Scope, server: Server) -> str | None:
    """The instance behind a server: itself, that of its network interface, or the one that has its address; None where there is none."""
    ecs = scope.backend(EcsBackend)
    if server.type == "Ecs":
        return server.id if server.id in ecs.instances else None
    interfaces = [one for one in ecs.network_interfaces if one.id == server.id or (server.type == "Ip" and server.id in one.ips)]
    return next((one.instance_id for one in interfaces if one.instance_id), None)


def answer(scope: Scope, server: Server, path: str, request: Request) -> Response | None:
    """What the server answers to a client's request; None where nothing takes the connection, cut where something does and says nothing."""
    instance = instance_of(scope, server)
    return None if instance is None else engine.answer(scope.cloud, scope, instance, server.port, path, request)


def check_status(scope: Scope, server: Server, check: dict[str, Any]) -> int | None:
    """The HTTP status that a health check gets, None where nothing takes the connection or answers.

    A check by GET asks for the path alone; one by another method is a request as a client's would be: what serves /health to a GET
    may refuse a HEAD.
    """
    instance = instance_of(scope, server)
    port, path = check["HealthCheckConnectPort"] or server.port, check["HealthCheckPath"]
    if instance is None:
        return None
    if check["HealthCheckProtocol"] == "TCP" or check["HealthCheckMethod"] == "GET":
        return engine.status(scope, instance, port, path)
    request = Request.build(check["HealthCheckMethod"], path, {}, b"")
    response = engine.answer(scope.cloud, scope, instance, port, request.path, request)
    if response is not None and response.done is not None:
        response.done()
    return None if response is None or response.cut else response.status
