"""When a forwarding rule applies to a request. Pure; help centre, "Forwarding rules" of ALB, and the official SDK's CreateRule.

A rule applies when each of its conditions does, and a condition when one of its values does. `*` stands for any text and `?` for any one
character in hosts, paths, headers, query strings and cookies; a path that begins with `~` is a regular expression (`~*`: of any case).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import translate
from http.cookies import CookieError, SimpleCookie
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from fourways.fakes.wire.messages import Request


@dataclass(frozen=True)
class Asked:
    """A request as rules see it: `path` as it came in at the listener, `client` the address that it came from."""

    request: Request
    path: str
    client: str


def apply(conditions: list[dict[str, Any]], asked: Asked) -> bool:
    return all(_KINDS[condition["Type"]](condition.get(f"{condition['Type']}Config", {}), asked) for condition in conditions)


def _like(pattern: str, text: str) -> bool:
    return re.match(translate(pattern.replace("[", "[[]")), text) is not None


def _any(values: list[str], text: str) -> bool:
    return any(_like(value, text) for value in values)


def _host(config: dict[str, Any], asked: Asked) -> bool:
    return _any([value.lower() for value in config["Values"]], asked.request.host().lower())


def _path(config: dict[str, Any], asked: Asked) -> bool:
    return any(_on_path(value, asked.path) for value in config["Values"])


def _on_path(value: str, path: str) -> bool:
    if value.startswith("~*"):
        return re.search(value[2:], path, re.IGNORECASE) is not None
    return re.search(value[1:], path) is not None if value.startswith("~") else _like(value, path)


def _method(config: dict[str, Any], asked: Asked) -> bool:
    return asked.request.method in config["Values"]


def _header(config: dict[str, Any], asked: Asked) -> bool:
    given = asked.request.headers.get(config["Key"].lower())
    return given is not None and _any(config["Values"], given)


def _query(config: dict[str, Any], asked: Asked) -> bool:
    return _pairs(config, dict(asked.request.query))


def _cookie(config: dict[str, Any], asked: Asked) -> bool:
    found = SimpleCookie()
    try:
        found.load(asked.request.headers.get("cookie", ""))
    except CookieError:
        return False
    return _pairs(config, {name: morsel.value for name, morsel in found.items()})


def _pairs(config: dict[str, Any], given: dict[str, str]) -> bool:
    """A pair without a key applies to any key's value, one without a value to any value."""
    return any(
        _like(pair.get("Key") or "*", name) and _like(pair.get("Value") or "*", value)
        for pair in config["Values"]
        for name, value in given.items()
    )


def _source(config: dict[str, Any], asked: Asked) -> bool:
    return any(IPv4Address(asked.client) in IPv4Network(value, strict=False) for value in config["Values"])


_KINDS: dict[str, Callable[[dict[str, Any], Asked], bool]] = {
    "Host": _host,
    "Path": _path,
    "Method": _method,
    "Header": _header,
    "QueryString": _query,
    "Cookie": _cookie,
    "SourceIp": _source,
}
KINDS = tuple(_KINDS)
