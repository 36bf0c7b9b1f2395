"""Replays a report on a fake in this process: does the fake now answer what the cloud answered? That is how the fake learns.

Two things of a recorded answer are asked again: the probe, as the report words it, in the same step; and whether the differences that the
report lists are still there. What else the fake's answer holds is not judged: the scene's stack is not the recorded one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fourways.verify.asking import Asker
from fourways.verify.differences import between, shown_by
from fourways.verify.report import AnswerDifference, Report, StatusDifference
from fourways.verify.scene import Scene


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One difference of a report, and whether the fake still shows it."""

    what: str
    agrees: bool


def replay(report: Report, asker: Asker, scene: Scene) -> list[Verdict]:
    """A verdict for each difference of answers and of statuses, in the order of the steps. Outcomes of pulumi are not replayed here: the
    end-to-end tests run pulumi on the fake. Raises CloudError where the scene itself is refused."""
    return list(_verdicts(report, asker, scene))


def _verdicts(report: Report, asker: Asker, scene: Scene) -> Iterator[Verdict]:
    for step, run in scene.steps():
        statuses = run()
        for seen in report.statuses:
            if seen.step == step:
                yield _of_statuses(seen, statuses)
        for answer in report.answers:
            if answer.step == step:
                yield from _of_answer(answer, asker, scene)


def _of_statuses(recorded: StatusDifference, statuses: list[str]) -> Verdict:
    what = f"{recorded.step}: statuses {' > '.join(recorded.cloud)}; the fake shows {' > '.join(statuses)}"
    return Verdict(what=what, agrees=shown_by(recorded.cloud, statuses))


def _of_answer(recorded: AnswerDifference, asker: Asker, scene: Scene) -> Iterator[Verdict]:
    now = asker.ask(recorded.request, scene.parameters)
    if now.unanswered:
        yield Verdict(what=f"{recorded.step}: {recorded.request.name}: not asked: {now.unanswered}", agrees=False)
        return
    still = {(difference.kind, difference.path) for difference in between(recorded.cloud, now)}
    for difference in recorded.differences:
        # A body that was not compared (another status or code) hides its fields: nothing in it agrees yet.
        hidden = bool(still & {("status", ""), ("code", "")}) and difference.kind not in ("status", "code")
        agrees = not hidden and (difference.kind, difference.path) not in still
        yield Verdict(what=f"{recorded.step}: {recorded.request.name}: {difference.words()}", agrees=agrees)
