"""What calls about secrets have in common: which one, and whether the caller may."""

from __future__ import annotations

import json
import re
from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.kms.backend import KmsBackend
from fourways.fakes.services.kms.secrets import Secret
from fourways.fakes.services.ram.permissions import role_allows
from fourways.fakes.services.shared.tagging import checked_tags
from fourways.fakes.wire.errors import CloudError, invalid
from fourways.fakes.wire.parameters import Parameters

_UNITS = {"d": 86_400, "h": 3600, "m": 60, "s": 1, "": 1}
SHORTEST_ROTATION, LONGEST_ROTATION = 6 * 3600, 365 * 86_400  # seconds: help centre, CreateSecret


def named(call: Call, *, pending: bool = False) -> Secret:
    """The secret of this name or ARN, if the caller may; raises 404, 403, and 409 for one that waits for its deletion unless `pending`."""
    name = call.parameters.require("SecretName")
    if name.startswith("acs:"):
        name = name.partition(":secret/")[2]
    check_role(call, arn_of(call, name))
    secret = call.backend(KmsBackend).secrets[name]
    if secret.deleted and not pending:
        # The code is assumed: it is the one of a key that waits for its deletion.
        raise CloudError(409, "Rejected.PendingDeletion", "The secret waits for its deletion.")
    return secret


def arn_of(call: Call, name: str) -> str:
    return f"acs:kms:{call.scope.region}:{call.scope.account}:secret/{name}"


def check_role(call: Call, resource: str, action: str = "") -> None:
    """Raises 403 for a caller with a role's key whose policies do not allow it; other callers are not asked for theirs."""
    role = call.signer.role_name if call.signer else None
    if role is not None and not role_allows(call.scope, role, f"kms:{action or call.action}", resource):
        raise CloudError(403, "Forbidden.NoPermission", "This operation is forbidden by permission system.")


def json_tags(given: Parameters) -> dict[str, str]:
    """`Tags` is a JSON list of TagKey and TagValue (the provider's source, resource_alicloud_kms_key.go 1.285.0)."""
    try:
        return checked_tags({row["TagKey"]: row.get("TagValue", "") for row in json.loads(given.get("Tags") or "[]")})
    except (ValueError, TypeError, KeyError):
        raise invalid("Tags", "It must be a JSON list of TagKey and TagValue.") from None


def json_list(given: Parameters, name: str) -> list[Any]:
    try:
        listed = json.loads(given.get(name) or "[]")
    except ValueError:
        listed = None
    if not isinstance(listed, list):
        raise invalid(name, "It must be a JSON list.")
    return listed


def interval(given: Parameters) -> int:
    """Seconds of `RotationInterval`, written as `7d`, `24h`, `605800s` or without a unit."""
    match = re.fullmatch(r"(\d+)([dhms]?)", given.require("RotationInterval"))
    seconds = int(match[1]) * _UNITS[match[2]] if match else 0
    if not SHORTEST_ROTATION <= seconds <= LONGEST_ROTATION:
        raise invalid("RotationInterval", "It is from 6 hours to 365 days.")
    return seconds


def exists() -> CloudError:
    return CloudError(409, "Rejected.ResourceExist", "The resource already exists.")


def unsupported(why: str) -> CloudError:
    return CloudError(400, "UnsupportedOperation", f"This operation is not supported. {why}")
