"""What the handlers of EAS share: whose backend a call means, JSON in the query, lists, pages, order."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from fourways.fakes.service import Call
from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.eas.errors import bad

Item = TypeVar("Item")


def backend(call: Call) -> EasBackend:
    """The state of the region that the path names (`ClusterId` is the region's id), else of the call's region."""
    return call.scope.cloud.backend(EasBackend, call.scope.account, call.parameters.get("ClusterId") or call.scope.region)


def body(call: Call) -> dict[str, Any]:
    """The JSON object of the request body; empty when there is none."""
    found = call.parameters.body
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise bad("The request body must be a JSON object.")
    return found


def json_map(call: Call, name: str) -> dict[str, str | None]:
    """A query parameter that is a JSON object of strings (`Labels`, `Label`); null values stay None."""
    text = call.parameters.get(name)
    if not text:
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str | None) for value in found.values()):
        raise bad(f"{name} must be a JSON object of strings.")
    return found


def names(call: Call, name: str) -> list[str]:
    """A query parameter that is a comma-separated list."""
    return [part for part in call.parameters.get(name).split(",") if part]


def has_labels(labels: dict[str, str], wanted: dict[str, str | None]) -> bool:
    """A null value matches any (help centre, ListServices: `{"key1":"value1","key2":null}`)."""
    return all(key in labels and value in (None, labels[key]) for key, value in wanted.items())


def page(
    call: Call, items: Sequence[Item], view: Callable[[Item], dict[str, Any]], name: str, *, size: int = 100, page_name: str = "PageNumber"
) -> dict[str, Any]:
    """One page as `{name: rows, PageNumber, PageSize, TotalCount}`. Pages larger than 1000 are refused (assumed)."""
    number = _whole(call, page_name, 1)
    rows = _whole(call, "PageSize", size)
    if rows > 1000:
        raise bad(f"PageSize must not exceed 1000, but is {rows}.")
    start = (number - 1) * rows
    return {name: [view(item) for item in items[start : start + rows]], page_name: number, "PageSize": rows, "TotalCount": len(items)}


def _whole(call: Call, name: str, default: int) -> int:
    text = call.parameters.get(name)
    if not text:
        return default
    if not text.isdigit() or int(text) < 1:
        raise bad(f"{name} must be a whole number from 1, not {text!r}.")
    return int(text)


def ordered(call: Call, items: Sequence[Item], keys: dict[str, Callable[[Item], Any]]) -> list[Item]:
    """Sorted as `Sort` and `Order` ask: by default the newest first."""
    sort = call.parameters.get("Sort") or "CreateTime"
    if sort not in keys:
        raise bad(f"Sort must be one of {', '.join(keys)}, not {sort!r}.")
    order = (call.parameters.get("Order") or "desc").lower()
    if order not in ("asc", "desc"):
        raise bad(f"Order must be asc or desc, not {order!r}.")
    ranked = sorted(enumerate(items), key=lambda pair: (keys[sort](pair[1]), pair[0]), reverse=order == "desc")
    return [item for _, item in ranked]
