"""The rollback itself: without an answer, refused, not getting to run; and what is as it was afterwards."""

from __future__ import annotations

import pytest

from tests.provider.harness import SECRET, URN, Harness, plain
from tests.provider.updating import (
    CASES,
    IN_PLACE,
    SURGE,
    Case,
    Provide,
    now,
    running_service,
    update_fails,
    updated,
)


def test_labels_and_lock_are_as_they_were_after_a_rollback(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made, first = await running_service(harness, dedicated=False, rolling=SURGE, machines=2, safetyLock="all")
        harness.cloud.seed["eas"] = {"bad_images": ["*:broken"]}
        failed = await update_fails(harness, made, first, updated(first, CASES["bad image"], safetyLock="none"))
        assert "version 1 serves again" in str(failed)
        assert (await now(harness))["SafetyLock"] == "all"
        labels = await harness.labels("chat")
        assert (labels["team"], labels["fourways-stack"]) == ("a", "test")

    provide(test)


@pytest.mark.parametrize("kind", ["cut", "cut-after", "error", "error-after", "throttle"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_rollback_without_an_answer_happens_all_the_same(provide: Provide, kind: str, times: int) -> None:
    async def test(harness: Harness) -> None:
        made, first = await running_service(harness, dedicated=False, rolling=SURGE, machines=2)
        harness.cloud.seed["eas"] = {"bad_images": ["*:broken"]}
        harness.fault(kind, "UpdateServiceVersion", times=times)
        failed = await update_fails(harness, made, first, updated(first, CASES["bad image"]))
        assert "It was rolled back: version 1 serves again" in str(failed)
        cloud = await now(harness)
        assert (cloud["Status"], cloud["CurrentVersion"], cloud["LatestVersion"]) == ("Running", 1, 2)

    provide(test)


def test_a_version_that_cannot_be_named_is_sent_again(provide: Provide) -> None:
    """'Smaller than the current version' may mean the version that still serves: then what ran before is sent as a new version."""

    async def test(harness: Harness) -> None:
        made, first = await running_service(harness, dedicated=False, rolling=SURGE, machines=2)
        harness.cloud.seed["eas"] = {"bad_images": ["*:broken"]}
        harness.fault("error", "UpdateServiceVersion", times=None, status=400, code="InvalidParameter")
        failed = await update_fails(harness, made, first, updated(first, CASES["bad image"]))
        assert "It was rolled back: version 1 serves again" in str(failed)
        cloud = await now(harness)
        assert (cloud["Status"], cloud["CurrentVersion"], cloud["LatestVersion"], cloud["AccessToken"]) == ("Running", 3, 3, SECRET)
        assert failed.kept_id is None

    provide(test)


def test_a_rollback_that_is_refused_tells_both_failures(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made, first = await running_service(harness, dedicated=False, rolling=SURGE, machines=2)
        harness.cloud.seed["eas"] = {"bad_images": ["*:broken"]}
        for action, nth in (("UpdateServiceVersion", 1), ("UpdateService", 2)):
            harness.fault("error", action, nth=nth, times=None, status=403, code="Forbidden")
        second = updated(first, CASES["bad image"])
        failed = await update_fails(harness, made, first, second)
        assert "did not update: it is Failed (ImagePullBackOff" in str(failed)
        assert "The rollback to version 1 failed, too: UpdateService: Forbidden (HTTP 403)" in str(failed)
        assert "1 instance serves meanwhile. It is kept in the state" in str(failed)
        assert failed.kept_id == made.id  # what the cloud has is what was asked for now
        assert failed.inputs["config"] == second["config"]

    provide(test)


def test_a_rollback_that_does_not_get_to_run_tells_both_failures(provide: Provide) -> None:
    """The old version is asked for and crashes, too: the state goes on saying the old version, which was asked for last."""

    async def test(harness: Harness) -> None:
        made, first = await running_service(harness, dedicated=True, rolling=IN_PLACE, machines=1)
        harness.cloud.seed["eas"] = {"bad_images": ["*:broken"]}
        harness.fault("fail", "UpdateServiceVersion")
        second = updated(first, CASES["bad image"])
        failed = await update_fails(harness, made, first, second)
        assert "did not update: it is Failed (ImagePullBackOff" in str(failed)
        assert "The rollback to version 1 failed, too: it is Failed (CrashLoopBackOff" in str(failed)
        assert "No instance serves: the endpoint is down" in str(failed)
        assert failed.kept_id is None
        done = plain((await harness.update(URN, made, first, updated(first, Case(image="registry/vllm:3")))).properties)
        assert done["status"] == "Running"

    provide(test)


def test_scaling_after_a_rollback_keeps_the_version(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made, first = await running_service(harness, dedicated=False, rolling=SURGE, machines=4)
        harness.cloud.seed["eas"] = {"bad_images": ["*:broken"]}
        await update_fails(harness, made, first, updated(first, CASES["bad image"]))
        more = {**first, "config": {**first["config"], "metadata": {**first["config"]["metadata"], "instance": 3}}}
        done = plain((await harness.update(URN, made, first, more)).properties)
        assert (done["runningInstance"], done["currentVersion"], done["latestVersion"]) == (3, 1, 2)

    provide(test)


@pytest.mark.parametrize("kind", ["", "cut-after", "error"])
def test_after_a_failure_that_was_kept_the_version_that_ran_comes_back(provide: Provide, kind: str) -> None:
    """Version 2 failed and was kept, version 3 fails, too: back to 1, whose number of replicas is its own."""

    async def test(harness: Harness) -> None:
        made, first = await running_service(harness, dedicated=False, rolling=SURGE, machines=4)
        harness.cloud.seed["eas"] = {"bad_images": ["*:broken", "*:broken-2"]}
        second = updated(first, CASES["bad image"], onUpdateFailure="keep")
        second["config"]["metadata"] = {**first["config"]["metadata"], "instance": 2}
        await update_fails(harness, made, first, second)
        third = updated(second, Case(image="registry/vllm:broken-2"), onUpdateFailure="rollback")
        if kind:
            harness.fault(kind, "UpdateServiceVersion")
        failed = await update_fails(harness, made, second, third)
        assert "It was rolled back: version 1 serves again" in str(failed)
        cloud = await now(harness)
        assert (cloud["Status"], cloud["CurrentVersion"], cloud["LatestVersion"], cloud["RunningInstance"]) == ("Running", 1, 3, 1)
        assert failed.kept_id == made.id  # the state has never said what runs now: the next `up` goes on from here
        assert harness.calls("UpdateService") == 2

    provide(test)
