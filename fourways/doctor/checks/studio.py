"""Whether Model Studio answers this account, and has the workspace that the stack names: ListWorkspaces (2026-02-10).

Not here: what of a model may be reserved or deployed. That is asked with the stack's own key, which does not exist yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourways.cloud.errors import CloudError
from fourways.doctor.activation import is_not_activated
from fourways.doctor.answers import rows
from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts
from fourways.doctor.finding import Finding, cannot_tell, not_ok, ok, unanswered

PRODUCT, WORKSPACE, CAPACITY, RIGHTS = "product Model Studio", "workspace", "capacity", "RAM actions"
NAMES = ("own", "default")


def check(cloud: Cloud, facts: Facts) -> list[Finding]:
    """Product and workspace, and what only the stack's own key can be told."""
    asked = None if facts.workspace in NAMES else facts.workspace
    try:
        answer = cloud.studio("ListWorkspaces", **({"workspaceId": asked} if asked else {}))
    except CloudError as error:
        if is_not_activated(error):
            return [not_ok(PRODUCT, f"not activated in this account ({error})", "activate it in its console")]
        return [unanswered(PRODUCT, error)]
    return [ok(PRODUCT, "answers this account"), *judge(answer, facts), *_not_seen(facts)]


def judge(answer: Mapping[str, Any], facts: Facts) -> list[Finding]:
    """Pure: whether the workspace that the stack names is among those answered."""
    if facts.workspace in NAMES:
        return []
    if facts.workspace in {str(row.get("workspaceId")) for row in rows(answer, "workspaces")}:
        return [ok(WORKSPACE, f"{facts.workspace} is in {facts.region}")]
    todo = "correct fourways:serving.workspace, or set it to own"
    return [not_ok(WORKSPACE, f"{facts.region} has no workspace {facts.workspace}", todo)]


def _not_seen(facts: Facts) -> list[Finding]:
    todo = "compare the identity's policies with the modelstudio: actions of docs/ram-policy.json; the first `up` names what is missing"
    rights = cannot_tell(RIGHTS, "no source says what RAM calls Model Studio's: the names in the least policy are assumed", todo)
    if not facts.bought:
        return [rights]
    said = f"whether {facts.region} has {facts.bought} of {facts.model} is told only to the stack's own key"
    return [rights, cannot_tell(CAPACITY, said, "the preview after the first `up` and the `up` itself ask")]
