"""Exemptions: findings that somebody answers for until a day, from `exemptions.yaml`.

An exempted finding is shown as advisory, with reason and owner. From the day after `until` the rule bites again and says whose exemption
has ended. The file is checked when the pack starts: what is wrong in it fails the preview, since a typing slip must exempt nothing else
than what was meant. `FOURWAYS_POLICY_EXEMPTIONS` names another file, for other programs.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from policies.model import Rule, matches

FILE = Path(__file__).with_name("exemptions.yaml")
ELSEWHERE = "FOURWAYS_POLICY_EXEMPTIONS"
LONGEST = timedelta(days=180)
"""How far `until` may lie ahead: an exemption without end is a change of the rule, which is made in config.yaml."""


class Exemption(BaseModel):
    """One entry. Either `urn`, or `type` and `name` (patterns with * and ?), and `stack` where it is for some stacks only."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: str
    urn: str | None = Field(default=None, pattern=r"^urn:pulumi:.+::.+::.+::.+$")
    type: str | None = Field(default=None, min_length=1)
    name: str | None = Field(default=None, min_length=1)
    stack: str = Field(default="*", min_length=1)
    reason: str = Field(min_length=10)
    owner: str = Field(min_length=1)
    until: date

    @model_validator(mode="after")
    def _one_way_to_name_it(self) -> "Exemption":
        by_pattern = self.type is not None and self.name is not None
        if (self.urn is not None) == by_pattern or (self.urn is not None and (self.type or self.name or self.stack != "*")):
            raise ValueError("give either urn, or type and name (and stack)")
        if self.type == self.name == "*":
            raise ValueError("type and name are both *: that is every resource; set the rule's level in config.yaml instead")
        return self

    @property
    def shown(self) -> str:
        """How it is called in messages."""
        return f"{self.rule} on {self.urn or f'{self.type} {self.name} in stack {self.stack}'}"

    def covers(self, rule: str, urn: str) -> bool:
        """Whether a finding of the rule on the resource is meant."""
        if rule != self.rule:
            return False
        if self.urn is not None:
            return urn == self.urn
        stack, _, type_, name = _parts(urn)
        return matches(stack, [self.stack]) and matches(type_, [self.type or ""]) and matches(name, [self.name or ""])

    def concerns(self, stack: str, project: str) -> bool:
        """Whether it may cover anything in the stack."""
        if self.urn is None:
            return matches(stack, [self.stack])
        return _parts(self.urn)[:2] == (stack, project)


class Exemptions:
    """All entries, and which of them were needed. Answers come from several threads."""

    def __init__(self, entries: Iterable[Exemption], today: date) -> None:
        self._entries = tuple(entries)
        self._today = today
        self._used: set[Exemption] = set()
        self._lock = Lock()

    def judge(self, rule: str, urn: str) -> tuple[bool, str]:
        """Whether a finding is exempted, and the words for it: who answers for it, or whose exemption has ended ("" for neither)."""
        found = [entry for entry in self._entries if entry.covers(rule, urn)]
        with self._lock:
            self._used.update(found)
        if lasting := [entry for entry in found if entry.until >= self._today]:
            entry = max(lasting, key=lambda one: one.until)
            return True, f"exempted until {entry.until} by {entry.owner} ({entry.reason})"
        if found:
            entry = max(found, key=lambda one: one.until)
            return False, f"the exemption of {entry.owner} ended on {entry.until}: mend it, or agree on another day in exemptions.yaml"
        return False, ""

    def unused(self, urns: Sequence[str]) -> Iterator[str]:
        """A sentence for each entry that concerns the stack of these resources, and that no finding needed."""
        stacks = {_parts(urn)[:2] for urn in urns}
        with self._lock:
            idle = [entry for entry in self._entries if entry not in self._used]
        for entry in idle:
            if any(entry.concerns(stack, project) for stack, project in stacks):
                yield f"nothing needs the exemption of {entry.owner} ({entry.shown}, until {entry.until}): take it out of exemptions.yaml"


def load(rules: Iterable[Rule[Any]], today: date, path: Path | None = None) -> Exemptions:
    """The file's entries. Raises ValueError that names every wrong entry: its place, what is wrong, what is allowed."""
    path = path or Path(os.environ.get(ELSEWHERE) or FILE)
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(given, list):
        raise ValueError(  # noqa: TRY004 - the file's content is wrong, not a type of ours
            f"{path.name}: a list of exemptions is allowed, [] where there is none; not {type(given).__name__}"
        )
    names = [rule.name for rule in rules]
    entries: list[Exemption] = []
    wrong: list[str] = []
    for place, entry in enumerate(given, 1):
        try:
            exemption = Exemption.model_validate(entry)
        except ValidationError as error:
            wrong += [f"{place}. {'.'.join(map(str, one['loc'])) or 'entry'}: {one['msg']}" for one in error.errors()]
            continue
        if exemption.rule not in names:
            wrong.append(f"{place}. rule: {exemption.rule!r} is no rule; allowed: {', '.join(names)}")
        if exemption.until > today + LONGEST:
            wrong.append(
                f"{place}. until: {exemption.until} is more than {LONGEST.days} days ahead; allowed: {today + LONGEST} at the latest"
            )
        if exemption in entries:
            wrong.append(f"{place}. entry: it is there twice; take one out")
        entries.append(exemption)
    if wrong:
        raise ValueError("\n".join([f"{path.name}: {len(wrong)} {'mistake' if len(wrong) == 1 else 'mistakes'}", *wrong]))
    return Exemptions(entries, today)


def utc_today() -> date:
    """The day by which ends are judged."""
    return datetime.now(UTC).date()


def _parts(urn: str) -> tuple[str, str, str, str]:
    """Stack, project, type (the last of the chain of parents' types) and name."""
    parts = urn.split("::", 3)
    if len(parts) < 4:
        return "", "", "", ""
    return parts[0].rpartition(":")[2], parts[1], parts[2].rpartition("$")[2], parts[3]
