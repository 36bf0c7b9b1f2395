"""Whether the stack's state belongs to this target and account, and whether a run left something half done."""

from __future__ import annotations

from fourways.cloud import target as targets
from fourways.cloud.target import Target
from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts
from fourways.doctor.finding import Finding, cannot_tell, not_ok, ok

OURS = "fourways:"


def check(cloud: Cloud, facts: Facts) -> list[Finding]:
    """The state, and what is open in it."""
    del cloud
    return judge(facts, targets.current())


def judge(facts: Facts, here: Target) -> list[Finding]:
    """Pure."""
    if facts.state_problem:
        return [cannot_tell("state", facts.state_problem, "mend it, then run this again: `pulumi stack ls` must work"), *_locks(facts)]
    if facts.state is None:
        return [ok("state", "none yet: the stack was never brought up here"), *_locks(facts)]
    return [_owner(facts, here), *_pending(facts), *_locks(facts)]


def _owner(facts: Facts, here: Target) -> Finding:
    """Each resource of ours records where it was made."""
    outputs = [resource.get("outputs") or {} for resource in facts.resources if str(resource.get("type")).startswith(OURS)]
    for recorded in sorted({str(output["target"]) for output in outputs if output.get("target")}):
        if message := targets.state_mismatch(recorded, here):
            return not_ok("state", message, "work on it where it was made")
    account = facts.identity.account if facts.identity else None
    for recorded in sorted({str(output["account"]) for output in outputs if output.get("account")}):
        if account is not None and (message := targets.account_mismatch(recorded, account)):
            return not_ok("state", message, "use the keys of the account that the state was made in")
    made = [resource for resource in facts.resources if resource.get("custom")]
    if account is None:
        return cannot_tell("state", f"{len(made)} resources; whether they are this account's is not known", "mend the credentials first")
    return ok("state", f"{len(made)} resources, made on this target" + (" and account" if outputs else ""))


def _pending(facts: Facts) -> list[Finding]:
    if not facts.pending:
        return []
    names = ", ".join(urn.rsplit("::", 1)[-1] for urn in facts.pending)
    todo = f"run `fourways recover {facts.stack}`: it looks in the cloud for what may exist and be billed"
    return [not_ok("pending", f"a run was cut off in the middle of: {names}", todo)]


def _locks(facts: Facts) -> list[Finding]:
    return [
        not_ok(
            "lock",
            f"held by {lock.user}@{lock.host} (process {lock.pid}) since {lock.since}",
            f"wait for that run; if it is dead, `fourways recover {facts.stack}`",
        )
        for lock in facts.locks
    ]
