"""Whether the service's name is free: names are unique in a region, and the machines would be bought before the name is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourways.cloud import ownership
from fourways.cloud.errors import CloudError, Outcome
from fourways.doctor.activation import is_not_activated
from fourways.doctor.answers import rows
from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts
from fourways.doctor.finding import Finding, not_ok, ok

NAME = "service name"


def check(cloud: Cloud, facts: Facts) -> list[Finding]:
    """One line: EAS DescribeService (2021-07-01), of which a 404 is the answer hoped for. Raises CloudError."""
    try:
        return [judge(cloud.eas("DescribeService", facts.region, facts.service), facts)]
    except CloudError as error:
        if error.outcome is not Outcome.NOT_FOUND or is_not_activated(error):
            raise
        return [judge(None, facts)]


def judge(service: Mapping[str, Any] | None, facts: Facts) -> Finding:
    """Pure: `service` is what has the name now; its labels say whose it is."""
    where = f"{facts.service} in {facts.region}"
    if service is None:
        return ok(NAME, f"{where} is free")
    if facts.service in facts.services_recorded:
        return ok(NAME, f"{where} is this stack's")
    owner = ownership.parse({str(row.get("LabelKey")): str(row.get("LabelValue")) for row in rows(service, "Labels")})
    if (owner.project, owner.stack) == (facts.project, facts.stack):
        return not_ok(NAME, f"{where} has this stack's labels, but its state does not know it", f"run `fourways recover {facts.stack}`")
    whose = f"stack {owner.stack} of {owner.project}" if owner.is_ours else "somebody else's (it has no labels of a stack)"
    return not_ok(NAME, f"{where} is taken: {whose}", "set another fourways:serving.name, or import the service into this stack")
