"""`roll_back_to`: an earlier version, served until it is not asked for any more; refused with changes of config; coherent in the state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.provider.harness import SECRET, URN, Failed, Harness, plain, service
from tests.provider.updating import now, watched

Provide = Callable[[Any], None]


def imaged(number: int, **more: Any) -> dict[str, Any]:
    inputs = service(**more)
    inputs["config"]["containers"][0]["image"] = f"registry/vllm:{number}"
    return inputs


async def of_two_versions(harness: Harness, **more: Any) -> Any:
    """A service that runs its second version."""
    made = await harness.create(URN, imaged(1, **more))
    made.properties.CopyFrom((await harness.update(URN, made, imaged(1, **more), imaged(2, **more))).properties)
    return made


def sent(harness: Harness) -> tuple[int, int]:
    return harness.calls("UpdateService"), harness.calls("UpdateServiceVersion")


def test_back_and_forth(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await of_two_versions(harness)
        old, back = imaged(2), imaged(2, rollBackTo=1)
        assert set((await harness.diff(URN, made, old, back)).detailedDiff) == {"rollBackTo"}
        seen = watched(harness)
        done = await harness.update(URN, made, old, back)
        outputs = plain(done.properties)
        assert (outputs["status"], outputs["currentVersion"], outputs["latestVersion"], outputs["rollBackTo"]) == ("Running", 1, 2, 1)
        assert outputs["config"] == old["config"]
        assert min(seen) >= 1
        assert any(line.startswith("rolling back, Updating") for line in harness.lines.statuses)
        assert "registry/vllm:1" in (await now(harness))["ServiceConfig"]
        # a refresh finds no drift, and neither the same program nor a change beside the config sends anything
        made.properties.CopyFrom(done.properties)
        read = await harness.read(URN, made.id, made.properties, await harness.checked(URN, back))
        assert (await harness.diff(URN, made, read.inputs, back)).changes == 1  # DIFF_NONE
        await harness.update(URN, made, back, imaged(2, rollBackTo=1, labels={"a": "b"}, safetyLock="dangerous"))
        assert sent(harness) == (1, 1)
        # taken out: the config goes out again
        assert set((await harness.diff(URN, made, back, old)).detailedDiff) == {"rollBackTo"}
        outputs = plain((await harness.update(URN, made, back, old)).properties)
        assert (outputs["currentVersion"], outputs["latestVersion"]) == (3, 3)
        assert "rollBackTo" not in outputs
        assert "registry/vllm:2" in (await now(harness))["ServiceConfig"]
        assert sent(harness) == (2, 1)

    provide(test)


def test_another_version_than_asked_for_is_drift(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await of_two_versions(harness)
        back = imaged(2, rollBackTo=1)
        made.properties.CopyFrom((await harness.update(URN, made, imaged(2), back)).properties)
        await harness.services.eas.update_service("chat", {**imaged(9)["config"], "metadata": {"name": "chat", "instance": 1}})
        harness.cloud.clock.advance(120)
        read = await harness.read(URN, made.id, made.properties, await harness.checked(URN, back))
        assert set((await harness.diff(URN, made, read.inputs, back)).detailedDiff) == {"rollBackTo"}
        outputs = plain((await harness.update(URN, made, read.inputs, back)).properties)
        assert (outputs["currentVersion"], outputs["latestVersion"]) == (1, 3)

    provide(test)


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize(
    ("new", "says"),
    [
        (imaged(3, rollBackTo=1), "rollBackTo 1 serves an earlier version, and config or token change with it"),
        (imaged(2, rollBackTo=1, token=SECRET), "rollBackTo 1 serves an earlier version, and config or token change with it"),
        (imaged(2, rollBackTo=7), "rollBackTo 7 is no version of it. Allowed: 1 to 2."),
    ],
    ids=["config", "token", "no such version"],
)
def test_it_is_refused_with_what_would_make_a_version(provide: Provide, new: dict[str, Any], says: str, preview: bool) -> None:
    async def test(harness: Harness) -> None:
        made = await of_two_versions(harness)
        with pytest.raises(Failed, match=says) as failed:
            await harness.update(URN, made, imaged(2), new, preview=preview)
        assert SECRET not in str(failed.value)
        assert failed.value.kept_id is None
        assert sent(harness) == (1, 0)

    provide(test)


@pytest.mark.parametrize("preview", [True, False])
def test_a_new_service_has_no_earlier_version(provide: Provide, preview: bool) -> None:
    async def test(harness: Harness) -> None:
        with pytest.raises(Failed, match="no earlier version"):
            await harness.create(URN, imaged(1, rollBackTo=1), preview=preview)
        assert harness.inventory("eas-service") == []

    provide(test)


def test_the_preview_says_what_it_does(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await of_two_versions(harness)
        answer = await harness.update(URN, made, imaged(2), imaged(2, rollBackTo=1), preview=True)
        assert harness.lines.infos == [
            "goes back to version 1, rolling, and serves it until rollBackTo is taken out; the declared config is not sent"
        ]
        assert plain(answer.properties)["serviceId"]
        made.properties.CopyFrom((await harness.update(URN, made, imaged(2), imaged(2, rollBackTo=1))).properties)
        harness.lines.infos.clear()
        await harness.update(URN, made, imaged(2, rollBackTo=1), imaged(2), preview=True)
        assert harness.lines.infos == ["no longer goes back to version 1: the declared config is sent again, as a new version"]

    provide(test)


def test_the_version_that_serves_needs_no_call(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await of_two_versions(harness)
        outputs = plain((await harness.update(URN, made, imaged(2), imaged(2, rollBackTo=2))).properties)
        assert (outputs["currentVersion"], outputs["rollBackTo"]) == (2, 2)
        await harness.update(URN, made, imaged(2, rollBackTo=2), imaged(2))  # taken out again: it serves what is declared
        assert sent(harness) == (1, 0)

    provide(test)


def test_taken_out_the_config_goes_out_though_it_shows_no_difference(provide: Provide) -> None:
    """The version that served has a key more than is declared."""

    async def test(harness: Harness) -> None:
        first = imaged(1)
        first["config"]["features"] = {"x": "y"}
        made = await harness.create(URN, first)
        made.properties.CopyFrom((await harness.update(URN, made, first, imaged(1))).properties)
        await harness.update(URN, made, imaged(1), imaged(1, rollBackTo=1))
        assert "features" in (await now(harness))["ServiceConfig"]
        await harness.update(URN, made, imaged(1, rollBackTo=1), imaged(1))
        assert "features" not in (await now(harness))["ServiceConfig"]

    provide(test)


@pytest.mark.parametrize("kind", ["cut", "cut-after"])
def test_an_answer_that_is_lost(provide: Provide, kind: str) -> None:
    async def test(harness: Harness) -> None:
        made = await of_two_versions(harness)
        harness.fault(kind, "UpdateServiceVersion")
        outputs = plain((await harness.update(URN, made, imaged(2), imaged(2, rollBackTo=1))).properties)
        assert (outputs["status"], outputs["currentVersion"]) == ("Running", 1)
        assert harness.calls("UpdateServiceVersion") == (2 if kind == "cut" else 1)

    provide(test)


def test_a_refused_one_leaves_state_and_service(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await of_two_versions(harness)
        harness.fault("error", "UpdateServiceVersion", times=None, status=400, code="InvalidParameter")
        with pytest.raises(Failed, match="cannot update service chat: UpdateServiceVersion: InvalidParameter") as failed:
            await harness.update(URN, made, imaged(2), imaged(2, rollBackTo=1))
        assert failed.value.kept_id is None
        assert (await now(harness))["CurrentVersion"] == 2

    provide(test)


def test_lists_that_still_show_the_later_version_do_not_end_the_wait(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await of_two_versions(harness)
        eas = harness.services.eas
        fresh, stale = eas.list_services, await eas.list_services({})
        looks = []

        async def lagging(labels: Any) -> list[dict[str, Any]]:
            looks.append(labels)
            return stale if len(looks) < 3 else await fresh(labels)

        eas.list_services = lagging  # type: ignore[method-assign]
        outputs = plain((await harness.update(URN, made, imaged(2), imaged(2, rollBackTo=1))).properties)
        assert outputs["currentVersion"] == 1
        assert any(line.endswith("still version 2") for line in harness.lines.statuses)

    provide(test)


def test_back_from_a_version_that_failed_and_was_kept(provide: Provide) -> None:
    """The state has the failed version's config: going back is no change of it."""

    async def test(harness: Harness) -> None:
        keep = {"onUpdateFailure": "keep"}
        made = await harness.create(URN, imaged(1, **keep))
        harness.cloud.seed = {"eas": {"bad_images": ["*:2"]}}
        with pytest.raises(Failed) as failed:
            await harness.update(URN, made, imaged(1, **keep), imaged(2, **keep))
        assert failed.value.kept_id == made.id
        outputs = plain((await harness.update(URN, made, imaged(2, **keep), imaged(2, rollBackTo=1, **keep))).properties)
        assert (outputs["status"], outputs["currentVersion"]) == ("Running", 1)

    provide(test)


@pytest.mark.parametrize("after", [False, True])
def test_a_stopped_service_goes_back_without_starting(provide: Provide, after: bool) -> None:
    async def test(harness: Harness) -> None:
        made = await of_two_versions(harness)
        old = imaged(2)
        if after:
            old = imaged(2, running=False)
            made.properties.CopyFrom((await harness.update(URN, made, imaged(2), old)).properties)
        outputs = plain((await harness.update(URN, made, old, imaged(2, running=False, rollBackTo=1))).properties)
        assert (outputs["status"], outputs["currentVersion"]) == ("Stopped", 1)
        outputs = plain((await harness.update(URN, made, imaged(2, running=False, rollBackTo=1), imaged(2, rollBackTo=1))).properties)
        assert (outputs["status"], outputs["currentVersion"]) == ("Running", 1)

    provide(test)


def test_one_that_does_not_start_is_kept_and_gone_on_with(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await of_two_versions(harness)
        harness.cloud.seed = {"eas": {"bad_images": ["*:1"]}}
        with pytest.raises(Failed, match=r"did not update: it is Failed.*1 instance serves meanwhile\. It is kept in the state") as failed:
            await harness.update(URN, made, imaged(2), imaged(2, rollBackTo=1))
        assert (failed.value.kept_id, failed.value.inputs["rollBackTo"]) == (made.id, 1)
        harness.cloud.seed = {}
        outputs = plain((await harness.update(URN, made, imaged(2, rollBackTo=1), imaged(2, rollBackTo=1))).properties)
        assert (outputs["status"], outputs["currentVersion"]) == ("Running", 1)

    provide(test)
