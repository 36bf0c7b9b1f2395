"""The health of what stands behind a listener, on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.alb import health
from fourways.fakes.services.alb.backend import AlbBackend
from fourways.fakes.services.alb.rules import Rule
from fourways.fakes.services.alb.server_groups import ServerGroup


def _group(call: Call, group: ServerGroup) -> dict[str, Any]:
    rows = (health.shown(call.scope, group, server) for server in group.servers)
    return {
        "ServerGroupId": group.id,
        "ActionType": "ForwardGroup",
        "HealthCheckEnabled": "on" if group.health_check["HealthCheckEnabled"] else "off",
        "ServerCount": len(group.servers),
        "NonNormalServers": [row for row in rows if row is not None],
    }


def get_listener_health_status(call: Call) -> dict[str, Any]:
    backend = call.backend(AlbBackend)
    listener = backend.listeners[call.parameters.require("ListenerId")]
    groups = [_group(call, backend.server_groups[target["ServerGroupId"]]) for target in listener.targets]
    row = {
        "ListenerId": listener.id,
        "ListenerPort": listener.port,
        "ListenerProtocol": listener.protocol,
        "ServerGroupInfos": groups,
    }
    rules = backend.rules.of(listener.id) if call.parameters.boolean("IncludeRule") else []
    return {"ListenerHealthStatus": [row], "RuleHealthStatus": [_rule(call, rule) for rule in rules], "NextToken": ""}


def _rule(call: Call, rule: Rule) -> dict[str, Any]:
    groups = call.backend(AlbBackend).server_groups
    return {"RuleId": rule.id, "ServerGroupInfos": [_group(call, groups[id]) for id in rule.groups()]}


ACTIONS: dict[str, Handler] = {"GetListenerHealthStatus": get_listener_health_status}
