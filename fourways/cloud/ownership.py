"""Whose a cloud resource is: the keys of the tags and labels that every part writes and reads, spelled the same everywhere. Pure functions.

A tag is `fourways-<key>`. Taggable resources carry project, stack, environment and owner; a benchmark's also expires-at,
and those of a stack that says what its data is, data.
EAS services and the machines of EAS resource groups carry `fourways-urn` too, a short hash of the resource's URN: it lets a
create whose answer was lost find its own resource again, and nobody else's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

PREFIX = "fourways-"
PROJECT = "fourways-project"
STACK = "fourways-stack"
ENVIRONMENT = "fourways-environment"
OWNER = "fourways-owner"
EXPIRES_AT = "fourways-expires-at"
DATA = "fourways-data"
URN = "fourways-urn"
#: On a thing whose create has not come back yet, with the id of the attempt; taken off before the create is reported as done. Who finds
#: it on an EAS service or machine knows that no state may have recorded the thing: it may be adopted, and a forced replacement may not.
CREATING = "fourways-creating"

KEYS = (PROJECT, STACK, ENVIRONMENT, OWNER, EXPIRES_AT, DATA, URN, CREATING)

#: Hex digits of the URN's SHA-256: 64 bits, so that two URNs of one stack never meet, in 16 characters, which every tag and label allows.
URN_DIGITS = 16


class OwnershipError(Exception):
    """Tags that cannot be built or read. The message names the key and the value."""


@dataclass(frozen=True, kw_only=True)
class Ownership:
    """What the tags of one resource say. Missing keys are None: a resource may carry only some of them."""

    project: str | None = None
    stack: str | None = None
    environment: str | None = None
    owner: str | None = None
    expires_at: datetime | None = None
    urn: str | None = None

    @property
    def is_ours(self) -> bool:
        """Project and stack together make a resource Fourways'; one alone may be somebody's own habit."""
        return bool(self.project and self.stack)

    def expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


def tags(
    *, project: str, stack: str, environment: str, owner: str, expires_at: datetime | str | None = None, data: str | None = None
) -> dict[str, str]:
    """The tags of every taggable resource of a stack, in a fixed order.

    `expires_at` (aware datetime or RFC 3339 text) is for `environment: benchmark` only: raises OwnershipError elsewhere, since a production
    resource that expires would be swept away. `data` is the class of what clients send (restricted, internal, public), where it is said.
    """
    if expires_at is not None and environment != "benchmark":
        raise OwnershipError(f"{EXPIRES_AT} is only for environment 'benchmark', not {environment!r}: production resources never expire")
    found = {PROJECT: project, STACK: stack, ENVIRONMENT: environment, OWNER: owner}
    if expires_at is not None:
        found[EXPIRES_AT] = format_time(parse_time(expires_at) if isinstance(expires_at, str) else expires_at)
    if data is not None:
        found[DATA] = data
    return found


def urn_hash(urn: str) -> str:
    """The value of `fourways-urn`: the first 16 hex digits of the URN's SHA-256."""
    return hashlib.sha256(urn.encode()).hexdigest()[:URN_DIGITS]


def urn_labels(urn: str) -> dict[str, str]:
    """Project, stack and URN hash of a Pulumi resource: what a create looks for before it adopts anything."""
    stack, project = split_urn(urn)
    return {PROJECT: project, STACK: stack, URN: urn_hash(urn)}


def split_urn(urn: str) -> tuple[str, str]:
    """`(stack, project)` of `urn:pulumi:STACK::PROJECT::TYPE::NAME`. Raises OwnershipError for anything else."""
    parts = urn.split("::")
    if len(parts) < 4 or not parts[0].startswith("urn:pulumi:"):
        raise OwnershipError(f"not a Pulumi URN: {urn!r}")
    return parts[0].removeprefix("urn:pulumi:"), parts[1]


def carries(labels: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    """Whether every wanted label is there with the wanted value."""
    return all(labels.get(key) == value for key, value in wanted.items())


def parse(labels: object) -> Ownership:
    """Reads tags in the cloud's spellings: a mapping, or a list of {Key, Value}, {TagKey, TagValue} or {LabelKey, LabelValue}.

    An unreadable expires-at counts as absent: what cannot be read must never be a reason to delete.
    """
    found = from_list(labels)
    expires: datetime | None = None
    if found.get(EXPIRES_AT):
        try:
            expires = parse_time(found[EXPIRES_AT])
        except OwnershipError:
            expires = None
    return Ownership(
        project=found.get(PROJECT),
        stack=found.get(STACK),
        environment=found.get(ENVIRONMENT),
        owner=found.get(OWNER),
        expires_at=expires,
        urn=found.get(URN),
    )


def from_list(entries: object) -> dict[str, str]:
    """A mapping from what the APIs write: lists of {Key, Value}, {TagKey, TagValue} or {LabelKey, LabelValue}, or a mapping.

    What cannot be read is dropped: a tag that says nothing must never be a reason to delete or to adopt.
    """
    if isinstance(entries, Mapping):
        return {str(key): "" if value is None else str(value) for key, value in entries.items()}
    found: dict[str, str] = {}
    for entry in entries if isinstance(entries, list | tuple) else ():
        for key, value in (("Key", "Value"), ("TagKey", "TagValue"), ("LabelKey", "LabelValue")):
            name = entry.get(key) if isinstance(entry, Mapping) else None
            if isinstance(name, str) and name:
                found[name] = str(entry.get(value) or "")
    return found


def format_time(moment: datetime) -> str:
    """RFC 3339 in UTC to the second: `2026-11-24T04:08:00Z`. Raises OwnershipError for a naive time, whose zone nobody knows."""
    if moment.tzinfo is None:
        raise OwnershipError(f"{moment!r} has no time zone; give an aware datetime")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_time(text: str) -> datetime:
    """The inverse of `format_time`; any RFC 3339 offset is accepted."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise OwnershipError(f"{text!r} is not an RFC 3339 time such as 2026-11-24T04:08:00Z") from error
    if moment.tzinfo is None:
        raise OwnershipError(f"{text!r} has no time zone; write 2026-11-24T04:08:00Z")
    return moment.astimezone(UTC)
