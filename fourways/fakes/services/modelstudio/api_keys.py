"""API keys on the wire. Fields and their order: SDK 2.2.3, models of each call. Values are in clear at create and reset only."""

from __future__ import annotations

import ipaddress
from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.modelstudio import errors
from fourways.fakes.services.modelstudio.api_requests import backend, choice, page, truth, workspace
from fourways.fakes.services.modelstudio.backend import new_value
from fourways.fakes.services.modelstudio.records import EVERYWHERE, ApiKey, Auth
from fourways.fakes.wire.parameters import Parameters

_LONGEST_DESCRIPTION = 200
_MOST_ADDRESSES = 20


def create_api_key(call: Call) -> dict[str, Any]:
    made = backend(call).add_key(workspace(call), _creator(call), _description(call), _auth(call) or Auth())
    shown = ("apiKeyId", "createdBy", "description", "gmtCreate", "workspaceId")
    return {"apiKey": {**{name: value for name, value in _view(call, made).items() if name in shown}, "apiKeyValue": made.value}}


def list_api_keys(call: Call) -> dict[str, Any]:
    id, words, place = (call.parameters.optional(name) for name in ("apiKeyId", "description", "workspaceId"))
    order = choice(call, "orderBy", ("apiKeyId", "gmtCreate"), "apiKeyId")
    found = [
        key
        for key in backend(call).keys.values()
        if id in (None, str(key.id)) and (words or "") in key.description and place in (None, key.workspace)
    ]
    found.sort(
        key=lambda key: key.id if order == "apiKeyId" else key.created, reverse=choice(call, "order", ("DESC", "ASC"), "DESC") == "DESC"
    )
    rows, about = page(call, found)
    return {"apiKeys": [_view(call, key) for key in rows], **about}


def get_api_key(call: Call) -> dict[str, Any]:
    return {"apiKey": _view(call, _named(call))}


def update_api_key(call: Call) -> None:
    """`auth` is left alone where it is absent, and replaced as a whole where it is not; so is the description."""
    key, auth = _named(call), _auth(call)
    description = _description(call) if "description" in call.parameters else key.description
    key.description, key.auth = description, key.auth if auth is None else auth


def delete_api_key(call: Call) -> None:
    del backend(call).keys[_named(call).id]


def enable_api_key(call: Call) -> None:
    _named(call).enabled = True


def disable_api_key(call: Call) -> None:
    _named(call).enabled = False


def reset_api_key(call: Call) -> dict[str, Any]:
    """A new value; the old one ends at once."""
    key = _named(call)
    key.value = new_value()
    return {"apiKey": {"apiKeyId": key.id, "apiKeyValue": key.value, "workspaceId": key.workspace}}


def _named(call: Call) -> ApiKey:
    return backend(call).key(call.parameters.require("id"))


def _creator(call: Call) -> str:
    """That it is the caller's RAM user name, or the account's id, is assumed."""
    return call.user or call.scope.account


def _description(call: Call) -> str:
    given = call.parameters.get("description")
    if len(given) > _LONGEST_DESCRIPTION:
        raise errors.bad("description", f"It has {len(given)} characters; at most {_LONGEST_DESCRIPTION} are allowed.")
    return given


def _auth(call: Call) -> Auth | None:
    """`auth.type=Custom&auth.accessIps.1=...&auth.modelAccessScope.allowAllModels=True`; None where nothing of it is there."""
    given = call.parameters.under("auth")
    if not given.flat:
        return None
    kind = given.get("type")
    if kind not in ("All", "Custom"):
        raise errors.bad("auth.type", "Valid values: All, Custom.")
    addresses = _addresses(given)
    if kind == "Custom" and not addresses:
        addresses = list(EVERYWHERE)
    scope = given.under("modelAccessScope")
    everything = truth(scope.flat, "allowAllModels")
    return Auth(kind, addresses, everything is None or everything, scope.values("accessibleModels"))


def _addresses(given: Parameters) -> list[str]:
    addresses = given.values("accessIps")
    if len(addresses) > _MOST_ADDRESSES:
        raise errors.bad("auth.accessIps", f"{len(addresses)} are given; at most {_MOST_ADDRESSES} are allowed.")
    for address in addresses:
        try:
            ipaddress.ip_network(address, strict=False)
        except ValueError:
            raise errors.bad("auth.accessIps", f"{address} is no IP address and no CIDR block.") from None
    return addresses


def _view(call: Call, key: ApiKey) -> dict[str, Any]:
    auth = key.auth
    return {
        "apiKeyId": key.id,
        "apiKeyValue": masked(key.value),
        "auth": {
            "accessIps": auth.access_ips,
            "modelAccessScope": {"accessibleModels": auth.accessible_models, "allowAllModels": auth.allow_all_models},
            "type": auth.type,
        },
        "createdBy": key.creator,
        "description": key.description,
        "disabled": 0 if key.enabled else 1,
        "gmtCreate": int(key.created * 1000),
        "workspaceId": key.workspace,
        "workspaceName": backend(call).workspaces[key.workspace].name,
    }


def masked(value: str) -> str:
    """How a value looks where it is not shown: the form that the console has, `sk-36****56`."""
    return f"{value[:5]}****{value[-2:]}"
