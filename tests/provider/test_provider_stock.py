"""Public instance types that are out of stock, and spot: at preview, while waiting, and when a machine is reclaimed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fourways.fakes.services.eas.backend import EasBackend
from fourways.provider.eas.services.shortage import Need
from fourways.provider.values import UNKNOWN
from tests.provider.harness import GROUP_URN, REGION, URN, Failed, Harness, group, plain, service
from tests.provider.updating import SURGE, Case, running_service, serving, updated

Provide = Callable[[Any], None]
FIRST, SECOND, THIRD = "ecs.gn8v-4x.24xlarge", "ml.gu8tef.8.46xlarge", "ecs.gn8v-8x.48xlarge"
ACCOUNT = "1000000000000001"


def on(*types: str | dict[str, Any], **changes: Any) -> dict[str, Any]:
    inputs = service(**changes)
    inputs["config"]["cloud"]["computing"]["instances"] = [{"type": one} if isinstance(one, str) else one for one in types]
    return inputs


def stock(harness: Harness, **states: Any) -> None:
    names = {"first": FIRST, "second": SECOND, "third": THIRD}
    harness.cloud.seed.setdefault("eas", {})["stock"] = {names[key]: value for key, value in states.items()}


def spot(limit: float = 5.0, name: str = FIRST) -> dict[str, Any]:
    return {"type": name, "spot_price_limit": limit}


def unbilled(harness: Harness) -> bool:
    return all(row["closed"] is not None for row in harness.cloud.ledger.rows())


# where replicas run


def test_the_second_type_is_used_and_the_line_says_why(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        stock(harness, first="NoStock")
        made = await harness.create(URN, on(FIRST, SECOND))
        outputs = plain(made.properties)
        assert (outputs["status"], outputs["instanceTypes"]) == ("Running", [SECOND])
        assert harness.lines.infos == [f"its replicas run on {SECOND}: {FIRST}, which comes first, had no stock (now: NoStock)"]

    provide(test)


@pytest.mark.parametrize(
    ("left", "says"),
    [
        ("NoStock", f"its replicas run on {FIRST}: {FIRST} on spot, which comes first, had no stock (now: NoStock)"),
        (1, f"its replicas run on {FIRST}: {FIRST} on spot, which comes first, was not to be had at 1 USD/hour or less"),
    ],
)
def test_the_same_type_without_spot_is_another_place(provide: Provide, left: Any, says: str) -> None:
    async def test(harness: Harness) -> None:
        harness.cloud.seed = {"eas": {"spot_prices": {FIRST: 2}}}
        harness.cloud.seed["eas"]["transition_seconds"] = 30
        harness.clock.at[harness.clock.now() + 25] = lambda: stock(harness, first=left)  # it has its place by then
        await harness.create(URN, on(spot(1), FIRST))
        assert harness.lines.infos == [says]

    provide(test)


def test_the_first_type_is_no_news(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, on(FIRST, SECOND))
        assert plain(made.properties)["instanceTypes"] == [FIRST]
        assert harness.lines.infos == []

    provide(test)


# preview


@pytest.mark.parametrize(
    ("states", "changes", "says"),
    [
        ({"first": "NoStock"}, {}, f"no stock now of {FIRST} (NoStock): it would run on {SECOND}, which has"),
        (
            {"first": "NoStock", "second": "ClosedWithStock"},
            {},
            f"no stock now of {FIRST} (NoStock), {SECOND} (ClosedWithStock): it would wait until there is, or its time is over",
        ),
        (
            {"first": "NoStock", "second": "NoStock"},
            {"alternatives": [THIRD], "onShortage": "release", "shortageTimeout": 1800},
            f"no stock now of {FIRST} (NoStock), {SECOND} (NoStock): it would wait 30 min, and be released then; the model fits {THIRD}, "
            "too, with stock now: name it in cloud.computing.instances",
        ),
        (
            {"first": "NoStock", "second": "NoStock", "third": "NoStock"},
            {"alternatives": [THIRD]},
            f"no stock now of {FIRST} (NoStock), {SECOND} (NoStock): it would wait until there is, or its time is over; "
            f"of the alternatives none has stock: {THIRD} (NoStock)",
        ),
        ({}, {}, None),
        ({"first": "NoStock"}, {"running": False}, None),
    ],
)
def test_the_preview_of_a_create_names_types_without_stock(
    provide: Provide, states: dict[str, Any], changes: dict[str, Any], says: str | None
) -> None:
    async def test(harness: Harness) -> None:
        stock(harness, **states)
        await harness.create(URN, on(FIRST, SECOND, **changes), preview=True)
        assert harness.lines.warnings == ([says] if says else [])
        assert harness.inventory("eas-service") == []

    provide(test)


def test_a_preview_without_the_cloud_says_nothing_of_stock(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        stock(harness, first="NoStock")
        harness.fault("error", "GetCallerIdentity", times=None, status=403, code="Forbidden")
        await harness.create(URN, on(FIRST), preview=True)
        harness.cloud.faults.clear()
        harness.fault("error", "DescribeMachineSpec", times=None, status=403, code="Forbidden")
        await harness.create(URN, on(FIRST), preview=True)
        assert harness.lines.warnings == []

    provide(test)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ({}, {"instance": 2}, "there is no place for the instances that this update adds (shortage: no stock of"),
        ({"running": False}, {}, "there is no place for the instances that this update adds (shortage: no stock of"),
        ({}, {"image": "registry/vllm:2"}, "this update finds no room for a new instance beside the running ones (shortage: no stock of"),
        ({}, {"restart": "now"}, "this update finds no room for a new instance beside the running ones (shortage: no stock of"),
        ({"instance": 2}, {"instance": 1}, None),
        ({}, {"labels": {"a": "b"}}, None),
        ({}, {"running": False, "image": "registry/vllm:2"}, None),
    ],
)
def test_the_preview_of_an_update_that_needs_room(provide: Provide, old: dict[str, Any], new: dict[str, Any], says: str | None) -> None:
    def inputs(instance: int = 1, image: str = "registry/vllm:1", **changes: Any) -> dict[str, Any]:
        made = on(FIRST, alternatives=[SECOND], **changes)
        made["config"]["metadata"]["instance"] = instance
        made["config"]["containers"][0]["image"] = image
        return made

    async def test(harness: Harness) -> None:
        made = await harness.create(URN, inputs(**old))
        stock(harness, first="NoStock")
        await harness.update(URN, made, inputs(**old), inputs(**new), preview=True)
        assert len(harness.lines.warnings) == (says is not None)
        if says:
            assert harness.lines.warnings[0].startswith(says)
            assert f"the model fits {SECOND}, too" in harness.lines.warnings[0]

    provide(test)


# shortage


def test_without_stock_anywhere_it_is_released_after_the_time_that_is_set(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        stock(harness, first="NoStock", second="NoStock")
        inputs = on(FIRST, SECOND, onShortage="release", shortageTimeout=600, alternatives=[THIRD])
        began = harness.clock.now()
        with pytest.raises(Failed) as failed:
            await harness.create(URN, inputs, timeout=7200)
        said = str(failed.value)
        assert said.startswith(
            "service chat did not start: given up after 10 min of shortage: Waiting, 0 of 1 ready. shortage: no stock of "
        )
        assert f"no stock of {FIRST} (NoStock), {SECOND} (NoStock)" in said
        assert f"the model fits {THIRD}, too, with stock now" in said
        assert said.endswith("It was deleted (onShortage: release): nothing is billed.")
        assert failed.value.kept_id is None
        assert 600 <= harness.clock.now() - began < 700
        assert harness.inventory("eas-service") == []
        assert harness.cloud.ledger.rows() == []
        assert any("shortage: no stock of" in line for line in harness.lines.statuses)
        harness.cloud.seed = {}
        assert plain((await harness.create(URN, inputs)).properties)["status"] == "Running"

    provide(test)


def test_without_a_time_of_its_own_the_timeout_of_the_resource_releases_it(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        stock(harness, first="NoStock")
        with pytest.raises(Failed, match=r"timed out after 5 min: Waiting, 0 of 1 ready\. shortage.*nothing is billed") as failed:
            await harness.create(URN, on(FIRST, onShortage="release"), timeout=300)
        assert failed.value.kept_id is None
        assert harness.inventory("eas-service") == []

    provide(test)


def test_waiting_goes_on_until_the_timeout_and_keeps_the_id(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        stock(harness, first="NoStock")
        with pytest.raises(Failed, match=r"timed out after 20 min: Waiting, 0 of 1 ready\. shortage: no stock") as failed:
            await harness.create(URN, on(FIRST, onShortage="wait", shortageTimeout=60), timeout=1200)
        assert failed.value.kept_id == f"{REGION}/chat"
        assert len(harness.inventory("eas-service")) == 1

    provide(test)


def test_stock_that_comes_back_ends_the_count(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        stock(harness, first="NoStock")
        harness.clock.at[harness.clock.now() + 400] = lambda: stock(harness, first=1)
        made = await harness.create(URN, on(FIRST, onShortage="release", shortageTimeout=600), timeout=7200)
        assert plain(made.properties)["status"] == "Running"

    provide(test)


def test_what_fails_for_another_reason_is_not_released(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.cloud.seed = {"eas": {"bad_images": ["*:1"]}}
        with pytest.raises(Failed, match="did not start: it is Failed") as failed:
            await harness.create(URN, on(FIRST, onShortage="release", shortageTimeout=600))
        assert failed.value.kept_id == f"{REGION}/chat"

    provide(test)


def test_what_has_a_machine_and_is_never_ready_is_not_released(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.cloud.seed = {"eas": {"unhealthy_images": ["*:1"]}}
        with pytest.raises(Failed, match="timed out after 5 min") as failed:
            await harness.create(URN, on(FIRST, onShortage="release"), timeout=300)
        assert failed.value.kept_id == f"{REGION}/chat"

    provide(test)


def test_a_wait_that_is_cancelled_releases_nothing(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        stock(harness, first="NoStock")
        harness.clock.at[harness.clock.now() + 300] = harness.provider.session.cancel
        with pytest.raises(Failed, match="stopped before it was ready") as failed:
            await harness.create(URN, on(FIRST, onShortage="release", shortageTimeout=600))
        assert failed.value.kept_id == f"{REGION}/chat"
        assert harness.calls("DeleteService") == 0

    provide(test)


@pytest.mark.parametrize("how", ["refused", "stuck"])
def test_a_release_that_fails_keeps_the_id(provide: Provide, how: str) -> None:
    async def test(harness: Harness) -> None:
        stock(harness, first="NoStock")
        if how == "refused":
            harness.fault("error", "DeleteService", times=None, status=409, code="Conflict")
        else:
            harness.fault("stuck", "DeleteService")
        with pytest.raises(Failed, match=r"could not be released, and may be billed once there is stock: ") as failed:
            await harness.create(URN, on(FIRST, onShortage="release", shortageTimeout=60))
        assert failed.value.kept_id == f"{REGION}/chat"
        assert failed.value.inputs["config"] == on(FIRST)["config"]

    provide(test)


def test_a_start_that_finds_no_place_is_stopped_again(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        off = on(FIRST, running=False, onShortage="release", shortageTimeout=60)
        made = await harness.create(URN, off)
        stock(harness, first="NoStock")
        with pytest.raises(
            Failed, match=r"did not start: given up after 60 s of shortage.*It was stopped again.*nothing is billed"
        ) as failed:
            await harness.update(URN, made, off, {**off, "running": True})
        assert failed.value.kept_id is None  # the engine keeps the state that it has: stopped
        assert [row["status"] for row in harness.inventory("eas-service")] == ["Stopped"]
        assert unbilled(harness)

    provide(test)


def test_an_update_without_room_is_rolled_back_when_the_time_is_over(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made, first = await running_service(harness, dedicated=False, rolling=SURGE, machines=1, onShortage="release", shortageTimeout=60)
        with pytest.raises(Failed, match=r"given up after 60 s of shortage.*version 1 serves again"):
            await harness.update(URN, made, first, updated(first, Case()), timeout=7200)
        assert serving(harness) == 1

    provide(test)


def test_released_from_a_full_group_the_machines_are_said_to_be_billed(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        home = plain((await harness.create(GROUP_URN, group())).properties)["resourceId"]
        inputs = service(onShortage="release", shortageTimeout=60)
        inputs["config"]["metadata"] |= {"instance": 2, "gpu": 4, "resource": home}
        del inputs["config"]["cloud"]
        with pytest.raises(Failed, match=f"no instance is billed, the machines of resource group {home} are"):
            await harness.create(URN, inputs)

    provide(test)


@pytest.mark.parametrize("full", [False, True])
def test_a_group_that_overflows_lacks_room_when_both_do(provide: Provide, full: bool) -> None:
    async def test(harness: Harness) -> None:
        home = plain((await harness.create(GROUP_URN, group())).properties)["resourceId"]
        inputs = on(SECOND)
        inputs["config"]["metadata"] |= {"instance": 2, "gpu": 4, "resource": home, "resource_burstable": True}
        stock(harness, second="NoStock" if full else 1)
        if full:
            with pytest.raises(Failed, match=rf"has 0 of 4 GPUs free.*and no stock of {SECOND} \(NoStock\)"):
                await harness.create(URN, inputs, timeout=120)
        else:
            outputs = plain((await harness.create(URN, inputs)).properties)
            assert sorted(outputs["instanceTypes"]) == [FIRST, SECOND]

    provide(test)


# spot


def test_a_price_limit_below_the_market_is_a_shortage(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.cloud.seed = {"eas": {"spot_prices": {FIRST: 9}}}
        with pytest.raises(
            Failed, match=rf"no machine yet for 1 of its instances on {FIRST} \(WithStock\) at 5 USD/hour or less; raise spot"
        ) as failed:
            await harness.create(URN, on(spot(), onShortage="release", shortageTimeout=60))
        assert "nothing is billed" in str(failed.value)

    provide(test)


def test_a_reclaimed_machine_is_seen_and_nothing_of_it_is_a_difference(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.cloud.seed = {"eas": {"spot_prices": {FIRST: 2, SECOND: 2}}}
        inputs = on(spot(), SECOND)
        made = await harness.create(URN, inputs)
        assert plain(made.properties)["instanceTypes"] == [FIRST]
        checked = await harness.checked(URN, inputs)
        harness.cloud.clock.advance(3600)
        stock(harness, first="NoStock", second="NoStock")
        harness.cloud.in_console("reclaim-spot", ACCOUNT, REGION, {"service": "chat"})
        harness.cloud.clock.advance(60)
        read = await harness.read(URN, made.id, made.properties, checked)
        outputs = plain(read.properties)
        assert (outputs["status"], outputs["runningInstance"], outputs["instanceTypes"]) == ("Waiting", 0, [])
        assert harness.lines.warnings == [
            "service chat is Waiting, 0 of 1 instances run: a spot machine may have been reclaimed; the cloud looks for another by itself"
        ]
        assert (await harness.diff(URN, read, read.inputs, inputs)).changes == 1  # DIFF_NONE
        stock(harness, first="NoStock")
        harness.cloud.clock.advance(120)
        read = await harness.read(URN, made.id, read.properties, checked)
        outputs = plain(read.properties)
        assert (outputs["status"], outputs["runningInstance"], outputs["instanceTypes"]) == ("Running", 1, [SECOND])
        assert len(harness.lines.warnings) == 1
        assert (await harness.diff(URN, read, read.inputs, inputs)).changes == 1

    provide(test)


def test_labels_that_change_while_a_place_is_looked_for_send_no_config(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.cloud.seed = {"eas": {"spot_prices": {FIRST: 2}}}
        made = await harness.create(URN, on(spot(), SECOND))
        harness.cloud.clock.advance(3600)
        stock(harness, first="NoStock")
        harness.cloud.in_console("reclaim-spot", ACCOUNT, REGION, {"service": "chat"})
        done = plain((await harness.update(URN, made, on(spot(), SECOND), on(spot(), SECOND, labels={"a": "b"}))).properties)
        assert (done["status"], done["instanceTypes"]) == ("Running", [SECOND])
        assert harness.calls("UpdateService") == 0
        assert len(harness.cloud.backends(EasBackend)) == 1

    provide(test)


@pytest.mark.parametrize(("host", "says"), [("", "no machine yet for 1 of its instances"), ("10.0.0.1", None)])
def test_an_instance_that_pulls_its_image_has_a_machine(provide: Provide, host: str, says: str | None) -> None:
    async def test(harness: Harness) -> None:
        async def listed(name: str) -> list[dict[str, Any]]:
            return [{"InstanceName": f"{name}-1", "Status": "Pending", "HostIP": host}]

        eas = harness.services.waits.shortages.eas
        eas.instances = listed  # type: ignore[method-assign]
        found = await harness.services.waits.shortages.of("chat", Need.of(on(FIRST)))
        assert (found or "").startswith(says or "nothing") == (says is not None)

    provide(test)


def test_what_only_the_deployment_knows_stops_no_preview(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, on(FIRST))
        for unknown in (
            {"config": UNKNOWN},
            {"alternatives": UNKNOWN},
            {"alternatives": [UNKNOWN]},
            {"running": UNKNOWN},
            {"restart": UNKNOWN},
        ):
            await harness.create(URN, on(FIRST, **unknown) if "config" not in unknown else {**service(), **unknown}, preview=True)
            await harness.update(URN, made, on(FIRST), {**on(FIRST), **unknown}, preview=True)
        await harness.update(URN, made, on(FIRST), {**on(FIRST), "rollBackTo": 1, "config": UNKNOWN}, preview=True)
        assert harness.lines.warnings == []

    provide(test)


def test_instances_that_cannot_be_listed_leave_the_types_of_before(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, on(FIRST))
        harness.fault("error", "ListServiceInstances", times=None, status=403, code="Forbidden")
        read = await harness.read(URN, made.id, made.properties, await harness.checked(URN, on(FIRST)))
        assert plain(read.properties)["instanceTypes"] == [FIRST]

    provide(test)
