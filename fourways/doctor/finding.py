"""One line of a diagnosis."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fourways.cloud.errors import CloudError
from fourways.doctor.activation import is_not_activated


class Verdict(StrEnum):
    """What a check found. What rests on an assumption is `cannot tell`, unless the assumption may be far off and it holds all the same."""

    OK = "ok"
    NOT_OK = "not ok"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`name` is what was looked at, `said` what was found, `todo` what to do about it (empty when there is nothing to do)."""

    name: str
    verdict: Verdict
    said: str
    todo: str = ""


def ok(name: str, said: str) -> Finding:
    return Finding(name=name, verdict=Verdict.OK, said=said)


def not_ok(name: str, said: str, todo: str) -> Finding:
    return Finding(name=name, verdict=Verdict.NOT_OK, said=said, todo=todo)


def cannot_tell(name: str, said: str, todo: str) -> Finding:
    return Finding(name=name, verdict=Verdict.CANNOT_TELL, said=said, todo=todo)


def unanswered(name: str, error: CloudError) -> Finding:
    """A call that was refused or had no answer leaves a question open; the hint names the action to grant."""
    if is_not_activated(error):
        return cannot_tell(name, str(error), "activate the product first: see its line")
    return cannot_tell(name, str(error), error.hint() or "run it again; if it stays, ask the cloud's support with the request id")
