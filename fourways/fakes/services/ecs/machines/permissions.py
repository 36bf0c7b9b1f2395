"""What an instance's role lets the instance do: the default versions of the policies attached to it, Allow and Deny.

Source: help centre, RAM "Policy structure and syntax": a Deny wins over any Allow, what is not allowed is refused, `*` and `?` are
wildcards.
Not read: conditions; a statement that has some counts as if it had none. Assumed: actions match whatever their case.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from fourways.fakes.service import Scope
from fourways.fakes.services.ram.backend import RamBackend
from fourways.fakes.services.ram.documents import trusts


def refusal(scope: Scope, role: str, action: str, resources: Sequence[str]) -> str | None:
    """Why an instance with this role may not do `action`, or None. `resources` are the ways in which one thing may be named."""
    if not role:
        return "the instance has no RAM role: http://100.100.100.200/latest/meta-data/ram/security-credentials/ answers 404"
    ram = scope.backend(RamBackend)
    if role not in ram.roles:
        return f"EntityNotExist.Role: the role {role} does not exist"
    if not trusts(ram.roles[role].document, "ecs.aliyuncs.com"):
        return f"NoPermission: the trust policy of the role {role} does not name ecs.aliyuncs.com"
    documents = [policy.versions[policy.default][0] for policy in ram.policies.of("role", role)]
    if allows((json.loads(document) for document in documents), action, resources):
        return None
    return f"Forbidden.RAM: the role {role} has no policy that allows {action} on {resources[0]}"


def allows(documents: Iterable[dict[str, Any]], action: str, resources: Sequence[str]) -> bool:
    """Whether policy documents, taken together, allow `action` on the thing that `resources` name."""
    effects = {
        statement["Effect"]
        for document in documents
        for statement in document["Statement"]
        if _applies(statement, "Action", [action], re.IGNORECASE) and _applies(statement, "Resource", resources)
    }
    return effects == {"Allow"}


def _applies(statement: dict[str, Any], element: str, values: Sequence[str], flags: int = 0) -> bool:
    """Whether `Action` or `Resource`, or its Not form, takes in one of the values."""
    if element in statement:
        return _matches(statement[element], values, flags)
    return f"Not{element}" in statement and not _matches(statement[f"Not{element}"], values, flags)


def _matches(patterns: Any, values: Sequence[str], flags: int) -> bool:
    listed = patterns if isinstance(patterns, list) else [patterns]
    return any(_pattern(str(pattern), flags).fullmatch(value) for pattern in listed for value in values)


@cache
def _pattern(text: str, flags: int) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in text), flags)
