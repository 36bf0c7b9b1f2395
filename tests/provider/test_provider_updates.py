"""Updates that fail: what is rolled back or kept, what the error says, what the state says afterwards, and what the preview said."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.eas.deployment import operations
from tests.provider.harness import REGION, SECRET, URN, Failed, Harness, plain, service
from tests.provider.updating import (
    CASES,
    IN_PLACE,
    SURGE,
    Case,
    Provide,
    now,
    running_service,
    serving,
    the_error_tells,
    update_fails,
    updated,
    watched,
)

both_kinds = pytest.mark.parametrize("dedicated", [True, False], ids=["dedicated", "public"])
every_case = pytest.mark.parametrize("name", CASES)


@both_kinds
@every_case
def test_a_failed_update_is_rolled_back(provide: Provide, name: str, dedicated: bool) -> None:
    """By surge: the old version serves all along; the state keeps saying what runs, and the change is planned again."""
    case = CASES[name]

    async def test(harness: Harness) -> None:
        made, first = await running_service(harness, dedicated=dedicated, rolling=SURGE, machines=1 if name == "no room" else 2)
        harness.cloud.seed.setdefault("eas", {}).update(case.seed or {})
        seen, second = watched(harness), updated(first, case)
        failed = await update_fails(harness, made, first, second)
        the_error_tells(failed, case)
        planned = "It was rolled back: version 1 serves again, and the change is still planned: correct it and run `pulumi up`."
        assert planned in str(failed)
        if name == "no room":
            assert ("has 0 of 4 GPUs free" if dedicated else "Insufficient stock") in str(failed)
        assert failed.kept_id is None  # the engine keeps the state that it has
        assert min(seen) == 1
        cloud = await now(harness)
        assert (cloud["Status"], cloud["CurrentVersion"], cloud["RunningInstance"]) == ("Running", 1, 1)
        read = await harness.read(URN, made.id, made.properties, await harness.checked(URN, first))
        assert (await harness.diff(URN, made, read.inputs, first)).changes == 1  # DIFF_NONE: a refresh finds no drift
        assert "config.containers[0].image" in (await harness.diff(URN, made, first, second)).detailedDiff
        harness.cloud.seed["eas"] = {}
        if dedicated and name == "no room":
            return
        third = updated(first, Case(image="registry/vllm:3"))
        done = plain((await harness.update(URN, made, first, third)).properties)
        assert (done["status"], done["currentVersion"], done["latestVersion"]) == ("Running", 3, 3)

    provide(test)


@both_kinds
@every_case
def test_a_failed_update_is_kept(provide: Provide, name: str, dedicated: bool) -> None:
    """The failed version stays to be looked at, with its inputs in the state, and the next `up` goes on with it."""
    case = CASES[name]

    async def test(harness: Harness) -> None:
        made, first = await running_service(harness, dedicated=dedicated, rolling=SURGE, machines=1 if name == "no room" else 2)
        harness.cloud.seed.setdefault("eas", {}).update(case.seed or {})
        seen, second = watched(harness), updated(first, case, onUpdateFailure="keep")
        failed = await update_fails(harness, made, first, second)
        the_error_tells(failed, case)
        assert "1 instance serves meanwhile. It is kept in the state: run `pulumi up` again" in str(failed)
        assert (failed.kept_id, failed.inputs["config"], failed.properties["latestVersion"]) == (made.id, second["config"], 2)
        assert min(seen) == 1
        assert harness.calls("UpdateServiceVersion") == 0
        assert (await now(harness))["RunningInstance"] == 1
        harness.cloud.seed["eas"] = {}
        if dedicated and name == "no room":
            return
        done = plain((await harness.update(URN, made, second, updated(first, Case(image="registry/vllm:3")))).properties)
        assert (done["status"], done["currentVersion"], done["latestVersion"]) == ("Running", 3, 3)

    provide(test)


@pytest.mark.parametrize(("after", "says"), [("rollback", "version 1 serves again"), ("keep", "No instance serves: the endpoint is down")])
def test_in_place_the_endpoint_is_down_until_it_is_rolled_back(provide: Provide, after: str, says: str) -> None:
    async def test(harness: Harness) -> None:
        made, first = await running_service(harness, dedicated=True, rolling=IN_PLACE, machines=1)
        harness.cloud.seed["eas"] = {"bad_images": ["*:broken"]}
        seen = watched(harness)
        failed = await update_fails(harness, made, first, updated(first, CASES["bad image"], onUpdateFailure=after))
        assert says in str(failed)
        assert min(seen) == 0
        assert serving(harness) == (1 if after == "rollback" else 0)

    provide(test)


def test_a_log_that_cannot_be_had_is_no_other_failure(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made, first = await running_service(harness, dedicated=False, rolling=SURGE, machines=2)
        harness.cloud.seed["eas"] = dict(CASES["crash"].seed or {})
        harness.fault("error", "DescribeServiceLog", times=None, status=403, code="Forbidden")
        failed = await update_fails(harness, made, first, updated(first, CASES["crash"]))
        assert "Instance crashed" in str(failed)
        assert "last lines" not in str(failed)
        assert "version 1 serves again" in str(failed)

    provide(test)


def test_a_create_that_fails_is_not_rolled_back_and_tells_its_log(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.cloud.seed["eas"] = dict(CASES["crash"].seed or {})
        inputs = service(token=SECRET)
        inputs["config"]["containers"][0]["image"] = "registry/vllm:crash"
        with pytest.raises(Failed, match="did not start: it is Failed") as failed:
            await harness.create(URN, inputs)
        assert re.search(r"\nlast lines of instance chat-\w+-\w+, before its restart 1:\n", str(failed.value))
        assert "line 19" in str(failed.value)
        assert "line 9" not in str(failed.value)  # ten lines, no more
        assert SECRET not in str(failed.value)
        assert failed.value.kept_id == f"{REGION}/chat"
        assert harness.calls("UpdateServiceVersion") == 0

    provide(test)


def test_what_somebody_else_made_of_it_is_not_rolled_back(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made, first = await running_service(harness, dedicated=False, rolling=SURGE, machines=3)
        eas = harness.services.eas
        harness.cloud.seed["eas"] = {"bad_images": ["*:broken", "*:theirs"]}

        def meanwhile(image: str) -> Callable[[], None]:
            def act() -> None:
                (home,) = harness.cloud.backends(EasBackend)
                operations.update(home, home.services["chat"], {"containers": [{"image": image, "port": 8000}]}, replace=False)

            return act

        harness.clock.at[harness.clock.now() + 1] = meanwhile("registry/vllm:theirs")
        failed = await update_fails(harness, made, first, updated(first, CASES["bad image"]))
        assert "meanwhile somebody else made version 3 of it, which was not touched" in str(failed)
        assert harness.calls("UpdateServiceVersion") == 0
        harness.clock.at[harness.clock.now() + 1] = meanwhile("registry/vllm:good")
        failed = await update_fails(harness, made, first, updated(first, CASES["bad image"]))
        assert "it runs, but not as it was asked to here; meanwhile somebody else made version 5 of it" in str(failed)
        assert failed.kept_id == made.id
        assert (await eas.describe_service("chat"))["CurrentVersion"] == 5  # type: ignore[index]

    provide(test)


def test_a_cancelled_update_is_not_rolled_back(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made, first = await running_service(harness, dedicated=True, rolling=SURGE, machines=1)
        harness.clock.at[harness.clock.now() + 60] = harness.provider.session.cancel
        failed = await update_fails(harness, made, first, updated(first, CASES["no room"]))
        assert "stopped before it was ready" in str(failed)
        assert failed.kept_id == made.id
        assert harness.calls("UpdateServiceVersion") == 0

    provide(test)


def test_scaling_without_room_is_kept(provide: Provide) -> None:
    """It makes no new version and harms nothing that runs: there is nothing to roll back."""

    async def test(harness: Harness) -> None:
        made, first = await running_service(harness, dedicated=True, rolling=SURGE, machines=1)
        more = {**first, "config": {**first["config"], "metadata": {**first["config"]["metadata"], "instance": 2}}}
        failed = await update_fails(harness, made, first, more)
        assert "timed out after 5 min: Waiting, 1 of 2 ready. shortage" in str(failed)
        assert "1 instance serves meanwhile. It is kept in the state" in str(failed)
        assert harness.calls("UpdateServiceVersion") == 0

    provide(test)


def test_the_setting_alone_is_recorded_without_a_call(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        assert (await harness.diff(URN, made, service(), service(onUpdateFailure="rollback"))).changes == 1  # the default, written down
        assert set((await harness.diff(URN, made, service(), service(onUpdateFailure="keep"))).detailedDiff) == {"onUpdateFailure"}
        done = plain((await harness.update(URN, made, service(), service(onUpdateFailure="keep"))).properties)
        assert done["onUpdateFailure"] == "keep"
        assert harness.calls("UpdateService") == 0
        _, failures = await harness.check(URN, service(onUpdateFailure="retry"))
        assert [failure.property for failure in failures] == ["onUpdateFailure"]

    provide(test)


@pytest.mark.parametrize(
    ("rolling", "machines", "change", "says"),
    [
        (IN_PLACE, 2, {"image": "x:2"}, "this update takes the endpoint down until the new version runs"),
        (SURGE, 1, {"image": "x:2"}, "this update finds no room for a new instance beside the running ones (shortage: resource group"),
        (SURGE, 2, {"image": "x:2"}, None),
        (IN_PLACE, 2, {"instance": 2}, None),
        (IN_PLACE, 2, {"labels": {"team": "b"}}, None),
    ],
    ids=["in place", "surge without room", "surge", "scaling", "labels"],
)
def test_the_preview_says_when_the_endpoint_will_be_down(
    provide: Provide, rolling: dict[str, int], machines: int, change: dict[str, Any], says: str | None
) -> None:
    async def test(harness: Harness) -> None:
        made, first = await running_service(harness, dedicated=True, rolling=rolling, machines=machines)
        second = updated(first, Case(image=change.get("image", first["config"]["containers"][0]["image"])), labels=change.get("labels", {}))
        second["config"]["metadata"] = {**second["config"]["metadata"], "instance": change.get("instance", 1)}
        await harness.update(URN, made, first, second, preview=True)
        assert len(harness.lines.warnings) == (says is not None)
        assert all(line.startswith(says or "") for line in harness.lines.warnings)
        assert harness.calls("UpdateService") == 0

    provide(test)


def test_a_preview_without_the_cloud_says_what_it_knows(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made, first = await running_service(harness, dedicated=True, rolling=SURGE, machines=1)
        harness.fault("error", "DescribeResource", times=None, status=403, code="Forbidden")
        await harness.update(URN, made, first, updated(first, CASES["no room"]), preview=True)
        assert harness.lines.warnings == []

    provide(test)
