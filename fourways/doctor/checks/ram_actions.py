"""Whether the identity's RAM policies allow what the stack needs. RAM 2015-05-01.

Seen are the policies attached to the user, its groups or the role, in the whole account. Not seen: attachments to one resource group only
(help centre, ListPoliciesForUser) and the control policies of a resource directory.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fourways.catalog import ram_actions
from fourways.doctor.answers import rows
from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts, Identity
from fourways.doctor.finding import Finding, cannot_tell, not_ok, ok
from fourways.doctor.ram_policy import Answer, Decision, Policy, decide

NAME = "RAM actions"
LEAST = {"machines": "docs/ram-policy.json", "instances": "docs/ram-policy-bare-metal.json"}
"""By what the stack's machines are."""
VERSION = "2015-05-01"


def check(cloud: Cloud, facts: Facts) -> list[Finding]:
    """Missing and denied actions by name; restricted ones are left open."""
    identity = facts.identity
    assert identity is not None
    if identity.kind == "root":
        return [ok(NAME, "all of them: the account itself may do everything (a RAM user with the least policy is safer)")]
    return judge(held(cloud, identity), needed(facts), identity, LEAST[facts.at])


def needed(facts: Facts) -> tuple[str, ...]:
    """The actions of the parts that the stack has."""
    if facts.at == "instances":
        return ram_actions.needed(nat=facts.nat, monitoring=facts.monitoring, logs=facts.logs, place="bare-metal")
    own_group = facts.logs and facts.adopted is None
    return ram_actions.needed(nat=facts.nat, monitoring=facts.monitoring, logs=facts.logs, group_logs=own_group)


def judge(policies: list[Policy], needed: tuple[str, ...], identity: Identity, least: str = LEAST["machines"]) -> list[Finding]:
    """Pure: what the policies say of the actions. `least` is the document that allows them all."""
    decisions = [decide(policies, action) for action in needed]
    missing, denied, restricted = (_of(decisions, answer) for answer in (Answer.MISSING, Answer.DENIED, Answer.RESTRICTED))
    findings = []
    if missing:
        todo = f"attach a policy with them to {identity}: {least} is the least one (attachments to a resource group are not seen here)"
        findings.append(not_ok(NAME, f"missing {len(missing)} of {len(needed)}: {_listed(missing)}", todo))
    if denied:
        names = ", ".join(sorted({decision.policy for decision in denied}))
        findings.append(not_ok(NAME, f"denied: {_listed(denied)}", f"take the Deny out of {names}, or use another identity"))
    if restricted:
        why = ", ".join(sorted({f"policy {decision.policy} ({decision.by})" for decision in restricted}))
        todo = f"see that they reach what the stack makes, or attach {least}"
        findings.append(cannot_tell(NAME, f"restricted by {why}: {_listed(restricted)}", todo))
    names = ", ".join(policy.name for policy in policies)
    return findings or [ok(NAME, f"all {len(needed)} that the stack needs, by {names}")]


def held(cloud: Cloud, identity: Identity) -> list[Policy]:
    """The policies of a user, its groups, or a role. Raises CloudError."""
    return [Policy(name=name, document=_document(cloud, kind, name)) for kind, name in dict.fromkeys(_attached(cloud, identity))]


def _attached(cloud: Cloud, identity: Identity) -> Iterator[tuple[str, str]]:
    """Type and name of each policy."""
    if identity.kind == "role":
        yield from _policies(cloud, "ListPoliciesForRole", RoleName=identity.name)
        return
    yield from _policies(cloud, "ListPoliciesForUser", UserName=identity.name)
    groups = cloud.call("ram", VERSION, "ListGroupsForUser", {"UserName": identity.name})
    for group in rows(groups, "Groups", "Group"):
        yield from _policies(cloud, "ListPoliciesForGroup", GroupName=group.get("GroupName"))


def _policies(cloud: Cloud, action: str, **params: Any) -> Iterator[tuple[str, str]]:
    for row in rows(cloud.call("ram", VERSION, action, params), "Policies", "Policy"):
        yield str(row.get("PolicyType")), str(row.get("PolicyName"))


def _document(cloud: Cloud, kind: str, name: str) -> Mapping[str, Any]:
    """The version in force. A document that is no JSON object allows nothing."""
    answer = cloud.call("ram", VERSION, "GetPolicy", {"PolicyType": kind, "PolicyName": name})
    try:
        version = answer.get("DefaultPolicyVersion")
        found = json.loads(str(version.get("PolicyDocument") if isinstance(version, Mapping) else None))
    except ValueError:
        found = None
    return found if isinstance(found, Mapping) else {}


def _of(decisions: list[Decision], answer: Answer) -> list[Decision]:
    return [decision for decision in decisions if decision.answer is answer]


def _listed(decisions: list[Decision]) -> str:
    return ", ".join(decision.action for decision in decisions)
