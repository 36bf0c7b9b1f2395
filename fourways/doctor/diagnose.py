"""Runs every check; none is left out because another failed."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from fourways.cloud.credentials import CredentialsError
from fourways.cloud.errors import CloudError
from fourways.doctor.checks import CHECKS
from fourways.doctor.checks.identity import who
from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts, Identity
from fourways.doctor.finding import Finding, Verdict, cannot_tell, not_ok, unanswered


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """All findings, in the order of the checks; `identity` is None where the credentials were not answered for."""

    identity: Identity | None
    findings: tuple[Finding, ...]

    def count(self, verdict: Verdict) -> int:
        return sum(finding.verdict is verdict for finding in self.findings)

    @property
    def exit_code(self) -> int:
        """1 when anything is not ok; what cannot be told is no failure."""
        return 1 if self.count(Verdict.NOT_OK) else 0


def diagnose(cloud: Cloud, facts: Facts) -> Diagnosis:
    """Every finding. Credentials that do not work are told once: the cloud is not asked then, and the checks that would are named."""
    trouble: Finding | None = None
    try:
        facts = dataclasses.replace(facts, identity=who(cloud))
    except CredentialsError as error:
        trouble = not_ok("credentials", str(error), "set the keys, then run this again")
    except CloudError as error:
        trouble = not_ok("credentials", str(error), error.hint() or "mend this first: nothing can be asked without it")
    findings: list[Finding] = []
    not_asked: list[str] = []
    for check in (one for one in CHECKS if facts.at in one.at):
        if check.asks and trouble is not None:
            findings += [] if not_asked else [trouble]
            not_asked.append(check.name)
            continue
        try:
            findings += check.run(cloud, facts)
        except CloudError as error:
            findings.append(unanswered(check.name, error))
    if trouble is not None:
        findings.append(cannot_tell("not asked", ", ".join(name for name in not_asked if name != "account"), "mend the credentials first"))
    return Diagnosis(identity=facts.identity, findings=tuple(findings))
