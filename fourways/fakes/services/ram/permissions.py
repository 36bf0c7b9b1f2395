"""What policies let a role do. Sources: help centre, RAM "Policy structure and syntax", "Policy elements" and "Policy evaluation process".

A Deny counts more than any Allow, and what no statement allows is denied. `*` stands for any characters, in actions and in resources;
actions are compared without regard to case, resources with it. A statement without a Resource is about all of them.

Of conditions only StringEquals and StringLike are evaluated, on the facts that the caller gives (`oss:Prefix`). Of others nothing is
known here: an Allow with one allows nothing, a Deny with one denies. So nothing is let through that the cloud might refuse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from fourways.fakes.service import Scope
from fourways.fakes.services.ram.backend import RamBackend


def allows(documents: Iterable[str], action: str, resource: str, facts: Mapping[str, str] | None = None) -> bool:
    """Whether policy documents (JSON, as `documents.checked` takes them) let `action` (`oss:GetObject`) be done to `resource`
    (`acs:oss:*:1000000000000001:bucket/key`). `facts` is what is known of the call by the names of conditions."""
    about = [
        statement
        for document in documents
        for statement in json.loads(document)["Statement"]
        if _is_about(statement, "Action", action.lower(), fold=True) and _is_about(statement, "Resource", resource)
    ]
    met = [(statement["Effect"], _holds(statement.get("Condition") or {}, facts or {})) for statement in about]
    return ("Allow", True) in met and not any(effect == "Deny" and holds is not False for effect, holds in met)


def role_allows(scope: Scope, role_name: str, action: str, resource: str, facts: Mapping[str, str] | None = None) -> bool:
    """Whether the policies that are attached to a role of the account allow it; False where there is no such role."""
    ram = scope.backend(RamBackend)
    if role_name not in ram.roles:
        return False
    return allows((policy.versions[policy.default][0] for policy in ram.policies.of("role", role_name)), action, resource, facts)


def _holds(condition: dict[str, Any], facts: Mapping[str, str]) -> bool | None:
    """Whether all that a condition asks is so; None where that cannot be known here."""
    known: list[bool] = []
    for operator, asked in condition.items():
        for name, values in asked.items():
            if operator not in ("StringEquals", "StringLike") or name not in facts:
                return None
            patterns = [values] if isinstance(values, str) else values
            likes = operator == "StringLike"
            known.append(any(_covers(one, facts[name]) if likes else one == facts[name] for one in patterns))
    return all(known)


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
