"""What the calls have in common: the deployment that a path names, the idempotency key, pages."""

from __future__ import annotations

import functools
import hashlib
import json
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.deployments import errors
from fourways.fakes.services.deployments.backend import DeploymentsBackend
from fourways.fakes.services.deployments.records import Deployment, Reservation

# Both names are of the same thing; where they differ the call is refused (assumed).
_KEYS = ("x-acs-req-uuid", "x-dashscope-requestid")
_LARGEST_PAGE = 200  # help centre, List deployments


def id_of(call: Call) -> str:
    """The request id that the caller has given, or ""."""
    given = {value for name in _KEYS if (value := call.request.headers.get(name))}
    if len(given) > 1:
        raise errors.bad("X-DashScope-RequestId", "it differs from x-acs-req-uuid.")
    return given.pop() if given else ""


def once(handler: Handler) -> Handler:
    """The same request id with the same request has its effect once, and the same answer; with another request it is refused."""

    @functools.wraps(handler)
    def answer(call: Call) -> dict[str, Any]:
        id = id_of(call)
        if not id:
            return handler(call) or {}
        said = json.dumps([call.request.method, call.request.path, call.parameters.body], sort_keys=True)
        digest = hashlib.sha256(said.encode()).hexdigest()
        answered = call.backend(DeploymentsBackend).answered
        return answered.answer((call.key.workspace, id), digest, lambda: handler(call) or {}, errors.key_conflict())

    return answer


def deployment(call: Call) -> Deployment:
    """The deployment that the path names; 404 NotFound in another workspace than the key's."""
    name = call.parameters.get("deployed_model")
    found = call.backend(DeploymentsBackend).find(name, call.key.workspace)
    if found is None:
        raise errors.no_deployment(name)
    return found


def reservation(call: Call) -> Reservation:
    """The reservation that the path names; 404 MODEL_CODE_NOT_FOUND, and 400 for model units, which have no capacity instances."""
    name = call.parameters.get("deployed_model")
    found = call.backend(DeploymentsBackend).find(name, call.key.workspace)
    if found is None:
        raise errors.no_model_code(name)
    if not isinstance(found, Reservation):
        raise errors.unsupported(f"{name} is no reservation: it is of plan mu.")
    return found


def page(call: Call, items: list[Any]) -> tuple[list[Any], dict[str, int]]:
    """One page by `page_no` and `page_size`."""
    number, size = _number(call, "page_no", 1, None), _number(call, "page_size", 50, _LARGEST_PAGE)
    start = (number - 1) * size
    return items[start : start + size], {"page_no": number, "page_size": size, "total": len(items)}


def _number(call: Call, name: str, default: int, most: int | None) -> int:
    text = call.parameters.get(name) or str(default)
    if not text.isdecimal() or int(text) < 1 or (most is not None and int(text) > most):
        raise errors.bad(name, f"{text!r}; a whole number from 1{f' to {most}' if most else ''}.")
    return int(text)
