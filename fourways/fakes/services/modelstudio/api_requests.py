"""What the handlers share: whose state a call means, pages by token, and the envelope of answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.maas import REGIONAL
from fourways.fakes.services.modelstudio import errors
from fourways.fakes.services.modelstudio.backend import ModelStudioBackend
from fourways.fakes.services.modelstudio.records import Workspace

_LARGEST_PAGE = 200  # SDK, ListModelLimits: 0 to 200; that the other lists have the same bound is assumed
_PAGE = 20  # SDK, ListModelPermissions; as above


def backend(call: Call) -> ModelStudioBackend:
    """The state of the call's region. Raises CloudError where Model Studio has no endpoint."""
    if call.scope.region not in REGIONAL.values():
        raise errors.region_not_served(call.scope.region)
    return call.backend(ModelStudioBackend)


def workspace(call: Call, *, required: bool = False) -> Workspace:
    """The one that `workspaceId` names; the default one where it may be left out."""
    id = call.parameters.optional("workspaceId")
    if required and id is None:
        raise errors.bad("workspaceId", "It is required.")
    return backend(call).workspace(id)


def enveloped(handler: Handler, message: str = "message") -> Handler:
    """The handler with the envelope of its answers. That a code is `Success` where all went well, and the message empty, is assumed."""

    def answer(call: Call) -> dict[str, Any]:
        return {"code": "Success", "httpStatusCode": 200, message: "", "success": True, **(handler(call) or {})}

    return answer


def page(call: Call, rows: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
    """One page by maxResults and nextToken (an offset), and the fields of the answer that say so. Raises InvalidParameter.maxResults."""
    size = whole(call, "maxResults", _PAGE)
    if size > _LARGEST_PAGE:
        raise errors.page_too_large(_LARGEST_PAGE)
    start = whole(call, "nextToken", 0)
    about: dict[str, Any] = {"maxResults": size, "totalCount": len(rows)}
    if size and start + size < len(rows):
        about["nextToken"] = str(start + size)
    return list(rows[start : start + size]), about


def whole(call: Call, name: str, default: int) -> int:
    """A parameter that is a whole number; `default` where it is absent or blank."""
    text = call.parameters.get(name)
    if text and not text.isdecimal():
        raise errors.bad(name, "It must be a whole number of at least 0.")
    return int(text) if text else default


def choice(call: Call, name: str, allowed: Sequence[str], default: str) -> str:
    given = call.parameters.optional(name) or default
    if given not in allowed:
        raise errors.bad(name, f"Valid values: {', '.join(allowed)}.")
    return given


def truth(values: Mapping[str, str], name: str) -> bool | None:
    """A boolean of a form, which the SDK capitalises; None where it is absent."""
    text = values.get(name, "").lower()
    if text not in ("", "true", "false"):
        raise errors.bad(name, "It must be true or false.")
    return text == "true" if text else None


def parsed(call: Call, name: str) -> Any:
    """A parameter that is JSON in a string; None where it is absent."""
    text = call.parameters.optional(name)
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError:
        raise errors.bad(name, "It must be JSON.") from None
