"""Which policy documents RAM takes. Source: help centre, RAM "Policy structure and syntax" and CreateRole."""

from __future__ import annotations

import json
from typing import Any

from fourways.fakes.wire.errors import CloudError

LONGEST = 6144  # characters of a document


def checked(text: str, *, trust: bool) -> str:
    """A policy document, or with `trust` a role's trust policy; raises 400 `MalformedPolicyDocument` otherwise."""
    wrong = "MalformedPolicyDocument.AssumeRolePolicyDocument" if trust else "MalformedPolicyDocument"
    if len(text) > LONGEST:
        raise CloudError(400, "InvalidParameter.PolicyDocument.Length", f"The policy document is longer than {LONGEST} characters.")
    try:
        document: Any = json.loads(text)
    except ValueError:
        raise CloudError(400, wrong, "The policy document is not valid JSON.") from None
    if not isinstance(document, dict) or document.get("Version") != "1":
        raise CloudError(400, wrong, 'The policy document must be an object with the Version "1".')
    statements = document.get("Statement")
    if not isinstance(statements, list) or not statements:
        raise CloudError(400, wrong, "The policy document must have a list of statements.")
    for statement in statements:
        _check(statement, wrong, trust)
    return text


def _check(statement: Any, wrong: str, trust: bool) -> None:
    if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
        raise CloudError(400, wrong, "The Effect of a statement must be Allow or Deny.")
    if not statement.get("Action") and not statement.get("NotAction"):
        raise CloudError(400, wrong, "A statement must have an Action.")
    if trust and not isinstance(statement.get("Principal"), dict):
        raise CloudError(400, wrong, "A statement of a trust policy must have a Principal.")
    if not trust and not statement.get("Resource") and not statement.get("NotResource"):
        raise CloudError(400, wrong, "A statement must have a Resource.")


def trusts(document: str, service: str) -> bool:
    """Whether a role's trust policy lets a cloud service (`ecs.aliyuncs.com`) take the role."""
    services: list[str] = []
    for statement in json.loads(document)["Statement"]:
        named = statement["Principal"].get("Service", []) if statement["Effect"] == "Allow" else []
        services += named if isinstance(named, list) else [named]
    return service in services
