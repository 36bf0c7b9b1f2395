"""The health of servers in a group, asked when somebody wants to know it."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Scope
from fourways.fakes.services.alb import checks, machines
from fourways.fakes.services.alb.backend import AlbBackend
from fourways.fakes.services.alb.server_groups import Server, ServerGroup
from fourways.fakes.wire.errors import CloudError

_WORST_FIRST = ("Unhealthy", "Initial", "Healthy")


def status(scope: Scope, server_group_id: str, instance_id: str) -> str:
    """`Initial`, `Healthy` or `Unhealthy`: the worst of what the instance's ports are in. Raises 404 for what is no server of the group."""
    group = scope.backend(AlbBackend).server_groups[server_group_id]
    found = {of_server(scope, group, server) for server in group.servers if machines.instance_of(scope, server) == instance_id}
    if not found:
        raise CloudError(404, "ResourceNotFound.BackendServer", f"The specified resource BackendServer [{instance_id}] is not found.")
    return next(status for status in _WORST_FIRST if status in found)


def of_server(scope: Scope, group: ServerGroup, server: Server) -> str:
    """Asks the server and remembers what came of it. A group without health check takes every server for healthy.

    What is under way on one that has failed drains as it would on one that was removed.
    """
    if not group.health_check["HealthCheckEnabled"]:
        return "Healthy"
    code, before, now = machines.check_status(scope, server, group.health_check), server.seen.status, scope.clock.now()
    server.seen = checks.judge(server.seen, code, now, group.health_check)
    traffic = scope.backend(AlbBackend).traffic
    if server.seen.status == "Healthy":
        traffic.join(group.key(server))
    elif before == "Healthy" and group.drain["ConnectionDrainEnabled"]:
        traffic.leave(group.key(server), now + group.drain["ConnectionDrainTimeout"])
    return server.seen.status


def shown(scope: Scope, group: ServerGroup, server: Server) -> dict[str, Any] | None:
    """A row of NonNormalServers in GetListenerHealthStatus; None for a healthy server. Words: the official SDK, alb20200616 1.3.3."""
    row: dict[str, Any] = {"ServerId": server.id, "ServerIp": server.ip, "Port": server.port}
    if server.weight == 0:
        return {**row, "Status": "Unused"}
    if not group.health_check["HealthCheckEnabled"]:
        return {**row, "Status": "Unavailable"}
    status = of_server(scope, group, server)
    if status == "Healthy":
        return None
    return {**row, "Status": status, **({"Reason": _reason(group, server)} if status == "Unhealthy" else {})}


def _reason(group: ServerGroup, server: Server) -> dict[str, str]:
    if server.seen.code is None:
        return {"ReasonCode": "CONNECT_FAILED"}
    expected = ",".join(code.replace("http", "HTTP") for code in group.health_check["HealthCheckCodes"])
    return {"ReasonCode": "RESPONSE_MISMATCH", "ActualResponse": str(server.seen.code), "ExpectedResponse": expected}
