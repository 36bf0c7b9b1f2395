"""When a wait is over, told from what the cloud says alone: never on the old version, never on an old failure, never short of instances."""

from typing import Any

import pytest

from fourways.provider.eas.service_judges import ENDED, GRACE_LOOKS, gone, ready, serving_version, who_serves


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


def test_a_roll_out_that_somebody_takes_back_ends_the_wait() -> None:
    judge = ready(1, after_version=1)
    assert all(judge(said(current=1, latest=2)).failed is None for _ in range(GRACE_LOOKS))
    assert judge(said(current=1, latest=2)).failed == "it runs version 1 again instead of 2: somebody rolled it back"


def test_an_old_failure_may_be_shown_for_a_while_after_a_rollback() -> None:
    judge = ready(1, failure_is_old=True)
    assert all(judge(said("Failed", 1, 2)).failed is None for _ in range(GRACE_LOOKS))
    assert judge(said("Failed", 1, 2)).failed


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


def test_an_old_failure_is_waited_out_and_a_new_one_is_not() -> None:
    judge = ready(1, after_version=1)
    assert all(judge(said("Failed")).failed is None for _ in range(GRACE_LOOKS))
    assert judge(said("Failed")).failed
    fresh = ready(1, after_version=1)(said("Failed", 1, 2) | {"Reason": "ImagePullBackOff", "Message": "no such image"})
    assert fresh.failed == "it is Failed (ImagePullBackOff: no such image)"
    assert ready(1)(said("Failed")).failed


@pytest.mark.parametrize("status", ENDED)
def test_every_terminal_status_ends_the_wait(status: str) -> None:
    judge = ready(1)
    assert any(judge(said(status)).failed for _ in range(GRACE_LOOKS + 1))


def test_stopped_is_ready_only_where_it_is_meant() -> None:
    assert ready(0)(said("Stopped", running=0, total=0)).done
    assert ready(1, stopped_is_fine=True)(said("Stopped")).done
    assert not ready(1)(said("Stopped")).done


def test_a_service_that_is_not_listed_yet_may_still_come() -> None:
    judge = ready(1)
    assert all(judge(None).failed is None for _ in range(GRACE_LOOKS))
    assert judge(None).failed == "it is gone"


def test_gone_is_gone() -> None:
    judge = gone()
    assert not judge(said("Deleting")).done
    assert judge(said("DeleteFailed") | {"Message": "in use"}).failed == "it is DeleteFailed (in use)"
    assert judge(None).done
