"""Looking again for what is not to be seen yet, and waiting for what is being deleted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fourways.cleanup.found import Found
from fourways.cleanup.wanted import Wanted
from fourways.provider.markers import MARKERS
from fourways.recovery import look
from tests.cleanup.stub import StubCloud
from tests.recovery.exports import EIP, REGION, urn

WANTED = Wanted(urn=urn(EIP, "eip"), type=EIP, region=REGION, inputs={"addressName": "fourways-mu-1-eip"})


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[list[Found]]:
    """What the look-up of an EIP answers, one call after another; the last answer stays."""
    given: list[list[Found]] = []

    def look_up(_cloud: Any, _wanted: Wanted) -> Iterator[Found]:
        yield from given.pop(0) if len(given) > 1 else given[0]

    monkeypatch.setitem(look.LOOK_UPS, EIP, look_up)
    return given


def eip(going: bool = False) -> Found:
    return Found(kind="eip", id="eip-1", name="fourways-mu-1-eip", region=REGION, going=going)


def test_a_thing_that_shows_up_late_is_found(answers: list[list[Found]]) -> None:
    answers += [[], [], [eip()]]
    paused: list[float] = []
    (verdict,) = look.look(StubCloud(), [WANTED], (), lag=30, pause=paused.append)
    assert verdict.what == "found"
    assert len(paused) == 2


def test_absent_is_said_after_the_whole_lag(answers: list[list[Found]]) -> None:
    answers.append([])
    paused: list[float] = []
    told: list[tuple[int, float]] = []
    (verdict,) = look.look(StubCloud(), [WANTED], (), lag=30, pause=paused.append, again=lambda *line: told.append(line))
    assert verdict.what == "absent"
    assert sum(paused) == pytest.approx(30)
    assert told == [(1, 30)]


def test_a_type_that_nobody_can_look_up_and_a_missing_name_are_for_a_person() -> None:
    other = Wanted(urn=urn("aws:s3:Bucket", "b"), type="aws:s3:Bucket", region=REGION)
    nameless = Wanted(urn=urn(EIP, "eip"), type=EIP, region=REGION)
    verdicts = look.look(StubCloud(), [other, nameless], (), lag=30, pause=lambda _: pytest.fail("nothing to wait for"))
    assert [verdict.what for verdict in verdicts] == ["unclear", "unclear"]
    assert "addressName" in verdicts[1].why


def test_what_is_being_deleted_is_waited_for(answers: list[list[Found]]) -> None:
    answers += [[eip(going=True)], [eip(going=True)], []]
    paused: list[float] = []
    assert look.wait_gone(StubCloud(), [(WANTED, "eip-1")], poll=3, pause=paused.append) == []
    assert paused == [3, 3]


def test_what_is_not_being_deleted_is_not_waited_for(answers: list[list[Found]]) -> None:
    answers.append([eip()])
    assert look.wait_gone(StubCloud(), [(WANTED, "eip-1")], poll=3, pause=lambda _: pytest.fail("nothing goes")) == []


def test_what_never_goes_is_said(answers: list[list[Found]]) -> None:
    answers.append([eip(going=True)])
    assert look.wait_gone(StubCloud(), [(WANTED, "eip-1")], poll=0, rounds=3, pause=lambda _: None) == [WANTED]


def test_every_row_of_the_marker_table_has_a_look_up() -> None:
    assert {row.resource for row in MARKERS} <= set(look.LOOK_UPS)


@pytest.mark.parametrize("text", ["-1", "4000", "soon"])
def test_a_wrong_lag_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(look.LAG_VARIABLE, text)
    with pytest.raises(ValueError):  # noqa: PT011 - Python's own message for a word
        look.lag_seconds()
