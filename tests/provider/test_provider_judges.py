"""When a wait is over, told from what the cloud says alone: never on the old version, never on an old failure, never short of instances."""

from typing import Any

import pytest

from fourways.provider.eas.services import service_judges
from fourways.provider.eas.services.service_judges import ENDED, GRACE_SECONDS, gone, serving_version, who_serves
from fourways.provider.eas.services.waiting import Judge

POLLS = [0.1, 1.0, 4.0, 15.0]
"""Seconds between two looks: the grace is a time, however often it is looked."""


class Time:
    """The session's clock, moved by hand."""

    def __init__(self) -> None:
        self.at = 100.0

    def now(self) -> float:
        return self.at


def ready(*given: Any, time: Time | None = None, **options: Any) -> Judge:
    return service_judges.ready(*given, now=(time or Time()).now, **options)


def looks_until_failed(judge: Judge, service: dict[str, Any] | None, time: Time, poll: float) -> tuple[float, str]:
    """Seconds for which the judge bore it, and what it said then."""
    begun = time.at
    while (failed := judge(service).failed) is None:
        time.at = round(time.at + poll, 6)
        assert time.at < begun + 1000
    return time.at - begun, failed


def said(status: str = "Running", current: int = 1, latest: int = 1, running: int = 1, total: int = 1) -> dict[str, Any]:
    return {"Status": status, "CurrentVersion": current, "LatestVersion": latest, "RunningInstance": running, "TotalInstance": total}


def test_ready_after_a_create() -> None:
    judge = ready(1)
    assert not judge(said("Creating", 0, 1, 0)).done
    assert not judge(said("Waiting", 0, 1, 0)).done
    assert judge(said()).done


@pytest.mark.parametrize(
    "service",
    [
        said(running=1, total=2),
        said(running=1, total=1),
        said(running=3, total=3),
        said("Updating", 1, 2, 2, 2),
        said("Something new", 1, 1, 2, 2),
        {"Status": "Running"},
        {},
    ],
)
def test_not_ready_yet(service: dict[str, Any]) -> None:
    verdict = ready(2)(service)
    assert not verdict.done
    assert verdict.failed is None
    assert verdict.line


def test_the_old_version_running_is_not_the_new_one() -> None:
    judge = ready(1, after_version=1)
    for _ in range(50):
        verdict = judge(said())
        assert not verdict.done
        assert verdict.failed is None
    assert "still version 1" in verdict.line
    assert not judge(said(current=1, latest=2)).done
    assert judge(said(current=2, latest=2)).done


def test_a_version_that_was_rolled_back_to_counts_where_none_is_asked_for() -> None:
    assert ready(1)(said(current=1, latest=2)).done


@pytest.mark.parametrize("poll", POLLS)
@pytest.mark.parametrize(
    ("options", "service", "failure"),
    [
        ({"after_version": 1}, said(current=1, latest=2), "it runs version 1 again instead of 2: somebody rolled it back"),
        ({"after_version": 1}, said("Failed"), "it is Failed"),
        ({"failure_is_old": True}, said("Failed", 1, 2), "it is Failed"),
        ({}, said("Stopped"), "it is Stopped"),
        ({}, None, "it is gone"),
    ],
    ids=["taken back", "old failure", "failure before a rollback", "stopped", "not listed"],
)
def test_what_reads_may_lag_behind_is_borne_for_a_time(
    poll: float, options: dict[str, Any], service: dict[str, Any] | None, failure: str
) -> None:
    time = Time()
    seconds, failed = looks_until_failed(ready(1, time=time, **options), service, time, poll)
    assert failed == failure
    assert GRACE_SECONDS < seconds <= GRACE_SECONDS + poll + 0.001


@pytest.mark.parametrize(
    ("options", "odd", "fine"),
    [
        ({}, None, said("Creating", 0, 1, 0)),
        ({}, said("Stopped"), said("Creating", 0, 1, 0)),
        ({"after_version": 1}, said(current=1, latest=2), said("Updating", 1, 2)),
    ],
    ids=["not listed", "stopped", "taken back"],
)
def test_only_what_lasts_ends_a_wait(options: dict[str, Any], odd: dict[str, Any] | None, fine: dict[str, Any]) -> None:
    """Minutes apart, two looks at a list that lags are no proof."""
    time = Time()
    judge = ready(1, time=time, **options)
    for _ in range(5):
        assert judge(odd).failed is None
        time.at += GRACE_SECONDS
        assert judge(fine).failed is None
        time.at += GRACE_SECONDS


@pytest.mark.parametrize(
    ("service", "version"),
    [
        (said(), 1),
        (said(current=3, latest=5), 3),
        (said("Failed", 1, 1), None),
        (said("Failed", 1, 2), 1),
        (said("Waiting", 0, 1), None),
        (said("Updating", 2, 3), 2),
        ({}, None),
    ],
)
def test_which_version_can_be_rolled_back_to(service: dict[str, Any], version: int | None) -> None:
    assert serving_version(service) == version


@pytest.mark.parametrize(
    ("service", "says"),
    [
        (said(running=0), "No instance serves: the endpoint is down"),
        (said(), "1 instance serves meanwhile"),
        (said(running=2), "2 instances serve meanwhile"),
        (None, "Whether anything serves is not known"),
    ],
)
def test_who_serves(service: dict[str, Any] | None, says: str) -> None:
    assert who_serves(service) == says


def test_a_scaler_decides_the_number() -> None:
    assert ready(None)(said(running=7, total=9)).done


def test_a_new_failure_is_not_waited_out() -> None:
    fresh = ready(1, after_version=1)(said("Failed", 1, 2) | {"Reason": "ImagePullBackOff", "Message": "no such image"})
    assert fresh.failed == "it is Failed (ImagePullBackOff: no such image)"
    assert ready(1)(said("Failed")).failed


@pytest.mark.parametrize("status", ENDED)
def test_every_terminal_status_ends_the_wait(status: str) -> None:
    time = Time()
    assert looks_until_failed(ready(1, time=time), said(status), time, 1.0)[1]


def test_stopped_is_ready_only_where_it_is_meant() -> None:
    assert ready(0)(said("Stopped", running=0, total=0)).done
    assert ready(1, stopped_is_fine=True)(said("Stopped")).done
    assert not ready(1)(said("Stopped")).done


def test_gone_is_gone() -> None:
    judge = gone()
    assert not judge(said("Deleting")).done
    assert judge(said("DeleteFailed") | {"Message": "in use"}).failed == "it is DeleteFailed (in use)"
    assert judge(None).done
