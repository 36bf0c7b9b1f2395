"""An answer reduced to its shape: which fields, of which types. Pure.

A shape is plain YAML: an object is a mapping of its fields, a list holds the shape that its items have together, and a scalar is a text:
`number`, `boolean`, `null`, a kind of text (`text`, `url https`, `id vpc-`, ...) or, for the fields whose values the API documents, the
value itself (`is Running`); alternatives stand side by side (`null or text`). Ids, times, addresses, names and secrets are left as kinds:
**no value of an account is in a shape**.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

Shape = str | list[Any] | dict[str, Any]

JSON = "$json"
"""Key of a text that holds JSON, such as ServiceConfig: the shape of what it holds is below it."""
MAP = "$map"
"""Key of an object whose keys are data, such as labels: the shape that its values have together is below it."""
ANY = "$any"
"""Key of what has several shapes at once, such as an object here and a text there."""
OR = " or "
EMPTY = "empty"

#: Fields whose values are a documented, closed list (alibabacloud-eas20210701 7.0.0 models.py; VPC 2016-04-28; ECS 2014-05-26; OpenAI API).
# fmt: off
ENUMS = frozenset({
    "Status", "InstanceStatus", "ChargeType", "InstanceChargeType", "InternetChargeType", "ResourceType", "StockStatus", "SafetyLock",
    "TrafficState", "Role", "EndpointType", "PathType", "NatType", "NetworkType", "NicType", "Policy", "IpProtocol", "Direction",
    "InnerAccessPolicy", "RouteTableType", "RouterType", "SecurityGroupType", "DnsHostnameStatus", "DhcpOptionsSetStatus", "Arch",
    "object", "role", "finish_reason",
})
# fmt: on
MAPS = frozenset({"labels", "annotations", "env"})
"""Objects keyed by what a user wrote (compared in lower case)."""

_VALUE = re.compile(r"[A-Za-z][A-Za-z._-]{0,31}")
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,63}")
_ID = re.compile(r"(vpc|vsw|vtb|vrt|sg|sgr|ngw|eip|stb|ftb|snat|rg|eni|eas-r|eas-i|eas-m)-[a-z0-9-]+")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_TIMES = (
    ("time YYYY-MM-DDThh:mm:ssZ", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")),
    ("time YYYY-MM-DDThh:mmZ", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ")),
    ("time YYYY-MM-DDThh:mm:ss+hh:mm", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")),
    ("time YYYY-MM-DD hh:mm:ss", re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")),
)


def shape(value: Any, field: str = "") -> Shape:
    """The shape of a JSON value; `field` is the name that it stands under."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return _text(value, field)
    if isinstance(value, Mapping):
        if field.lower() in MAPS or not all(isinstance(key, str) and _FIELD.fullmatch(key) for key in value):
            return {MAP: together(shape(item) for item in value.values())}
        return {key: shape(item, key) for key, item in value.items()}
    items = together(shape(item, field if isinstance(item, str) else "") for item in value)
    return [] if items == EMPTY and not value else [items]


def together(shapes: Iterable[Shape]) -> Shape:
    """The shape that all of them have together; `empty` for none."""
    found = list(shapes)
    return reduce(union, found) if found else EMPTY


def union(one: Shape, other: Shape) -> Shape:
    """What is either of one shape or of the other, at most one alternative of each form: the same in whatever order."""
    parts = _by_form(one)
    for name, part in _by_form(other).items():
        parts[name] = _merged(name, parts[name], part) if name in parts else part
    return next(iter(parts.values())) if len(parts) == 1 else {ANY: [parts[name] for name in sorted(parts)]}


def form(of: Shape) -> str:
    """The name of a shape's outermost form, for messages and for telling forms apart."""
    if isinstance(of, str):
        return "scalar"
    if isinstance(of, list):
        return "list"
    return {JSON: "JSON text", MAP: "map", ANY: "several forms"}.get(next(iter(of), ""), "object")


def _by_form(of: Shape) -> dict[str, Shape]:
    alternatives = of[ANY] if isinstance(of, dict) and ANY in of else [of]
    return {form(alternative): alternative for alternative in alternatives}


def _merged(name: str, one: Any, other: Any) -> Shape:
    """The union of two shapes of the form `name`."""
    if name == "scalar":
        return OR.join(sorted({*one.split(OR), *other.split(OR)}))
    if name == "list":
        return [together([*one, *other])] if one or other else []
    return {key: union(one[key], other[key]) if key in one and key in other else {**one, **other}[key] for key in {**one, **other}}


def _text(value: str, field: str) -> Shape:
    if field in ENUMS and _VALUE.fullmatch(value):
        return f"is {value}"
    if not value:
        return EMPTY
    if value.lstrip()[:1] in ("{", "["):
        try:
            return {JSON: shape(json.loads(value), field)}
        except ValueError:
            return "text"
    for name, pattern in _TIMES:
        if pattern.fullmatch(value):
            return name
    if value.startswith(("http://", "https://")):
        return f"url {value.partition(':')[0]}"
    if _UUID.fullmatch(value):
        return "uuid"
    if match := _ID.fullmatch(value):
        return f"id {match[1]}-"
    if value.isdigit():
        return "digits"
    return _network(value)


def _network(value: str) -> str:
    for name, read in (("address", ipaddress.ip_address), ("range", ipaddress.ip_network)):
        try:
            read(value)
        except ValueError:
            continue
        return name
    return "text"
