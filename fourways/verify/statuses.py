"""The order in which a service's statuses are seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fourways.cloud.errors import CloudError, Outcome
from fourways.verify.asking import Asker
from fourways.verify.probes import SERVICE, Probe

GONE = "(gone)"
"""Stands for a service that is not there any more: no status of the API."""
_PROBE = Probe(name="status", api="eas", action="DescribeService", method="GET", path=SERVICE)


@dataclass(kw_only=False)
class Sequence:
    """Statuses seen so far, each once until another comes. `parameters` name region and service."""

    asker: Asker
    parameters: Mapping[str, str]
    statuses: list[str] = field(default_factory=list)

    def look(self) -> None:
        """Look once. An unanswered look is no status: the next one tells. A service that is not there yet has none either."""
        try:
            answer = self.asker.send(_PROBE.filled(self.parameters))[1]
            status = str(answer.get("Status") or "(none)")
        except CloudError as error:
            if error.outcome is not Outcome.NOT_FOUND or not self.statuses:
                return
            status = GONE
        if self.statuses[-1:] != [status]:
            self.statuses.append(status)
