"""Where the Python package and the bridge's default differ: one object where the bridge has a list, the other way round, or left out."""

import re
from typing import Any

from python_package import Entity, Shape

Override = dict[str, bool]


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def _plurals(name: str) -> list[str]:
    return [name + "s", name + "es", re.sub("y$", "ies", name)]


def needed(upstream: dict[str, dict[str, Any]], entity: Entity) -> dict[str, Override]:
    """Overrides of one resource or function by upstream path (`network_interfaces`, `rules.targets`)."""
    return _compare(upstream, entity.outputs, "", top=True)


def _compare(upstream: dict[str, dict[str, Any]], python: dict[str, Shape], path: str, top: bool = False) -> dict[str, Override]:
    result: dict[str, Override] = {}
    for name, about in upstream.items():
        if about["removed"] or (top and name == "id"):
            continue
        here = path + about["upstream"]
        shape = python.get(name)
        if about["collection"]:
            single = python.get(_camel(about["upstream"]))
            several = next((python[plural] for plural in _plurals(_camel(about["upstream"])) if plural in python), None)
            if about["list"] and (shape is None or not shape.is_list) and single is not None and not single.is_list:
                result[here], shape = {"maxItemsOne": True}, single
            elif not about["list"] and shape is None and several is not None:
                result[here], shape = {"maxItemsOne": False}, several
            elif not about["list"] and shape is not None and shape.is_list:
                result[here] = {"maxItemsOne": False}
        if shape is None:
            result[here] = {"omit": True}
        elif about.get("fields") and shape.fields is not None:
            result |= _compare(about["fields"], shape.fields, here + ".")
    return result
