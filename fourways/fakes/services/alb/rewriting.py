"""What the actions of a forwarding rule do to a request, and what they answer themselves. Pure.

`${host}`, `${path}`, `${query}`, `${protocol}` and `${port}` stand for the request's own (help centre, "Forwarding rules" of ALB). Limits,
mirrors and CORS are kept and shown, and do nothing here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote

from fourways.fakes.services.alb.conditions import Asked
from fourways.fakes.wire.messages import Response


def changed(asked: Asked, actions: list[dict[str, Any]]) -> Asked:
    """The request as the servers get it."""
    for action in actions:
        config = action.get(f"{action['Type']}Config", {})
        match action["Type"]:
            case "Rewrite":
                asked = _rewritten(asked, config)
            case "InsertHeader" if config.get("ValueType") == "UserDefined":
                asked = _with_headers(asked, {**asked.request.headers, config["Key"].lower(): config["Value"]})
            case "RemoveHeader" if config:
                kept = {name: value for name, value in asked.request.headers.items() if name != config["Key"].lower()}
                asked = _with_headers(asked, kept)
    return asked


def _with_headers(asked: Asked, headers: dict[str, str]) -> Asked:
    return replace(asked, request=replace(asked.request, headers=headers))


def _rewritten(asked: Asked, config: dict[str, str]) -> Asked:
    parts = _parts(asked)
    host, path, query = (_filled(config.get(name) or f"${{{name.lower()}}}", parts) for name in ("Host", "Path", "Query"))
    given = {name: value for name, value in asked.request.headers.items() if name != "host"}
    request = replace(asked.request, path=path, raw_path=quote(path), query=dict(parse_qsl(query, keep_blank_values=True)), raw_query=query)
    return replace(asked, path=path, request=replace(request, headers={**given, "host": host}))


def _parts(asked: Asked) -> dict[str, str]:
    request = asked.request
    protocol, port = ("HTTPS", "443") if request.secure else ("HTTP", "80")
    named = request.headers.get("host", "").rpartition(":")[2]
    return {
        "host": request.host(),
        "path": asked.path,
        "query": request.raw_query,
        "protocol": protocol,
        "port": named if named.isdigit() else port,
    }


def _filled(text: str, parts: dict[str, str]) -> str:
    for name, value in parts.items():
        text = text.replace(f"${{{name}}}", value)
    return text


def answer(action: dict[str, Any], asked: Asked) -> Response | None:
    """What the load balancer answers itself; None where a server does."""
    config = action.get(f"{action['Type']}Config", {})
    match action["Type"]:
        case "FixedResponse":
            content = {"content-type": config.get("ContentType") or "text/plain"}
            return Response(int(config.get("HttpCode", "200")), config["Content"].encode(), content)
        case "Redirect":
            return Response(int(config.get("HttpCode") or "301"), headers={"location": _location(config, asked)})
        case _:
            return None


def _location(config: dict[str, Any], asked: Asked) -> str:
    parts = _parts(asked)
    protocol, host, port, path, query = (
        _filled(config.get(name) or f"${{{name.lower()}}}", parts) for name in ("Protocol", "Host", "Port", "Path", "Query")
    )
    usual = {"HTTP": "80", "HTTPS": "443"}[protocol.upper()]
    return f"{protocol.lower()}://{host}{'' if port == usual else f':{port}'}{path}{f'?{query}' if query else ''}"
