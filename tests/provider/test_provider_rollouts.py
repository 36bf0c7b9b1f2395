"""Rollouts of scaling groups, over gRPC against the fake cloud: what is waited for, replaced, taken back, and told."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from fourways.provider.ess.scaling_calls import MOST_REMOVED
from fourways.provider.values import UNKNOWN
from tests.provider.balancing import PORT, TYPE, alb
from tests.provider.harness import REGION, Failed, Harness, plain
from tests.provider.scaling import OTHER_TYPE, Machines, ess

Provide = Callable[[Any], None]
Patch = pytest.MonkeyPatch
ROLLOUT_URN = "urn:pulumi:test::fourways::fourways:ess:Rollout::machines"


def test_a_create_waits_until_the_first_instances_serve(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch)
        group.place.default = None
        harness.clock.at[harness.cloud.clock.now() + 120] = lambda: setattr(group.place, "default", 200)
        made = await harness.create(ROLLOUT_URN, group.inputs())
        assert made.id == f"{REGION}/{group.id}"
        outputs = plain(made.properties)
        assert (outputs["instances"], outputs["rolledOut"]) == (sorted(row["InstanceId"] for row in group.rows()), f"{group.template}/1")
        assert harness.lines.statuses[0].startswith("0 of 2 healthy, last: InProgress: Add")
        assert harness.calls("ModifyScalingGroup") + harness.calls("RemoveInstances") == 0
        checked = await harness.checked(ROLLOUT_URN, group.inputs())
        again = await harness.read(ROLLOUT_URN, made.id, made.properties, checked)
        assert plain(again.properties) == outputs
        assert not (await harness.diff(ROLLOUT_URN, again, again.inputs, group.inputs())).diffs

    provide(test)


@pytest.mark.parametrize(
    ("size", "least", "most", "bounds"),
    [(4, 100, 150, (4, 6)), (4, 50, 100, (2, 4)), (2, 100, 100, (1, 2)), (3, 80, 120, (3, 4)), (1, 100, 200, (1, 2)), (2, 0, 100, (0, 2))],
)
def test_an_update_keeps_enough_serving_and_not_too_many_there(
    provide: Provide, monkeypatch: Patch, size: int, least: int, most: int, bounds: tuple[int, int]
) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch, size=size)
        percentages = {"minHealthyPercentage": least, "maxHealthyPercentage": most}
        made = await harness.create(ROLLOUT_URN, group.inputs(**percentages))
        number = group.version()
        group.seen.clear()
        done = plain((await harness.update(ROLLOUT_URN, made, group.inputs(**percentages), group.inputs(number, **percentages))).properties)
        assert group.versions() == [number] * size
        assert (group.sizes(), group.named(), done["rolledOut"]) == ((size, size), number, f"{group.template}/{number}")
        assert not set(done["instances"]) & set(plain(made.properties)["instances"])
        assert (min(serve for serve, _ in group.seen), max(there for _, there in group.seen)) == bounds

    provide(test)


def test_more_than_one_call_takes_leave_in_several(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        size = MOST_REMOVED + 2
        group = Machines(harness, monkeypatch, size=size, greatest=size)
        all_at_once = {"minHealthyPercentage": 0, "maxHealthyPercentage": 100}
        made = await harness.create(ROLLOUT_URN, group.inputs(**all_at_once))
        number = group.version()
        await harness.update(ROLLOUT_URN, made, group.inputs(**all_at_once), group.inputs(number, **all_at_once))
        assert (group.versions(), group.sizes()) == ([number] * size, (size, size))

    provide(test)


def test_those_that_drain_count_until_they_are_gone(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch, size=4)
        hook = {"LifecycleHookName": "drain", "LifecycleTransition": "SCALE_IN", "HeartbeatTimeout": 120, "DefaultResult": "CONTINUE"}
        ess("CreateLifecycleHook", ScalingGroupId=group.id, **hook)
        made = await harness.create(ROLLOUT_URN, group.inputs())
        number = group.version()
        group.seen.clear()
        await harness.update(ROLLOUT_URN, made, group.inputs(), group.inputs(number))
        assert group.versions() == [number] * 4
        assert (min(serve for serve, _ in group.seen), max(there for _, there in group.seen)) == (4, 6)
        assert any("2 on their way out" in line for line in harness.lines.statuses)

    provide(test)


def test_old_ones_wait_until_the_load_balancer_finds_the_new_ones_healthy(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch)
        made = await harness.create(ROLLOUT_URN, group.inputs())
        old = plain(made.properties)["instances"]
        group.old_serve()
        group.place.default = None  # in service for Auto Scaling, and no model loaded
        number = group.version()
        there: list[set[str]] = []
        harness.clock.at[harness.cloud.clock.now() + 400] = lambda: there.append({row["InstanceId"] for row in group.rows()})
        harness.clock.at[harness.cloud.clock.now() + 401] = lambda: setattr(group.place, "default", 200)
        await harness.update(ROLLOUT_URN, made, group.inputs(), group.inputs(number))
        assert set(old) <= there[0]
        assert any(line.startswith("0 of 2 healthy, 2 to be replaced") for line in harness.lines.statuses)

    provide(test)


def test_one_that_is_taken_out_of_the_server_group_does_not_serve(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch)
        made = await harness.create(ROLLOUT_URN, group.inputs())
        one = plain(made.properties)["instances"][0]
        alb("RemoveServersFromServerGroup", ServerGroupId=group.place.group, Servers=[{"ServerId": one, "ServerType": "Ecs", "Port": PORT}])
        harness.cloud.clock.advance(10)
        with pytest.raises(Failed, match=rf"1 of 2 healthy.*\n  {one}: not behind the load balancer yet"):
            await harness.update(ROLLOUT_URN, made, group.inputs(), group.inputs(), timeout=60)

    provide(test)


def test_a_version_that_never_serves_is_rolled_back(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch)
        made = await harness.create(ROLLOUT_URN, group.inputs())
        old = plain(made.properties)["instances"]
        group.old_serve()
        group.place.default = 500
        number = group.version()
        with pytest.raises(Failed) as failed:
            await harness.update(ROLLOUT_URN, made, group.inputs(), group.inputs(number), timeout=3600)
        said = str(failed.value)
        beginning = (
            f"scaling group {group.id} was not rolled out to {group.template}/{number}: no instance came to serve within 15 min: 0 of 2"
        )
        assert said.startswith(beginning)
        assert f"It was rolled back: its instances are made from {group.template}/1 again, and the change is still planned" in said
        assert re.search(r"\n  i-\w+: its health check got HTTP 500", said)
        assert "\nlast lines of the console of i-" in said
        assert failed.value.kept_id is None  # the state goes on saying what runs
        assert (group.staying(), group.named(), group.sizes()) == (old, "1", (2, 2))
        assert f"rolling back to {group.template}/1" in harness.lines.statuses
        assert min(serve for serve, _ in group.seen[-20:]) == 2

    provide(test)


def test_in_place_the_way_back_starts_the_old_version_again(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch)
        percentages = {"minHealthyPercentage": 50, "maxHealthyPercentage": 100}
        made = await harness.create(ROLLOUT_URN, group.inputs(**percentages))
        group.old_serve()
        group.place.default = None
        number = group.version()

        def mend() -> None:
            group.place.default = 200 if group.named() == "1" else None
            harness.clock.at[harness.cloud.clock.now() + 10] = mend

        mend()
        with pytest.raises(Failed, match="It was rolled back"):
            await harness.update(ROLLOUT_URN, made, group.inputs(**percentages), group.inputs(number, **percentages), timeout=1800)
        assert (group.versions(), group.named(), group.sizes()) == (["1", "1"], "1", (2, 2))

    provide(test)


@pytest.mark.parametrize("size", [2, None])
def test_no_stock_is_rolled_back_after_a_few_tries_with_the_reason(provide: Provide, monkeypatch: Patch, size: int | None) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch)
        made = await harness.create(ROLLOUT_URN, group.inputs(size=size))
        number = group.version(InstanceType=OTHER_TYPE)
        harness.fault("no-stock", "RunInstances", times=None, resource=OTHER_TYPE)
        with pytest.raises(Failed) as failed:
            await harness.update(ROLLOUT_URN, made, group.inputs(size=size), group.inputs(number, size=size))
        said = str(failed.value)
        assert "3 attempts to start instances have failed in a row, the last one: OperationDenied.NoStock: " in said
        assert "It was rolled back" in said
        assert "give it more types or zones, or run it again later" in said
        assert (group.versions(), group.named(), group.sizes()) == (["1", "1"], "1", (2, 2))

    provide(test)


def test_the_way_back_from_a_version_that_nothing_can_be_made_of_leaves_those_that_serve_alone(
    provide: Provide, monkeypatch: Patch
) -> None:
    """The group still wants the size that it had for the new version: it must not buy it of the old one, and let old ones go."""

    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch, size=3)
        made = await harness.create(ROLLOUT_URN, group.inputs())
        before = {row["InstanceId"] for row in group.rows()}
        number = group.version(InstanceType=OTHER_TYPE)
        harness.fault("no-stock", "RunInstances", times=None, resource=OTHER_TYPE)
        with pytest.raises(Failed, match="It was rolled back"):
            await harness.update(ROLLOUT_URN, made, group.inputs(), group.inputs(number))
        assert {row["InstanceId"] for row in group.rows()} == before

    provide(test)


def test_a_create_without_stock_waits_and_is_kept_with_the_reason(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("no-stock", "RunInstances", times=None, resource=TYPE)
        group = Machines(harness, monkeypatch)
        with pytest.raises(Failed, match=r"timed out after 10 min: 0 of 2 healthy, last: Failed: OperationDenied\.NoStock") as failed:
            await harness.create(ROLLOUT_URN, group.inputs(), timeout=600)
        assert "What is there is left as it is: run `pulumi up` again to go on. None of its instance types is to be had" in str(
            failed.value
        )
        assert failed.value.kept_id == f"{REGION}/{group.id}"
        harness.cloud.faults.clear()
        kept = await harness.read(ROLLOUT_URN, failed.value.kept_id)
        done = await harness.update(ROLLOUT_URN, kept, group.inputs(), group.inputs())
        assert len(plain(done.properties)["instances"]) == 2

    provide(test)


def test_a_failed_one_that_shall_be_kept_is_in_the_state_and_goes_on(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch)
        percentages = {"minHealthyPercentage": 50, "maxHealthyPercentage": 100, "onUpdateFailure": "keep"}
        made = await harness.create(ROLLOUT_URN, group.inputs(**percentages))
        group.old_serve()
        group.place.default = None
        number = group.version()
        with pytest.raises(Failed, match=r"no instance came to serve within 10 min.*run `pulumi up` again to go on") as failed:
            await harness.update(ROLLOUT_URN, made, group.inputs(**percentages), group.inputs(number, **percentages), timeout=1800)
        assert (group.versions(), group.named(), group.sizes()) == (["1", number], number, (2, 2))  # MinSize as it was
        assert (failed.value.kept_id, failed.value.inputs["launchTemplateVersion"]) == (made.id, number)
        assert failed.value.properties["rolledOut"] == f"{group.template}/1"  # where a later rollback leads
        group.place.default = 200
        inputs = group.inputs(number, **percentages)
        assert plain((await harness.update(ROLLOUT_URN, made, inputs, inputs)).properties)["rolledOut"] == f"{group.template}/{number}"

    provide(test)


def test_a_rollback_that_fails_is_told_and_kept(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch)
        percentages = {"minHealthyPercentage": 50, "maxHealthyPercentage": 100}
        made = await harness.create(ROLLOUT_URN, group.inputs(**percentages))
        group.old_serve()
        group.place.default = None
        number = group.version()
        with pytest.raises(Failed, match=rf"\nthe rollback to {group.template}/1 failed, too: no instance came to serve") as failed:
            await harness.update(ROLLOUT_URN, made, group.inputs(**percentages), group.inputs(number, **percentages), timeout=1800)
        assert failed.value.kept_id == made.id
        assert failed.value.properties["rolledOut"] == f"{group.template}/1"

    provide(test)


def test_a_stop_ends_the_wait_and_the_next_run_goes_on(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch, size=4)
        made = await harness.create(ROLLOUT_URN, group.inputs())
        number = group.version()
        harness.clock.at[harness.cloud.clock.now() + 40] = harness.provider.session.cancel
        with pytest.raises(Failed, match=r"stopped before it was ready\. What is there is left as it is: .* go on\.$") as failed:
            await harness.update(ROLLOUT_URN, made, group.inputs(), group.inputs(number))
        assert failed.value.kept_id == made.id
        assert "1" in group.versions()
        harness.provider.session.cancelled.clear()  # another run of the CLI
        await harness.update(ROLLOUT_URN, made, group.inputs(number), group.inputs(number))
        assert (group.versions(), group.sizes()) == ([number] * 4, (4, 4))

    provide(test)


@pytest.mark.parametrize("kind", ["cut", "cut-after", "error-after"])
@pytest.mark.parametrize("action", ["RemoveInstances", "ModifyScalingGroup"])
def test_what_has_no_answer_is_looked_at_again(provide: Provide, monkeypatch: Patch, kind: str, action: str) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch)
        made = await harness.create(ROLLOUT_URN, group.inputs())
        number = group.version()
        harness.fault(kind, action)
        await harness.update(ROLLOUT_URN, made, group.inputs(), group.inputs(number))
        assert (group.versions(), group.sizes()) == ([number] * 2, (2, 2))
        assert max(there for _, there in group.seen) == 3

    provide(test)


def test_a_refusal_is_told(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch)
        made = await harness.create(ROLLOUT_URN, group.inputs())
        number = group.version()
        harness.fault("error", "RemoveInstances", times=None, status=403, code="Forbidden.RAM")
        with pytest.raises(Failed, match=r"RemoveInstances: Forbidden\.RAM .*grant the action") as failed:
            await harness.update(ROLLOUT_URN, made, group.inputs(), group.inputs(number))
        assert failed.value.kept_id == made.id

    provide(test)


def test_a_dead_old_one_is_replaced_by_the_group_meanwhile(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch, size=4)
        made = await harness.create(ROLLOUT_URN, group.inputs())
        victim = plain(made.properties)["instances"][0]
        number = group.version()
        ess("SetInstanceHealth", InstanceId=victim, HealthStatus="Unhealthy")
        await harness.update(ROLLOUT_URN, made, group.inputs(), group.inputs(number))
        assert (group.versions(), group.sizes()) == ([number] * 4, (4, 4))
        assert max(there for _, there in group.seen) <= 6

    provide(test)


@pytest.mark.parametrize(("least", "percentages"), [(1, (100, 150)), (0, (0, 100)), (1, (0, 100))])
def test_a_group_that_rules_scale_keeps_the_size_that_it_had(
    provide: Provide, monkeypatch: Patch, least: int, percentages: tuple[int, int]
) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch, size=3, least=least)
        scaled = {"size": None, "minHealthyPercentage": percentages[0], "maxHealthyPercentage": percentages[1]}
        made = await harness.create(ROLLOUT_URN, group.inputs(**scaled))
        assert harness.calls("ModifyScalingGroup") == 0
        number = group.version()
        done = plain((await harness.update(ROLLOUT_URN, made, group.inputs(**scaled), group.inputs(number, **scaled))).properties)
        assert (len(done["instances"]), group.versions(), group.sizes()) == (3, [number] * 3, (least, 3))

    provide(test)


def test_what_rules_make_of_the_size_meanwhile_is_theirs(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch, size=3, least=2)
        group.place.default = None
        harness.clock.at[harness.cloud.clock.now() + 60] = lambda: group.modify(DesiredCapacity=2)
        harness.clock.at[harness.cloud.clock.now() + 300] = lambda: setattr(group.place, "default", 200)
        await harness.create(ROLLOUT_URN, group.inputs(size=None))
        assert group.sizes() == (2, 2)

    provide(test)


def test_a_group_that_rules_scale_has_its_size_again_after_a_rollback(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch, size=3, least=1)
        made = await harness.create(ROLLOUT_URN, group.inputs(size=None))
        group.old_serve()
        group.place.default = 500
        number = group.version()
        with pytest.raises(Failed, match="It was rolled back"):
            await harness.update(ROLLOUT_URN, made, group.inputs(size=None), group.inputs(number, size=None), timeout=3600)
        harness.cloud.clock.advance(120)
        assert (group.versions(), group.sizes()) == (["1"] * 3, (1, 3))

    provide(test)


def test_a_size_that_a_killed_run_has_raised_is_put_right(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch)
        made = await harness.create(ROLLOUT_URN, group.inputs())
        harness.fault("no-stock", "RunInstances", times=None, resource=TYPE)
        group.modify(DesiredCapacity=3)
        await harness.update(ROLLOUT_URN, made, group.inputs(), group.inputs())
        assert (group.versions(), group.sizes()) == (["1"] * 2, (2, 2))

    provide(test)


def test_a_drain_that_takes_long_is_no_standstill(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch)
        hook = {"LifecycleHookName": "drain", "LifecycleTransition": "SCALE_IN", "HeartbeatTimeout": 1200, "DefaultResult": "CONTINUE"}
        ess("CreateLifecycleHook", ScalingGroupId=group.id, **hook)
        made = await harness.create(ROLLOUT_URN, group.inputs())
        number = group.version()
        await harness.update(ROLLOUT_URN, made, group.inputs(), group.inputs(number), timeout=3600)  # 15 min a step
        assert group.versions() == [number] * 2

    provide(test)


def test_a_group_that_rules_scale_is_there_with_its_least(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch, size=3, least=1)
        harness.cloud.clock.advance(60)
        for row in group.rows()[1:]:
            group.place.up[row["InstanceId"]] = 500
        harness.cloud.clock.advance(60)
        done = plain((await harness.create(ROLLOUT_URN, group.inputs(size=None))).properties)
        assert len(done["instances"]) == 1

    provide(test)


def test_protected_instances_are_left_alone_and_count(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch, size=3)
        made = await harness.create(ROLLOUT_URN, group.inputs())
        keep = plain(made.properties)["instances"][0]
        ess("SetInstancesProtection", ScalingGroupId=group.id, InstanceId=[keep], ProtectedFromScaleIn=True)
        number = group.version()
        await harness.update(ROLLOUT_URN, made, group.inputs(), group.inputs(number))
        assert group.versions() == ["1", number, number]
        assert keep in [row["InstanceId"] for row in group.rows()]

    provide(test)


def test_a_smaller_number_is_waited_for(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch, size=3, least=1)
        made = await harness.create(ROLLOUT_URN, group.inputs())
        group.modify(DesiredCapacity=2)
        done = plain((await harness.update(ROLLOUT_URN, made, group.inputs(), group.inputs(size=2))).properties)
        assert len(done["instances"]) == len(group.versions()) == 2

    provide(test)


def test_a_group_that_is_gone(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch)
        made = await harness.create(ROLLOUT_URN, group.inputs())
        ess("DeleteScalingGroup", ScalingGroupId=group.id, ForceDelete=True)
        harness.cloud.clock.advance(300)
        assert (await harness.read(ROLLOUT_URN, made.id, made.properties)).id == ""
        with pytest.raises(Failed, match="the scaling group is gone"):
            await harness.update(ROLLOUT_URN, made, group.inputs(), group.inputs("2"))

    provide(test)


def test_drift_is_told_and_put_right(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch, least=1)
        made = await harness.create(ROLLOUT_URN, group.inputs())
        number = group.version()
        ess("SetInstanceHealth", InstanceId=group.rows()[0]["InstanceId"], HealthStatus="Unhealthy")
        harness.cloud.clock.advance(200)
        checked = await harness.checked(ROLLOUT_URN, group.inputs())
        read = await harness.read(ROLLOUT_URN, made.id, made.properties, checked)
        assert (plain(read.inputs)["launchTemplateVersion"], plain(read.properties)["rolledOut"]) == (number, f"{group.template}/1")
        assert list((await harness.diff(ROLLOUT_URN, read, read.inputs, group.inputs())).diffs) == ["launchTemplateVersion"]
        await harness.update(ROLLOUT_URN, made, read.inputs, group.inputs())
        assert (group.versions(), group.named()) == (["1", "1"], "1")
        harness.cloud.clock.advance(120)
        ess("RemoveInstances", ScalingGroupId=group.id, InstanceId=[group.rows()[0]["InstanceId"]])
        harness.cloud.clock.advance(60)
        await harness.read(ROLLOUT_URN, made.id, made.properties, checked)
        assert harness.lines.warnings == [f"1 of 2 instances of scaling group {group.id} are in service and healthy"]

    provide(test)


def test_an_import_tells_all_inputs(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch)
        harness.cloud.clock.advance(60)
        read = await harness.read(ROLLOUT_URN, f"{REGION}/{group.id}")
        wanted = group.inputs(size=None, minHealthyPercentage=80, maxHealthyPercentage=120)
        assert not (await harness.diff(ROLLOUT_URN, read, read.inputs, wanted)).diffs

    provide(test)


def test_a_delete_calls_nothing(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch)
        made = await harness.create(ROLLOUT_URN, group.inputs())
        calls = len(harness.cloud.requests.rows)
        await harness.delete(ROLLOUT_URN, made)
        assert len(harness.cloud.requests.rows) == calls

    provide(test)


def test_a_preview_says_how_it_will_go(provide: Provide, monkeypatch: Patch) -> None:
    async def test(harness: Harness) -> None:
        group = Machines(harness, monkeypatch, size=4)
        made = await harness.create(ROLLOUT_URN, group.inputs())
        inputs = group.inputs("2", minHealthyPercentage=50, maxHealthyPercentage=120)
        answer = await harness.update(ROLLOUT_URN, made, group.inputs(), inputs, preview=True)
        assert harness.lines.warnings == [
            f"rolls 4 instances out to {group.template}/2: at least 2 healthy, at most 5 at once (each is billed); "
            f"after a failure: back to {group.template}/1",
            "2 of 4 instances serve at times: they take all requests",
        ]
        shown = plain(answer.properties)
        assert (shown["rolledOut"], shown["instances"]) == (f"{group.template}/2", UNKNOWN)
        harness.lines.warnings.clear()
        quiet = await harness.update(ROLLOUT_URN, made, group.inputs(), group.inputs(onUpdateFailure="keep"), preview=True)
        assert (harness.lines.warnings, plain(quiet.properties)["instances"]) == ([], plain(made.properties)["instances"])

    provide(test)


@pytest.mark.parametrize(
    ("changes", "property_", "reason"),
    [
        ({"launchTemplateVersion": "Latest"}, "launchTemplateVersion", "the number of its version"),
        ({"minHealthyPercentage": 101}, "minHealthyPercentage", "from 0 to 100"),
        ({"maxHealthyPercentage": 99}, "maxHealthyPercentage", "from 100 to 200"),
        ({"onUpdateFailure": "stop"}, "onUpdateFailure", "rollback"),
    ],
)
def test_bad_inputs_are_told(provide: Provide, changes: dict[str, Any], property_: str, reason: str) -> None:
    async def test(harness: Harness) -> None:
        given = {"region": REGION, "scalingGroupId": "asg-1", "launchTemplateId": "lt-1", "launchTemplateVersion": "1", **changes}
        _, failures = await harness.check(ROLLOUT_URN, given)
        assert [(one.property, reason in one.reason) for one in failures] == [(property_, True)]

    provide(test)
