"""Creates and updates without a clear answer, cut-off runs, name conflicts, failed starts: one service, never two, never lost."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from fourways.cloud import ownership
from tests.provider.harness import GROUP_URN, REGION, SECRET, URN, Failed, Harness, group, plain, running, service

Provide = Callable[[Any], None]
OUTCOMES = ["cut", "cut-after", "error", "error-after", "throttle"]


@pytest.mark.parametrize("kind", OUTCOMES)
@pytest.mark.parametrize("times", [1, 2])
def test_a_create_without_an_answer_makes_one_service(provide: Provide, kind: str, times: int) -> None:
    async def test(harness: Harness) -> None:
        harness.fault(kind, "CreateService", times=times)
        made = await harness.create(URN, service())
        assert plain(made.properties)["status"] == "Running"
        assert len(harness.inventory("eas-service")) == 1
        assert "fourways-creating" not in await harness.labels("chat")

    provide(test)


@pytest.mark.parametrize("kind", OUTCOMES)
def test_a_create_of_machines_without_an_answer_buys_once(provide: Provide, kind: str) -> None:
    async def test(harness: Harness) -> None:
        harness.fault(kind, "CreateResource")
        made = await harness.create(GROUP_URN, group())
        assert plain(made.properties)["gpus"] == 4
        assert len(harness.inventory("eas-resource-group")) == 1
        assert len(harness.cloud.ledger.rows()) == 1

    provide(test)


@pytest.mark.parametrize("kind", OUTCOMES)
def test_an_order_of_more_machines_without_an_answer_buys_once(provide: Provide, kind: str) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GROUP_URN, group())
        harness.fault(kind, "CreateResourceInstances")
        updated = plain((await harness.update(GROUP_URN, made, group(), group(instanceCount=3))).properties)
        assert updated["gpus"] == 12
        assert len(harness.inventory("eas-dedicated-machine")) == 3

    provide(test)


def test_lists_that_lag_do_not_make_a_second_group(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("cut-after", "CreateResource")
        harness.fault("lag", "CreateResource", seconds=15)
        made = await harness.create(GROUP_URN, group())
        assert len(harness.inventory("eas-resource-group")) == 1
        assert plain(made.properties)["gpus"] == 4

    provide(test)


def test_reads_that_lag_do_not_make_a_second_service(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("error-after", "CreateService")
        harness.fault("lag", "CreateService", seconds=8)
        made = await harness.create(URN, service())
        assert made.id == f"{REGION}/chat"
        assert len(harness.inventory("eas-service")) == 1

    provide(test)


@pytest.mark.parametrize("kind", OUTCOMES)
def test_an_update_without_an_answer_reaches_the_new_version(provide: Provide, kind: str) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        harness.fault(kind, "UpdateService")
        second = service()
        second["config"]["containers"][0]["image"] = "registry/vllm:2"
        updated = plain((await harness.update(URN, made, service(), second)).properties)
        assert updated["currentVersion"] == updated["latestVersion"] == 2

    provide(test)


def test_reads_survive_a_bad_minute(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        for action in ("ListServices", "DescribeService", "GetCallerIdentity"):
            harness.fault("error", action, times=2)
        assert plain((await harness.create(URN, service())).properties)["status"] == "Running"

    provide(test)


@pytest.mark.parametrize("kind", ["service", "group"])
def test_what_a_cut_off_run_left_is_taken_over(cloud: Any, kind: str) -> None:
    """The first provider dies in the middle of its wait; nothing is in the state. The next run finds it by its labels."""
    urn, inputs = (URN, service()) if kind == "service" else (GROUP_URN, group())

    async def test() -> None:
        async with running(cloud) as first:
            cloud.faults.add(rule("stuck", "CreateService" if kind == "service" else "CreateResource"))
            first.provider.session.engine_is_alive = gone
            first.clock.at[cloud.clock.now() + 30] = first.provider.session.cancel
            with pytest.raises(Failed):
                await first.create(urn, inputs)
        cloud.faults.clear()
        async with running(cloud) as second:
            if kind == "service":
                await second.services.eas.again(
                    "RestartService", "restart_service", None, None, REGION, "chat"
                )  # ends the fake's stuck transition
                made = await second.create(urn, inputs)
                assert len(second.inventory("eas-service")) == 1
            else:
                for machine in machines(cloud):
                    machine.status = "Ready"
                made = await second.create(urn, inputs)
                assert len(second.inventory("eas-resource-group")) == 1
            assert any("taken over" in line for line in second.lines.warnings)
            await second.delete(urn, made)
            assert not cloud.inventory()

    asyncio.run(test())


async def gone() -> bool:
    return False


def rule(kind: str, action: str) -> Any:
    from fourways.fakes.faults import Rule

    return Rule(kind=kind, action=action)


def machines(cloud: Any) -> list[Any]:
    from fourways.fakes.services.eas.backend import EasBackend

    return [machine for home in cloud.backends(EasBackend) for one in home.groups.values() for machine in one.machines.values()]


def test_a_service_of_somebody_else_is_refused_by_name(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        eas = harness.services.eas
        outside = service()["config"] | {"metadata": {"name": "chat"}}
        await eas.create_service(outside, {"fourways-project": "p", "fourways-stack": "s"}, None)
        with pytest.raises(
            Failed, match=r"service chat: a service of this name exists in ap-southeast-1 and belongs to project p, stack s\. It was not"
        ):
            await harness.create(URN, service())
        assert await harness.labels("chat") == {"fourways-project": "p", "fourways-stack": "s"}
        assert harness.calls("UpdateService") == 0

    provide(test)


def test_a_service_in_the_state_is_not_adopted_by_its_own_replacement(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(URN, service())
        with pytest.raises(Failed, match="set the option deleteBeforeReplace"):
            await harness.create(URN, service())

    provide(test)


def test_a_replacement_group_is_a_second_one_and_a_lost_one_is_named(cloud: Any) -> None:
    async def test() -> None:
        async with running(cloud) as first:
            made = await first.create(GROUP_URN, group())
            await first.diff(GROUP_URN, made, group(), group(systemDiskSize=500))
            other = await first.create(GROUP_URN, group(systemDiskSize=500))
            assert other.id != made.id
        async with running(cloud) as second:  # knows of nothing in the state
            with pytest.raises(Failed, match=r"carries this resource's label, and is billed\. Nothing was created\."):
                await second.create(GROUP_URN, group())
            assert len(second.inventory("eas-resource-group")) == 2

    asyncio.run(test())


def test_a_failed_start_keeps_id_and_state_and_the_next_up_goes_on(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        bad = service(token=SECRET)
        bad["config"]["containers"][0]["image"] = "registry/does-not-exist:1"
        with pytest.raises(Failed, match="did not start: it is Failed") as failed:
            await harness.create(URN, bad)
        assert "Back-off pulling image" in str(failed.value)
        assert failed.value.kept_id == f"{REGION}/chat"
        assert failed.value.inputs["config"] == bad["config"]
        assert failed.value.properties["status"] == "Failed"
        assert SECRET not in str(failed.value)
        assert b"4dabf18193072939515e22adb298388d" in failed.value.raw  # secrets are marked in what the state gets
        assert "fourways-creating" not in await harness.labels("chat")

        from types import SimpleNamespace

        kept = SimpleNamespace(id=failed.value.kept_id, properties=await harness.checked(URN, bad))
        good = service(token=SECRET)
        updated = plain((await harness.update(URN, kept, bad, good)).properties)
        assert updated["status"] == "Running"

    provide(test)


def test_a_failed_update_keeps_the_new_inputs_and_is_sent_again(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        second = service(onUpdateFailure="keep")
        second["config"]["containers"][0]["image"] = "registry/vllm:2"
        harness.fault("fail", "UpdateService")
        with pytest.raises(Failed, match="did not update: it is Failed") as failed:
            await harness.update(URN, made, service(), second)
        assert failed.value.kept_id == made.id
        assert failed.value.inputs["config"] == second["config"]
        updated = plain((await harness.update(URN, made, second, second)).properties)
        assert updated["status"] == "Running"
        assert updated["currentVersion"] == updated["latestVersion"] == 3

    provide(test)


def test_a_timeout_keeps_the_service_and_the_next_up_waits_on(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.cloud.seed = {"eas": {"transition_seconds": {"create": 300}}}
        with pytest.raises(Failed, match=r"timed out after 60 s: Waiting, 0 of 1 ready") as failed:
            await harness.create(URN, service(), timeout=60)
        assert failed.value.kept_id == f"{REGION}/chat"

        from types import SimpleNamespace

        kept = SimpleNamespace(id=failed.value.kept_id, properties=await harness.checked(URN, service()))
        updated = plain((await harness.update(URN, kept, service(), service())).properties)
        assert updated["status"] == "Running"
        assert harness.calls("UpdateService") == 0

    provide(test)


def test_cancel_ends_the_wait_and_keeps_the_service(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.cloud.seed = {"eas": {"transition_seconds": 10_000}}
        harness.clock.at[harness.cloud.clock.now() + 20] = harness.provider.session.cancel
        with pytest.raises(Failed, match="stopped before it was ready") as failed:
            await harness.create(URN, service())
        assert failed.value.kept_id == f"{REGION}/chat"
        assert failed.value.properties["serviceId"]

    provide(test)


def test_machines_that_fail_keep_the_group(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("fail", "CreateResource")
        with pytest.raises(Failed, match="1 of its machines failed to be created") as failed:
            await harness.create(GROUP_URN, group(instanceCount=2))
        assert str(failed.value.kept_id).startswith(f"{REGION}/eas-r-")

        from types import SimpleNamespace

        kept = SimpleNamespace(id=failed.value.kept_id, properties=await harness.checked(GROUP_URN, group(instanceCount=2)))
        updated = plain((await harness.update(GROUP_URN, kept, group(instanceCount=2), group(instanceCount=2))).properties)
        assert updated["gpus"] == 8

    provide(test)


def test_ownership_labels_are_the_urns() -> None:
    assert ownership.urn_labels(URN)["fourways-urn"] != ownership.urn_labels(GROUP_URN)["fourways-urn"]
