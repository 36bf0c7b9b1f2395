"""What policies let a role do. Sources: help centre, RAM "Policy structure and syntax", "Policy elements" and "Policy evaluation process".

A Deny counts more than any Allow, and what no statement allows is denied. `*` stands for any characters, in actions and in resources;
actions are compared without regard to case, resources with it. A statement without a Resource is about all of them.

Conditions are not evaluated, for the fake knows nothing of what they ask about: an Allow with one allows nothing here, a Deny with one
denies. So nothing is let through that the cloud might refuse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from fourways.fakes.service import Scope
from fourways.fakes.services.ram.backend import RamBackend


def allows(documents: Iterable[str], action: str, resource: str) -> bool:
    """Whether policy documents (JSON, as `documents.checked` takes them) let `action` (`oss:GetObject`) be done to `resource`
    (`acs:oss:*:1000000000000001:bucket/key`)."""
    about = [
        statement
        for document in documents
        for statement in json.loads(document)["Statement"]
        if _is_about(statement, "Action", action.lower(), fold=True) and _is_about(statement, "Resource", resource)
    ]
    allowed = any(statement["Effect"] == "Allow" and not statement.get("Condition") for statement in about)
    return allowed and all(statement["Effect"] == "Allow" for statement in about)


def role_allows(scope: Scope, role_name: str, action: str, resource: str) -> bool:
    """Whether the policies that are attached to a role of the account allow it; False where there is no such role."""
    ram = scope.backend(RamBackend)
    if role_name not in ram.roles:
        return False
    return allows((policy.versions[policy.default][0] for policy in ram.policies.of("role", role_name)), action, resource)


def _is_about(statement: dict[str, Any], element: str, value: str, *, fold: bool = False) -> bool:
    """Whether `Action` or `Resource` of a statement, or its opposite `NotAction` or `NotResource`, takes in the value."""
    if element not in statement and f"Not{element}" not in statement:
        return True
    listed: str | list[str] = statement[element if element in statement else f"Not{element}"]
    patterns = [listed] if isinstance(listed, str) else listed
    found = any(_covers(pattern.lower() if fold else pattern, value) for pattern in patterns)
    return found == (element in statement)


def _covers(pattern: str, value: str) -> bool:
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), value, re.DOTALL) is not None
