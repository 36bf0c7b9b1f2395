"""Names of cloud resources. Pure.

A name carries the stack and a short id, so that what a killed run left behind is told from everybody else's things by its name alone (some
resources are tagged only by a second call). The id is a hash of project, stack and run id rather than a random one: a run that died before
its state was written can be followed by one that knows the same names. Two copies of one stack in one account need `fourways:run-id`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from stacks.model import Settings

ID_DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class Names:
    """Names for the resources of one stack, all with the same beginning."""

    prefix: str

    def of(self, what: str) -> str:
        """`fourways-<stack>-<id>-<what>`."""
        return f"{self.prefix}-{what}"


def names(settings: Settings) -> Names:
    """The names of a stack; with a run id, that too."""
    whole = f"{settings.project}/{settings.stack}/{settings.run_id or ''}"
    short = hashlib.sha256(whole.encode()).hexdigest()[:ID_DIGITS]
    return Names(prefix="-".join(part for part in (settings.project, settings.stack, settings.run_id, short) if part))
