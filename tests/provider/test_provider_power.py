"""`running` and `restart`: stopped, started, stopped by somebody, updated while stopped, locked; each over gRPC against the fake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fourways.fakes.services.eas.backend import EasBackend
from tests.provider.harness import REGION, URN, Failed, Harness, plain, service

Provide = Callable[[Any], None]
TYPE = "ecs.gn8v-4x.24xlarge"


def imaged(number: int, **more: Any) -> dict[str, Any]:
    inputs = service(**more)
    inputs["config"]["containers"][0]["image"] = f"registry/vllm:{number}"
    return inputs


async def cloud_says(harness: Harness) -> dict[str, Any]:
    found = await harness.services.eas.describe_service("chat")
    assert found is not None
    return found


def open_bills(harness: Harness) -> list[Any]:
    return [row for row in harness.cloud.ledger.rows() if row["closed"] is None]


def actions(harness: Harness, *, after: int = 0) -> list[str]:
    changing = ("Update", "Stop", "Start", "Restart", "Create", "Delete", "Release")
    rows = list(harness.cloud.requests.rows)[after:]
    return [row["action"] for row in rows if row["action"].startswith(changing) and "Label" not in row["action"]]


def count(harness: Harness) -> int:
    return len(harness.cloud.requests.rows)


def test_false_stops_and_keeps_it_and_true_starts_it_again(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        assert len(open_bills(harness)) == 1
        off = service(running=False)
        assert set((await harness.diff(URN, made, service(), off)).detailedDiff) == {"running"}
        stopped = await harness.update(URN, made, service(), off)
        outputs = plain(stopped.properties)
        assert (outputs["status"], outputs["runningInstance"], outputs["instanceTypes"]) == ("Stopped", 0, [])
        assert open_bills(harness) == []
        assert harness.calls("UpdateService") == 0
        read = await harness.read(URN, made.id, stopped.properties, await harness.checked(URN, off))
        assert (await harness.diff(URN, made, read.inputs, off)).changes == 1  # DIFF_NONE
        assert harness.lines.warnings == []
        outputs = plain((await harness.update(URN, made, off, service())).properties)
        assert (outputs["status"], outputs["runningInstance"], outputs["instanceTypes"]) == ("Running", 1, [TYPE])
        assert outputs["latestVersion"] == 1

    provide(test)


def test_created_stopped_it_never_runs(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service(running=False))
        assert plain(made.properties)["status"] == "Stopped"
        assert harness.cloud.ledger.rows() == []
        assert "fourways-creating" not in await harness.labels("chat")

    provide(test)


def test_created_stopped_where_only_what_runs_can_be_stopped(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("error", "StopService", status=409, code="Conflict")
        made = await harness.create(URN, service(running=False))
        assert plain(made.properties)["status"] == "Stopped"
        assert harness.calls("StopService") == 2
        assert open_bills(harness) == []

    provide(test)


def test_stopped_by_somebody_is_drift_and_started_again(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        await harness.services.eas.stop_service("chat")
        harness.cloud.clock.advance(120)
        read = await harness.read(URN, made.id, made.properties, await harness.checked(URN, service()))
        assert plain(read.inputs)["running"] is False
        assert set((await harness.diff(URN, made, read.inputs, service())).detailedDiff) == {"running"}
        outputs = plain((await harness.update(URN, made, read.inputs, service())).properties)
        assert (outputs["status"], outputs["runningInstance"]) == ("Running", 1)

    provide(test)


@pytest.mark.parametrize("image", [1, 2])
def test_an_update_of_a_service_that_is_still_stopping_starts_it(provide: Provide, image: int) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        await harness.services.eas.stop_service("chat")
        start = count(harness)
        outputs = plain((await harness.update(URN, made, service(), imaged(image, labels={"a": "b"}))).properties)
        assert (outputs["status"], outputs["currentVersion"]) == ("Running", image)
        assert actions(harness, after=start) == (["UpdateService"] if image == 2 else []) + ["StartService"]

    provide(test)


def test_updated_while_stopped_it_takes_effect_and_does_not_start(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service(running=False))
        start = count(harness)
        outputs = plain((await harness.update(URN, made, service(running=False), imaged(2, running=False))).properties)
        assert (outputs["status"], outputs["currentVersion"], outputs["latestVersion"]) == ("Stopped", 2, 2)
        assert actions(harness, after=start) == ["UpdateService"]
        assert harness.cloud.ledger.rows() == []
        more = imaged(2, running=False)
        more["config"]["metadata"]["instance"] = 2  # scales, and makes no version
        await harness.update(URN, made, imaged(2, running=False), more)
        on = {**more, "running": True}
        outputs = plain((await harness.update(URN, made, more, on)).properties)
        assert (outputs["status"], outputs["runningInstance"], outputs["currentVersion"]) == ("Running", 2, 2)

    provide(test)


def test_stopped_with_a_change_it_stops_before_the_change(provide: Provide) -> None:
    """Nothing of the new version is ever billed."""

    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        start = count(harness)
        outputs = plain((await harness.update(URN, made, service(), imaged(2, running=False))).properties)
        assert (outputs["status"], outputs["latestVersion"]) == ("Stopped", 2)
        assert actions(harness, after=start) == ["StopService", "UpdateService"]
        assert len(harness.cloud.ledger.rows()) == 1

    provide(test)


@pytest.mark.parametrize("refused", [False, True])
def test_the_lock_is_off_for_the_one_call(provide: Provide, refused: bool) -> None:
    async def test(harness: Harness) -> None:
        locked = service(safetyLock="dangerous")
        made = await harness.create(URN, locked)
        start = count(harness)
        if refused:
            harness.fault("error", "StopService", status=403, code="Forbidden")
            with pytest.raises(Failed, match="cannot update service chat: StopService: Forbidden") as failed:
                await harness.update(URN, made, locked, {**locked, "running": False})
            assert failed.value.kept_id is None
        else:
            done = await harness.update(URN, made, locked, {**locked, "running": False})
            assert (plain(done.properties)["status"], plain(done.properties)["safetyLock"]) == ("Stopped", "dangerous")
        lock, stop = "UpdateServiceSafetyLock", "StopService"
        assert actions(harness, after=start) == [lock, stop, lock]
        assert (await cloud_says(harness))["SafetyLock"] == "dangerous"

    provide(test)


def test_a_lock_that_is_lowered_with_the_stop_is_off_for_it_too(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        locked = service(safetyLock="all")
        made = await harness.create(URN, locked)
        done = await harness.update(URN, made, locked, {**locked, "safetyLock": "dangerous", "running": False})
        assert (plain(done.properties)["status"], plain(done.properties)["safetyLock"]) == ("Stopped", "dangerous")

    provide(test)


def test_the_lock_on_all_operations_refuses(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        locked = service(safetyLock="all")
        made = await harness.create(URN, locked)
        for change in ({"running": False}, {"restart": "now"}):
            with pytest.raises(Failed, match="its safety lock 'all' forbids every operation"):
                await harness.update(URN, made, locked, {**locked, **change})
        assert actions(harness)[2:] == []

    provide(test)


def test_a_stop_whose_answer_is_lost_has_happened(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        harness.fault("cut-after", "StopService")
        outputs = plain((await harness.update(URN, made, service(), service(running=False))).properties)
        assert outputs["status"] == "Stopped"
        harness.fault("cut-after", "StartService")
        outputs = plain((await harness.update(URN, made, service(running=False), service())).properties)
        assert outputs["status"] == "Running"

    provide(test)


@pytest.mark.parametrize("action", ["StopService", "StartService"])
def test_a_refused_second_one_is_the_effect_of_the_first(provide: Provide, action: str) -> None:
    """Its answer was lost, and a cloud that refuses to stop what is stopping has stopped it."""

    async def test(harness: Harness) -> None:
        old, new = service(running=action == "StopService"), service(running=action == "StartService")
        made = await harness.create(URN, old)
        earlier = harness.calls(action)
        harness.fault("cut-after", action)
        harness.fault("error", action, status=409, code="Conflict")
        outputs = plain((await harness.update(URN, made, old, new)).properties)
        assert outputs["status"] == ("Stopped" if action == "StopService" else "Running")
        assert harness.calls(action) - earlier == 2

    provide(test)


def test_a_stop_that_does_not_end_is_told_and_done_again(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        harness.fault("stuck", "StopService")
        with pytest.raises(Failed, match="not stopped yet and may still be billed: timed out after 15 min: Stopping"):
            await harness.update(URN, made, service(), service(running=False))

    provide(test)


def test_changed_text_restarts_every_instance_once(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        first, second = service(restart="monday"), service(restart="tuesday")
        made = await harness.create(URN, first)
        assert harness.calls("RestartService") == 0
        before = {replica["InstanceName"] for replica in await harness.services.eas.instances("chat")}
        outputs = plain((await harness.update(URN, made, first, second)).properties)
        after = {replica["InstanceName"] for replica in await harness.services.eas.instances("chat")}
        assert (outputs["status"], outputs["runningInstance"], outputs["latestVersion"]) == ("Running", 1, 1)
        assert before.isdisjoint(after)
        assert any(line.startswith("Starting") for line in harness.lines.statuses)
        await harness.update(URN, made, second, service())  # taken out: nothing
        await harness.update(URN, made, second, second)
        assert harness.calls("RestartService") == 1

    provide(test)


def test_lists_of_before_the_restart_do_not_end_the_wait(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        harness.cloud.seed = {"eas": {"transition_seconds": 30}}
        eas = harness.services.eas
        fresh, stale = eas.list_services, await eas.list_services({})
        looks = []

        async def lagging(labels: Any) -> list[dict[str, Any]]:
            looks.append(labels)
            return stale if len(looks) < 4 else await fresh(labels)

        eas.list_services = lagging  # type: ignore[method-assign]
        await harness.update(URN, made, service(), service(restart="now"))
        assert any(line.startswith("Starting") for line in harness.lines.statuses)

    provide(test)


@pytest.mark.parametrize("kind", ["cut", "cut-after"])
def test_a_restart_without_an_answer_happens_once(provide: Provide, kind: str) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        harness.cloud.seed = {"eas": {"transition_seconds": 60}}
        harness.fault(kind, "RestartService")
        await harness.update(URN, made, service(), service(restart="now"))
        (home,) = harness.cloud.backends(EasBackend)
        told = [event for event in home.services["chat"].events if event.reason == "Starting"]
        assert len(told) == 1

    provide(test)


def test_a_refused_restart_leaves_the_state_as_it_was(provide: Provide) -> None:
    """Its text is not recorded: the next `up` asks for it again."""

    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        harness.fault("error", "RestartService", status=409, code="Conflict")
        with pytest.raises(Failed, match="cannot update service chat: RestartService: Conflict") as failed:
            await harness.update(URN, made, service(), service(restart="now"))
        assert failed.value.kept_id is None

    provide(test)


def test_a_new_version_and_a_start_need_no_restart_on_top(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        await harness.update(URN, made, service(), imaged(2, restart="a"))
        await harness.update(URN, made, imaged(2, restart="a"), imaged(2, restart="b", running=False))
        await harness.update(URN, made, imaged(2, restart="b", running=False), imaged(2, restart="c"))
        assert harness.calls("RestartService") == 0

    provide(test)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"running": False}, "stops the service: its endpoint is down"),
        ({"restart": "now"}, "restarts all instances of the service, rolling"),
    ],
)
def test_the_preview_says_what_it_does(provide: Provide, change: dict[str, Any], says: str) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        start = count(harness)
        await harness.update(URN, made, service(), service(**change), preview=True)
        assert [line.startswith(says) for line in harness.lines.infos] == [True]
        assert actions(harness, after=start) == []

    provide(test)


def test_an_import_of_a_stopped_service_tells_it(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(URN, service(running=False))
        assert plain((await harness.read(URN, f"{REGION}/chat")).inputs)["running"] is False

    provide(test)
