"""What an API key says about itself, as inputs and outputs. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fourways.cloud import marked_text, ownership
from fourways.cloud.answers import Row, text, whole
from fourways.provider.names import IMPORTED, INTERNAL
from fourways.provider.values import Plain

#: What the server makes of an empty allow-list (alibabacloud-modelstudio20260210 2.2.3, CreateApiKey).
EVERYWHERE = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The keys of one resource: the one in use, and the one before it while an overlap keeps it. A value that nobody knows is None."""

    id: str
    value: str | None = None
    created: str | None = None
    previous_id: str | None = None
    previous_value: str | None = None
    #: `SECRET/VERSION` that the value was handed over as.
    handed_over: str | None = None

    @staticmethod
    def of(resource_id: str, state: Mapping[str, Plain]) -> Keys:
        """As the state has them; `resource_id` tells the key of a resource that was recorded or imported by its id alone."""
        return Keys(
            id=str(state.get("apiKeyId") or resource_id.split("/", 1)[1]),
            value=state.get("value"),
            created=state.get("created"),
            previous_id=state.get("previousApiKeyId"),
            previous_value=state.get("previousValue"),
            handed_over=state.get("kmsVersion"),
        )


def auth(inputs: Mapping[str, Plain]) -> dict[str, Any]:
    """The permissions of a key as CreateApiKey and UpdateApiKey take them, always whole."""
    addresses, models = inputs.get("allowedIps"), inputs.get("models")
    if addresses is None and models is None:
        return {"type": "All", "modelAccessScope": {"allowAllModels": True}}
    scope = {"allowAllModels": True} if models is None else {"allowAllModels": False, "accessibleModels": list(models)}
    return {"type": "Custom", "accessIps": list(addresses or EVERYWHERE), "modelAccessScope": scope}


def marks(row: Row) -> dict[str, str]:
    """Whose a key is, by its description."""
    return marked_text.read(text(row.get("description")))[1]


def is_unfinished(row: Row, urn: str) -> bool:
    """Whether a key is this resource's and no state can have had its value."""
    found = marks(row)
    return ownership.CREATING in found and ownership.carries(found, ownership.urn_labels(urn))


def enabled(row: Row) -> bool:
    """`disabled` is 0 or 1."""
    return not whole(row.get("disabled"))


def created(row: Row) -> str | None:
    """`gmtCreate`, milliseconds since 1970 (assumed: the SDK says a number), as RFC 3339."""
    moment = whole(row.get("gmtCreate"))
    return None if moment is None else ownership.format_time(datetime.fromtimestamp(moment / 1000, UTC))


def refreshed_inputs(inputs: Mapping[str, Plain], row: Row) -> dict[str, Plain]:
    """The inputs of a known key as the cloud has them now."""
    found = dict(inputs)
    found |= {"description": marked_text.read(text(row.get("description")))[0], "enabled": enabled(row)}
    if "workspaceId" in inputs:
        found["workspaceId"] = text(row.get("workspaceId")) or inputs["workspaceId"]
    if isinstance(row.get("auth"), dict):
        there = _access(row["auth"])
        for name, alike in (("allowedIps", _same_addresses), ("models", _same_texts)):
            found[name] = inputs.get(name) if alike(inputs.get(name), there[name]) else there[name]
    return {key: value for key, value in found.items() if value is not None}


def imported_inputs(region: str, row: Row) -> dict[str, Plain]:
    """All inputs of a key that is in no state."""
    start = {IMPORTED: True, "region": region, "workspaceId": text(row.get("workspaceId")) or None, "overlap": False}
    return refreshed_inputs({key: value for key, value in start.items() if value is not None}, row)


def outputs(inputs: Mapping[str, Plain], keys: Keys, *, account: str, target: str) -> dict[str, Plain]:
    """The inputs, the keys and where they are."""
    found = {
        **{key: value for key, value in inputs.items() if not key.startswith(INTERNAL)},
        "apiKeyId": keys.id,
        "value": keys.value,
        "previousApiKeyId": keys.previous_id,
        "previousValue": keys.previous_value,
        "created": keys.created or "",
        "kmsVersion": keys.handed_over if inputs.get("kmsSecret") else None,
        "account": account,
        "target": target,
    }
    return {key: value for key, value in found.items() if value is not None}


def same_access(inputs: Mapping[str, Plain], row: Row) -> bool:
    """Whether a key lets in whom, and to what, the inputs say."""
    if not isinstance(row.get("auth"), dict):
        return False
    there = _access(row["auth"])
    return _same_addresses(inputs.get("allowedIps"), there["allowedIps"]) and _same_texts(inputs.get("models"), there["models"])


def _access(given: Mapping[str, Any]) -> dict[str, list[str] | None]:
    """Addresses and models of an `auth`; None for any."""
    if given.get("type") != "Custom":
        return {"allowedIps": None, "models": None}
    addresses, scope = _texts(given.get("accessIps")), given.get("modelAccessScope")
    scope = scope if isinstance(scope, dict) else {}
    models = None if scope.get("allowAllModels") is not False else _texts(scope.get("accessibleModels"))
    return {"allowedIps": None if set(addresses) <= set(EVERYWHERE) else addresses, "models": models}


def _texts(value: Any) -> list[str]:
    return [text(one) for one in value] if isinstance(value, list) else []


def _same_texts(one: Plain, other: Plain) -> bool:
    return one == other if one is None or other is None else sorted(one) == sorted(other)


def _same_addresses(one: Plain, other: Plain) -> bool:
    """In any order, and however they are written: 203.0.113.7 is 203.0.113.7/32; everywhere is no list."""
    first, second = (
        None if value is None or set(value) <= set(EVERYWHERE) else {_block(address) for address in value} for value in (one, other)
    )
    return first == second


def _block(address: str) -> str:
    try:
        return str(ipaddress.ip_network(address, strict=False))
    except ValueError:
        return address
