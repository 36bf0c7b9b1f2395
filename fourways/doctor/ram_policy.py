"""What a RAM policy document says of an action. Pure.

Rules (help centre, RAM "Policy structure and syntax" and "How RAM evaluates policies"): nothing is allowed unless a statement allows it; a
Deny beats every Allow; `*` stands for any characters and `?` for one; Action and Resource are one text or a list.
Whether RAM minds the case of an action is not documented: what matches only without regard to case counts as restricted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any


class Answer(StrEnum):
    """What all policies together say of one action."""

    ALLOWED = "allowed"
    MISSING = "missing"
    DENIED = "denied"
    RESTRICTED = "restricted"  #: on some resources or conditions only: cannot be told without the call itself


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One policy that an identity has; `document` is its JSON as parsed."""

    name: str
    document: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The answer and the policy it rests on (empty for MISSING); `by` says what restricts it."""

    action: str
    answer: Answer
    policy: str = ""
    by: str = ""


def decide(policies: Iterable[Policy], action: str) -> Decision:
    """What these policies say of `action` (`vpc:CreateVpc`) on resources that do not exist yet, so of unknown names."""
    allowed: Decision | None = None
    allowed_within: Decision | None = None
    denied_within: Decision | None = None
    for policy in policies:
        for statement in statements(policy.document):
            effect = statement.get("Effect")
            if effect not in ("Allow", "Deny") or not _covers(statement, action):
                continue
            limits = _limits(statement, action)
            if effect == "Deny" and not limits:
                return Decision(action=action, answer=Answer.DENIED, policy=policy.name)
            if effect == "Deny":
                denied_within = Decision(action=action, answer=Answer.RESTRICTED, policy=policy.name, by=f"Deny with {limits}")
            elif limits:
                allowed_within = Decision(action=action, answer=Answer.RESTRICTED, policy=policy.name, by=limits)
            else:
                allowed = Decision(action=action, answer=Answer.ALLOWED, policy=policy.name)
    if allowed is None:
        return allowed_within or Decision(action=action, answer=Answer.MISSING)
    return denied_within or allowed


def statements(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The statements of a document; those of another form than RAM takes are left out."""
    found = document.get("Statement")
    listed = found if isinstance(found, list) else [found]
    return [statement for statement in listed if isinstance(statement, Mapping)]


def matches(pattern: str, text: str) -> bool:
    """Whether a text is of a pattern with `*` and `?`, without regard to case."""
    return _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(letter) or re.escape(letter) for letter in pattern), re.IGNORECASE | re.DOTALL)


def _covers(statement: Mapping[str, Any], action: str) -> bool:
    if "NotAction" in statement:
        return not any(matches(pattern, action) for pattern in _texts(statement["NotAction"]))
    return any(matches(pattern, action) for pattern in _texts(statement.get("Action")))


def _limits(statement: Mapping[str, Any], action: str) -> str:
    """Why a statement does not hold always: its Condition, its Resource, or the case of its action. Empty where it does."""
    limits = []
    if statement.get("Condition"):
        limits.append(f"Condition {', '.join(map(str, statement['Condition']))}")
    if "NotResource" in statement:
        limits.append("NotResource")
    elif not any(_is_everything(resource, action) for resource in _texts(statement.get("Resource"))):
        limits.append(f"Resource {', '.join(_texts(statement.get('Resource'))) or 'none'}")
    if "NotAction" not in statement and not any(re.fullmatch(_compiled(p).pattern, action, re.DOTALL) for p in _texts(statement["Action"])):
        limits.append("an action spelled in another case")
    return " and ".join(limits)


def _is_everything(resource: str, action: str) -> bool:
    """`*`, or every resource of the action's product: `acs:<ram-code>:<region>:<account>:<relative-id>` with `*` for the last three."""
    product = action.partition(":")[0]
    return resource == "*" or resource in {f"acs:{code}:*:*:*" for code in ("*", product)}


def _texts(value: object) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [text for text in listed if isinstance(text, str)]
