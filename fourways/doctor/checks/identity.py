"""Whose credentials these are, and whether the stack may be worked on with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourways.cloud import credentials as keys
from fourways.cloud.errors import CloudError, Outcome
from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts, Identity
from fourways.doctor.finding import Finding, not_ok, ok


def who(cloud: Cloud) -> Identity:
    """STS GetCallerIdentity (2015-04-01). Raises CredentialsError and CloudError."""
    keys.load()
    return read_identity(cloud.call("sts", "2015-04-01", "GetCallerIdentity"))


def read_identity(answer: Mapping[str, Any]) -> Identity:
    """From its Arn: `acs:ram::ID:root`, `acs:ram::ID:user/NAME` or `acs:ram::ID:assumed-role/NAME/SESSION` (GetCallerIdentity).

    Raises CloudError where the answer says none of these.
    """
    account, arn = str(answer.get("AccountId") or ""), str(answer.get("Arn") or "")
    kind, _, name = arn.rpartition(":")[2].partition("/")
    if account and kind == "root":
        return Identity(account=account, kind="root")
    if account and name and kind == "user":
        return Identity(account=account, kind="user", name=name)
    if account and name and kind == "assumed-role":
        return Identity(account=account, kind="role", name=name.split("/")[0])
    raise CloudError("sts:GetCallerIdentity", outcome=Outcome.UNKNOWN, message=f"the answer names no account, user or role (Arn {arn!r})")


def check(cloud: Cloud, facts: Facts) -> list[Finding]:
    """Where the keys came from, and the account beside the stack's pin."""
    del cloud
    found = keys.load()
    identity = facts.identity
    assert identity is not None
    lines = [ok("credentials", f"from {found.source}: {identity}")]
    if facts.pinned_account is None:
        return [*lines, ok("account", f"{identity.account}; the stack pins none (fourways:account)")]
    if facts.pinned_account != identity.account:
        todo = "use the other account's keys (or ALIBABA_CLOUD_PROFILE), or correct fourways:account: every operation is refused until then"
        return [*lines, not_ok("account", f"{identity.account}, but the stack is pinned to {facts.pinned_account}", todo)]
    return [*lines, ok("account", f"{identity.account}, as the stack pins it")]
