"""Rollouts of scaling groups, over gRPC: what is waited for, rolled, taken back, and told."""

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest

from fourways.fakes.service import Service
from fourways.provider.values import UNKNOWN
from tests.provider.harness import REGION, Failed, Harness, plain
from tests.provider.scaling import GROUP, TEMPLATE, Group

Provide = Callable[[Any], None]
ROLLOUT_URN = "urn:pulumi:test::fourways::fourways:ess:Rollout::machines"


def rollout(version: str = "1", **changes: Any) -> dict[str, Any]:
    given = {"region": REGION, "scalingGroupId": GROUP, "launchTemplateId": TEMPLATE, "launchTemplateVersion": version, "size": 2}
    return {key: value for key, value in {**given, **changes}.items() if value is not None}


async def made(harness: Harness, group: Group, **changes: Any) -> Any:
    """A rollout of version 1 that is done."""
    group.ready(2)
    return await harness.create(ROLLOUT_URN, rollout(**changes))


def started(harness: Harness) -> list[dict[str, Any]]:
    return [row["parameters"] for row in harness.cloud.requests.rows if row["action"] == "StartInstanceRefresh"]


def test_a_create_waits_for_the_first_instances(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Group(harness.cloud)
        ids = group.add(2)
        group.activity("InProgress", Description='Add "2" ECS instances')
        done = await harness.create(ROLLOUT_URN, rollout())
        assert done.id == f"{REGION}/{GROUP}"
        outputs = plain(done.properties)
        assert (outputs["instances"], outputs["rolledOut"]) == (ids, f"{TEMPLATE}/1")
        assert harness.lines.statuses[0] == '0 of 2 healthy, last: InProgress: Add "2" ECS instances'
        assert started(harness) == []

    provide(test)


def test_a_group_that_rules_scale_has_its_least_number_at_least(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Group(harness.cloud, least=1)
        (first,) = group.ready(1)
        group.add(1)  # on its way: the rules may start more at any time
        done = plain((await harness.create(ROLLOUT_URN, rollout(size=None))).properties)
        assert done["instances"] == [first]

    provide(test)


def test_a_fixed_number_waits_for_all_and_for_their_health(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Group(harness.cloud)
        group.ready(2)
        group.ready(1, HealthStatus="Unhealthy")
        with pytest.raises(Failed, match=r"timed out after 60 s: 2 of 2 healthy"):
            await harness.create(ROLLOUT_URN, rollout(), timeout=60)

    provide(test)


def test_an_update_replaces_the_instances(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Group(harness.cloud)
        before = await made(harness, group)
        inputs = rollout("2", minHealthyPercentage=100, maxHealthyPercentage=150)
        group.version = "2"  # as the plugin has told it before
        named: list[str] = []
        harness.clock.at[harness.cloud.clock.now() + 30] = lambda: named.append(group.version)
        done = plain((await harness.update(ROLLOUT_URN, before, rollout(), inputs)).properties)
        assert group.versions() == ["2", "2"]
        assert (named, group.version) == (["1"], "2")  # until the new one serves, a scale-out takes what is known to
        assert (done["instances"], done["rolledOut"]) == (["i-3", "i-4"], f"{TEMPLATE}/2")
        (request,) = started(harness)
        wanted = {
            "ScalingGroupId": GROUP,
            "DesiredConfiguration.LaunchTemplateId": TEMPLATE,
            "DesiredConfiguration.LaunchTemplateVersion": "2",
            "MinHealthyPercentage": "100",
            "MaxHealthyPercentage": "150",
        }
        assert {key: str(request[key]) for key in wanted} == wanted
        assert str(request["SkipMatching"]).lower() == "true"
        assert "1 of 2 healthy, refresh 50 %" in harness.lines.statuses

    provide(test)


def test_a_create_rolls_what_is_there_of_another_version(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Group(harness.cloud, version="2")
        group.ready(2, "1")
        await harness.create(ROLLOUT_URN, rollout("2"))
        assert group.versions() == ["2", "2"]

    provide(test)


def test_protected_and_attached_instances_are_left_alone(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Group(harness.cloud)
        group.ready(2)
        group.add(1, "0", LifecycleState="Protected")
        group.ready(1, "0", CreationType="Attached")
        group.add(1, "0", LifecycleState="Removing")
        await harness.create(ROLLOUT_URN, rollout())
        assert started(harness) == []

    provide(test)


@pytest.mark.parametrize(("kind", "starts"), [("cut-after", 1), ("error-after", 1), ("cut", 2)])
def test_a_refresh_whose_answer_is_lost_is_not_started_twice(provide: Provide, kind: str, starts: int) -> None:
    async def test(harness: Harness) -> None:
        group = Group(harness.cloud)
        before = await made(harness, group)
        harness.fault(kind, "StartInstanceRefresh")
        await harness.update(ROLLOUT_URN, before, rollout(), rollout("2"))
        assert (len(group.tasks), harness.calls("StartInstanceRefresh")) == (1, starts)

    provide(test)


def test_what_cannot_be_refreshed_yet_is_asked_for_again(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Group(harness.cloud)
        before = await made(harness, group)
        group.not_yet = 2
        await harness.update(ROLLOUT_URN, before, rollout(), rollout("2"))
        assert group.versions() == ["2", "2"]

    provide(test)


def test_a_refresh_under_way_is_followed_and_one_to_another_version_is_cancelled(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Group(harness.cloud)
        before = await made(harness, group)
        group.task("2")
        done = await harness.update(ROLLOUT_URN, before, rollout(), rollout("2"))
        assert started(harness) == []
        group.task("3")
        before.properties.CopyFrom(done.properties)
        await harness.update(ROLLOUT_URN, before, rollout("2"), rollout("4"))
        assert [task["Status"] for task in group.tasks] == ["Successful", "Cancelled", "Successful"]
        (warning,) = harness.lines.warnings
        assert warning.startswith(f"instance refresh ir-2 to {TEMPLATE}/3 was under way: cancelled")

    provide(test)


def test_a_failed_one_is_rolled_back(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Group(harness.cloud)
        before = await made(harness, group)
        group.fails, group.version = 1, "2"  # the plugin has told the group of the new version before
        group.activity("Failed", ErrorCode="OperationDenied.NoStock", ErrorMessage="The resource is out of stock in zone a.")
        with pytest.raises(Failed) as failed:
            await harness.update(ROLLOUT_URN, before, rollout(), rollout("2"))
        said = str(failed.value)
        assert said.startswith(
            f"scaling group {GROUP} was not rolled out to {TEMPLATE}/2: instance refresh ir-1 ended as Failed: i-9 did not"
        )
        assert f"It was rolled back: its instances are made from {TEMPLATE}/1 again, and the change is still planned" in said
        assert "The last scaling activity failed: OperationDenied.NoStock: The resource is out of stock in zone a." in said
        assert "give it more types or zones" in said
        assert failed.value.kept_id is None  # the state goes on saying what runs
        assert (group.versions(), group.version, group.tasks[0]["Status"]) == (["1", "1"], "1", "RollbackSuccessful")
        assert f"rolling back to {TEMPLATE}/1" in harness.lines.statuses
        assert any(
            line.endswith("healthy, rollback 0 %, last: Failed: OperationDenied.NoStock: The resource is out of stock in zone a.")
            for line in harness.lines.statuses
        )

    provide(test)


def test_one_that_takes_too_long_is_rolled_back_too(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Group(harness.cloud)
        before = await made(harness, group)
        group.stuck = True
        with pytest.raises(Failed, match=r"timed out after 5 min: 0 of 2 healthy, refresh 0 %\. It was rolled back"):
            await harness.update(ROLLOUT_URN, before, rollout(), rollout("2"), timeout=300)
        assert harness.calls("RollbackInstanceRefresh") == 1

    provide(test)


def test_where_a_rollback_is_refused_another_refresh_goes_back(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Group(harness.cloud)
        before = await made(harness, group)
        group.fails, group.refuses = 1, True

        def mend() -> None:
            group.fails = None

        harness.clock.at[harness.cloud.clock.now() + 150] = mend
        with pytest.raises(Failed, match="It was rolled back"):
            await harness.update(ROLLOUT_URN, before, rollout(), rollout("2"))
        assert [request["DesiredConfiguration.LaunchTemplateVersion"] for request in started(harness)] == ["2", "1"]
        assert group.versions() == ["1", "1"]

    provide(test)


def test_a_rollback_that_fails_is_told_and_kept(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Group(harness.cloud)
        before = await made(harness, group)
        group.fails, group.refuses = 1, True

        def jam() -> None:
            group.stuck = True

        harness.clock.at[harness.cloud.clock.now() + 125] = jam
        with pytest.raises(Failed, match=rf"the rollback to {TEMPLATE}/1 failed, too: timed out after 10 min") as failed:
            await harness.update(ROLLOUT_URN, before, rollout(), rollout("2"), timeout=600)
        assert failed.value.kept_id == f"{REGION}/{GROUP}"
        assert failed.value.properties["rolledOut"] == f"{TEMPLATE}/1"  # where the next rollback leads

    provide(test)


def test_a_failed_one_that_shall_be_kept_is_in_the_state_and_goes_on(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Group(harness.cloud)
        before = await made(harness, group)
        group.fails = 1
        inputs = rollout("2", onUpdateFailure="keep")
        with pytest.raises(Failed, match=r"ended as Failed.*What is there is left as it is: run `pulumi up` again") as failed:
            await harness.update(ROLLOUT_URN, before, rollout(), inputs)
        assert sorted(group.versions()) == ["1", "2"]
        assert harness.calls("RollbackInstanceRefresh") == 0
        assert (failed.value.kept_id, failed.value.inputs["launchTemplateVersion"]) == (f"{REGION}/{GROUP}", "2")
        group.fails = None
        done = await harness.update(ROLLOUT_URN, before, inputs, inputs)
        assert plain(done.properties)["rolledOut"] == f"{TEMPLATE}/2"

    provide(test)


def test_a_stop_ends_the_wait_and_leaves_the_refresh(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Group(harness.cloud)
        before = await made(harness, group)
        harness.clock.at[harness.cloud.clock.now() + 30] = harness.provider.session.cancel
        with pytest.raises(Failed, match=r"stopped before it was ready\. What is there is left as it is") as failed:
            await harness.update(ROLLOUT_URN, before, rollout(), rollout("2"))
        assert failed.value.kept_id == f"{REGION}/{GROUP}"
        assert group.tasks[0]["Status"] == "InProgress"
        assert harness.calls("RollbackInstanceRefresh") + harness.calls("CancelInstanceRefresh") == 0

    provide(test)


def test_a_create_without_stock_says_why_and_what_to_do(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Group(harness.cloud)
        group.activity("Failed", ErrorCode="OperationDenied.NoStock", ErrorMessage="Sold out.")
        with pytest.raises(Failed) as failed:
            await harness.create(ROLLOUT_URN, rollout(), timeout=120)
        assert failed.value.kept_id == f"{REGION}/{GROUP}"
        assert "timed out after 2 min: 0 of 2 healthy, last: Failed: OperationDenied.NoStock: Sold out." in str(failed.value)
        assert "give it more types or zones, or run it again later" in str(failed.value)

    provide(test)


def test_the_console_of_a_machine_that_does_not_serve_is_shown_without_secrets(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Group(harness.cloud)
        group.stuck = True
        group.add(2)
        harness.provider.session.secrets.add("k3y-of-the-chat")
        log = "booting\nfetch-key: 403 for LTAI5tAbCdEfGhIj\nvllm --api-key abcdef123456 k3y-of-the-chat\nVLLM_API_KEY=zzzzzz99"
        answer = {"ConsoleOutput": base64.b64encode(log.encode()).decode(), "InstanceId": "i-2"}
        console = Service(product="Ecs", version="2014-05-26", actions={"GetInstanceConsoleOutput": lambda _: answer})
        harness.cloud._install([*harness.cloud.services, console])
        with pytest.raises(Failed) as failed:
            await harness.create(ROLLOUT_URN, rollout(), timeout=60)
        assert str(failed.value).endswith(
            "last lines of the console of i-2:\n    booting\n    fetch-key: 403 for [secret]\n    vllm --api-key [secret] [secret]\n"
            "    VLLM_API_KEY=[secret]"
        )

    provide(test)


def test_a_group_that_is_gone(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Group(harness.cloud)
        before = await made(harness, group)
        group.gone = True
        assert (await harness.read(ROLLOUT_URN, before.id, before.properties)).id == ""
        with pytest.raises(Failed, match="the scaling group is gone"):
            await harness.update(ROLLOUT_URN, before, rollout(), rollout("2"))

    provide(test)


def test_drift_is_told_and_the_next_update_rolls_again(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        group = Group(harness.cloud)
        before = await made(harness, group)
        checked = await harness.checked(ROLLOUT_URN, rollout())
        same = await harness.read(ROLLOUT_URN, before.id, before.properties, checked)
        assert not (await harness.diff(ROLLOUT_URN, same, same.inputs, rollout())).diffs
        group.members[0]["LaunchTemplateVersion"] = "7"
        read = await harness.read(ROLLOUT_URN, before.id, before.properties, checked)
        assert (await harness.diff(ROLLOUT_URN, read, read.inputs, rollout())).diffs == ["launchTemplateVersion"]
        assert plain(read.properties)["rolledOut"] == f"{TEMPLATE}/1"
        await harness.update(ROLLOUT_URN, read, read.inputs, rollout())
        assert group.versions() == ["1", "1"]
        del group.members[0]
        await harness.read(ROLLOUT_URN, before.id, before.properties, checked)
        assert harness.lines.warnings == [f"1 of 2 instances of scaling group {GROUP} are in service and healthy"]

    provide(test)


def test_an_import_tells_all_inputs(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        Group(harness.cloud, version="3").ready(2)
        read = await harness.read(ROLLOUT_URN, f"{REGION}/{GROUP}")
        assert not (await harness.diff(ROLLOUT_URN, read, read.inputs, rollout("3", size=None))).diffs

    provide(test)


def test_a_delete_calls_nothing(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        before = await made(harness, Group(harness.cloud))
        calls = len(harness.cloud.requests.rows)
        await harness.delete(ROLLOUT_URN, before)
        assert len(harness.cloud.requests.rows) == calls

    provide(test)


def test_a_preview_says_how_it_will_go(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        before = await made(harness, Group(harness.cloud))
        inputs = rollout("2", minHealthyPercentage=50, maxHealthyPercentage=100)
        answer = await harness.update(ROLLOUT_URN, before, rollout(), inputs, preview=True)
        assert harness.lines.warnings == [
            f"rolls 2 instances out to {TEMPLATE}/2: at least 50 % stay in service, at most 100 % run (and are billed) meanwhile; "
            f"after a failure: back to {TEMPLATE}/1",
            "up to 50 % of the instances serve nothing meanwhile: what is left takes all requests",
        ]
        shown = plain(answer.properties)
        assert (shown["rolledOut"], shown["instances"]) == (f"{TEMPLATE}/2", UNKNOWN)
        harness.lines.warnings.clear()
        quiet = await harness.update(ROLLOUT_URN, before, rollout(), rollout(onUpdateFailure="keep"), preview=True)
        assert (harness.lines.warnings, plain(quiet.properties)["instances"]) == ([], ["i-1", "i-2"])

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
        _, failures = await harness.check(ROLLOUT_URN, rollout(**changes))
        assert [(one.property, bool(re.search(reason, one.reason))) for one in failures] == [(property_, True)]

    provide(test)
