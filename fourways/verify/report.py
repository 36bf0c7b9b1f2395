"""The file that a run leaves: every answer in which cloud and fake differed, and no value of the account. Pure, but for the file."""

from __future__ import annotations

import datetime as dates
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import yaml
from pydantic import ValidationError

from fourways.verify.differences import Answer, Difference, Record, between, shown_by
from fourways.verify.probes import AFTER, Probe

VERSION = 1
SHORTEST_SECRET = 4


class ReportError(Exception):
    """A report that cannot be read, or must not be written. The message says why."""


@dataclass(kw_only=True)
class StepRecord:
    """What one side did in one step: how pulumi ended, the service's statuses in the order seen, the answers by the probe's name."""

    outcome: str = ""
    statuses: list[str] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)


Recording = dict[str, StepRecord]
"""One side's steps by name."""


class AnswerDifference(Record):
    """One probe that was answered differently."""

    step: str
    request: Probe
    cloud: Answer
    fake: Answer
    differences: tuple[Difference, ...]


class StatusDifference(Record):
    """Statuses of the service in a step, in the order in which they were first seen after each other."""

    step: str
    cloud: tuple[str, ...]
    fake: tuple[str, ...]


class OutcomeDifference(Record):
    """How pulumi ended on either side."""

    step: str
    cloud: str
    fake: str


class Report(Record):
    """The whole file. `target` is `cloud`, or `fake` where one fake was compared with another (a rehearsal, which teaches nothing)."""

    version: Literal[1] = 1
    made: dates.date
    target: Literal["cloud", "fake"]
    region: str
    kind: str
    probes: int
    unanswered: tuple[str, ...] = ()
    answers: tuple[AnswerDifference, ...] = ()
    statuses: tuple[StatusDifference, ...] = ()
    outcomes: tuple[OutcomeDifference, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing differed."""
        return not (self.answers or self.statuses or self.outcomes)

    def lines(self) -> list[str]:
        """Each difference in one line for people."""
        found = [f"{one.step}: {one.request.name}: {difference.words()}" for one in self.answers for difference in one.differences]
        found += [f"{one.step}: statuses {' > '.join(one.cloud)} on the cloud, {' > '.join(one.fake)} on the fake" for one in self.statuses]
        return found + [f"{one.step}: pulumi ended with '{one.cloud}' on the cloud, with '{one.fake}' on the fake" for one in self.outcomes]


def compare(cloud: Recording, fake: Recording, *, made: dates.date, target: Literal["cloud", "fake"], region: str, kind: str) -> Report:
    """The report of two recordings. A step or a probe that one side has not got is not compared."""
    answers, statuses, outcomes, unanswered, asked = [], [], [], [], 0
    for step in [name for name in cloud if name in fake]:
        here, there = cloud[step], fake[step]
        if here.outcome != there.outcome:
            outcomes.append(OutcomeDifference(step=step, cloud=here.outcome, fake=there.outcome))
        if not shown_by(here.statuses, there.statuses):
            statuses.append(StatusDifference(step=step, cloud=tuple(here.statuses), fake=tuple(there.statuses)))
        for probe in AFTER.get(step, ()):
            one, other = here.answers.get(probe.name), there.answers.get(probe.name)
            if one is None or other is None:
                continue
            asked += 1
            if why := one.unanswered or other.unanswered:
                unanswered.append(f"{step}: {probe.name}: {why}")
            if found := between(one, other):
                answers.append(AnswerDifference(step=step, request=probe, cloud=one, fake=other, differences=found))
    return Report(
        made=made,
        target=target,
        region=region,
        kind=kind,
        probes=asked,
        unanswered=tuple(unanswered),
        answers=tuple(answers),
        statuses=tuple(statuses),
        outcomes=tuple(outcomes),
    )


def text(report: Report, forbidden: Iterable[str] = ()) -> str:
    """The file's text. Raises ReportError where a `forbidden` value (a key, a token, an id of the account) stands in it: shapes hold none,
    and this makes sure."""
    content = yaml.safe_dump(report.model_dump(mode="json", exclude_defaults=True) | {"version": VERSION}, sort_keys=False, width=140)
    for value in forbidden:
        if len(value) >= SHORTEST_SECRET and value in content:
            raise ReportError(f"the report would hold a value of the account ({len(value)} characters); it was not written. Report this")
    return content


def write(report: Report, path: Path, forbidden: Iterable[str] = ()) -> None:
    """Write the file. Raises ReportError as `text` does."""
    content = text(report, forbidden)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def read(path: Path) -> Report:
    """The report in a file. Raises ReportError for anything else, also for one of another version."""
    try:
        content = yaml.safe_load(path.read_text())
        return Report.model_validate_json(_json(content))
    except (OSError, ValueError, yaml.YAMLError, ValidationError) as error:
        raise ReportError(f"{path} is not a report of `fourways verify` (version {VERSION}): {error}") from error


def _json(content: object) -> str:
    if not isinstance(content, Mapping):
        raise ValueError("not a mapping")  # noqa: TRY004 - one kind of error for everything that is no report
    return json.dumps(content, default=str)
