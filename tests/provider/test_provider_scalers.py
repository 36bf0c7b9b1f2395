"""Scalers of services over gRPC against the fake cloud: from create to delete, what is refused, and what a lost answer leads to."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from fourways.fakes.wire.messages import Response
from fourways.provider.names import AUTOSCALER_TYPE, CRON_SCALER_TYPE
from fourways.provider.values import UNKNOWN
from tests.provider.harness import REGION, URN, Failed, Harness, plain, service, struct
from tests.provider.spoiled import WHOLE, Spoil, install

Provide = Callable[[Any], None]
AUTO_URN = "urn:pulumi:test::fourways::fourways:eas:Autoscaler::by-load"
CRON_URN = "urn:pulumi:test::fourways::fourways:eas:CronScaler::by-clock"
WORKDAY = [{"name": "up", "schedule": "0 0 9 * * MON-FRI", "targetSize": 3}, {"name": "down", "schedule": "0 0 18 * * *", "targetSize": 1}]


def auto(**changes: Any) -> dict[str, Any]:
    return {
        "region": REGION,
        "serviceName": "chat",
        "min": 1,
        "max": 4,
        "strategies": [{"metric": "qps", "threshold": 10}],
        **changes,
    }


def cron(**changes: Any) -> dict[str, Any]:
    return {"region": REGION, "serviceName": "chat", "jobs": WORKDAY, "timeZone": "Asia/Singapore", **changes}


BOTH = pytest.mark.parametrize(("urn", "inputs"), [(AUTO_URN, auto()), (CRON_URN, cron())], ids=["autoscaler", "cron scaler"])


def kind_of(urn: str) -> str:
    return "AutoScaler" if urn == AUTO_URN else "CronScaler"


async def there(harness: Harness, urn: str = AUTO_URN, name: str = "chat") -> dict[str, Any] | None:
    """What the cloud has."""
    found: dict[str, Any] | None = await harness.services.eas.describe_scaler(kind_of(urn), name)  # type: ignore[arg-type]
    return found


def rewritten(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Spoil:
    """The genuine answer, changed."""
    return lambda genuine: Response.of_json(change(json.loads(genuine.body)))


@BOTH
def test_create_refresh_and_delete(provide: Provide, urn: str, inputs: dict[str, Any]) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(URN, service())
        made = await harness.create(urn, inputs)
        assert made.id == f"{REGION}/chat"
        assert plain(made.properties)["target"] == "fake"
        refreshed = await harness.read(urn, made.id, made.properties, await harness.checked(urn, inputs))
        assert plain(refreshed.inputs) == plain(await harness.checked(urn, inputs))
        answer = await harness.diff(urn, made, refreshed.inputs, inputs)
        assert answer.changes == answer.DIFF_NONE
        await harness.delete(urn, made)
        assert await there(harness, urn) is None
        await harness.delete(urn, made)  # not there is success
        assert (await harness.read(urn, made.id, made.properties, await harness.checked(urn, inputs))).id == ""
        assert harness.lines.warnings == []

    provide(test)


def test_what_is_sent_for_an_autoscaler(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(URN, service())
        made = await harness.create(AUTO_URN, auto(min=0, strategies=[{"metric": "gpu[util]", "threshold": 62.5}], zeroGracePeriod=900))
        (call,) = [row for row in harness.cloud.requests.rows if row["action"] == "CreateServiceAutoScaler"]
        assert call["body"] == {
            "min": 0,
            "max": 4,
            "scaleStrategies": [{"metricName": "gpu[util]", "threshold": 62.5}],
            "behavior": {
                "scaleUp": {"stabilizationWindowSeconds": 0},
                "scaleDown": {"stabilizationWindowSeconds": 300},
                "onZero": {"scaleDownGracePeriodSeconds": 900, "scaleUpActivationReplicas": 1},
            },
        }
        old = auto(min=0, strategies=[{"metric": "gpu[util]", "threshold": 62.5}], zeroGracePeriod=900)
        await harness.update(AUTO_URN, made, old, auto(max=6, scaleDownWindow=60))
        found = await there(harness)
        assert found is not None
        assert (found["MinReplica"], found["MaxReplica"], found["Behavior"]["scaleDown"]) == (1, 6, {"stabilizationWindowSeconds": 60})
        assert "onZero" not in found["Behavior"]  # nothing is said of 0 where it cannot come to that

    provide(test)


def test_what_is_sent_for_a_schedule(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(URN, service())
        made = await harness.create(CRON_URN, cron(excludeDates=["* * * * * 0,6"]))
        (call,) = [row for row in harness.cloud.requests.rows if row["action"] == "CreateServiceCronScaler"]
        assert call["body"] == {
            "ScaleJobs": [
                {"Name": "up", "Schedule": "0 0 9 * * MON-FRI", "TargetSize": 3, "TimeZone": "Asia/Singapore"},
                {"Name": "down", "Schedule": "0 0 18 * * *", "TargetSize": 1, "TimeZone": "Asia/Singapore"},
            ],
            "ExcludeDates": ["* * * * * 0,6"],
        }
        await harness.update(CRON_URN, made, cron(excludeDates=["* * * * * 0,6"]), cron(timeZone="UTC", jobs=WORKDAY[:1]))
        found = await there(harness, CRON_URN)
        assert found is not None
        assert [(job["Name"], job["TimeZone"]) for job in found["ScaleJobs"]] == [("up", "UTC")]
        assert found["ExcludeDates"] == []
        (call,) = [row for row in harness.cloud.requests.rows if row["action"] == "UpdateServiceCronScaler"]
        assert call["body"]["ExcludeDates"] == []  # said, not left out

    provide(test)


@BOTH
def test_import_tells_everything(provide: Provide, urn: str, inputs: dict[str, Any]) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(URN, service())
        more = {"scaleUpWindow": 30} if urn == AUTO_URN else {"excludeDates": ["* * * 1 1 *"]}
        await harness.create(urn, {**inputs, **more})
        found = await harness.read(urn, f"{REGION}/chat")
        assert plain(found.inputs) == {**inputs, **more, "__imported": True}
        answer = await harness.diff(urn, found, found.inputs, {**inputs, **more})
        assert answer.changes == answer.DIFF_NONE
        assert (await harness.read(urn, f"{REGION}/other")).id == ""

    provide(test)


@pytest.mark.parametrize(
    ("urn", "old", "new", "paths", "replaces"),
    [
        (AUTO_URN, auto(), auto(scaleUpWindow=0, scaleDownWindow=300, zeroGracePeriod=600, activationReplicas=1), [], []),
        (AUTO_URN, auto(), auto(max=5), ["max"], []),
        (AUTO_URN, auto(scaleUpWindow=60), auto(), ["scaleUpWindow"], []),
        (AUTO_URN, auto(), auto(strategies=[{"metric": "qps", "threshold": 11}]), ["strategies[0].threshold"], []),
        (AUTO_URN, auto(), auto(serviceName="other"), ["serviceName"], ["serviceName"]),
        (CRON_URN, cron(), cron(region="cn-beijing"), ["region"], ["region"]),
        (CRON_URN, cron(), cron(jobs=[WORKDAY[1], WORKDAY[0]], timeZone="UTC"), None, []),
    ],
)
def test_differences(provide: Provide, urn: str, old: Any, new: Any, paths: list[str] | None, replaces: list[str]) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(URN, service())
        made = await harness.create(urn, old)
        answer = await harness.diff(urn, made, old, new)
        if paths is not None:
            assert sorted(answer.detailedDiff) == sorted(paths)
        assert (list(answer.replaces), answer.deleteBeforeReplace) == (replaces, False)

    provide(test)


@pytest.mark.parametrize(
    ("urn", "inputs", "where", "words"),
    [
        (AUTO_URN, auto(max=1), "max", "1 is not above min (1)"),
        (AUTO_URN, auto(min=-1), "min", "Allowed: a whole number of instances from 0 to 1000"),
        (AUTO_URN, auto(max=1001), "max", "up to 1000"),
        (AUTO_URN, auto(strategies=[]), "strategies", "at least one"),
        (AUTO_URN, auto(strategies=[{"metric": "qps", "threshold": 0}]), "strategies[0].threshold", "a number above 0"),
        (AUTO_URN, auto(strategies=[{"metric": "qps", "threshold": "10"}]), "strategies[0].threshold", "a number above 0"),
        (AUTO_URN, auto(strategies=[{"threshold": 1}]), "strategies[0].metric", "required"),
        (AUTO_URN, auto(strategies=[{"metric": "qps", "threshold": 1}] * 2), "strategies", "'qps' is there 2 times"),
        (AUTO_URN, auto(activationReplicas=5), "activationReplicas", "5 is above max (4)"),
        (AUTO_URN, auto(scaleUpWindow=-1), "scaleUpWindow", "seconds above the threshold"),
        (AUTO_URN, auto(serviceName="Chat-1"), "serviceName", "not allowed"),
        (AUTO_URN, auto(jobs=[]), "jobs", "no such property"),
        (CRON_URN, cron(jobs=[]), "jobs", "at least one"),
        (CRON_URN, cron(timeZone="Mars/Base"), "timeZone", "'Mars/Base' is no time zone. Allowed: a name of the IANA database"),
        (CRON_URN, cron(jobs=[{**WORKDAY[0], "schedule": "0 9 * * *"}]), "jobs[0].schedule", "has 5 fields"),
        (CRON_URN, cron(jobs=[WORKDAY[1], {**WORKDAY[0], "schedule": "0 0 9 * * 7"}]), "jobs[1].schedule", "0-6 or SUN-SAT"),
        (CRON_URN, cron(jobs=[WORKDAY[0]] * 2), "jobs", "'up' is there 2 times"),
        (CRON_URN, cron(jobs=[{**WORKDAY[0], "targetSize": -1}]), "jobs[0].targetSize", "from 0 to 1000"),
        (CRON_URN, cron(excludeDates=["2030-01-01"]), "excludeDates[0]", "has 1 fields"),
    ],
)
def test_wrong_inputs_are_told_at_the_check(provide: Provide, urn: str, inputs: Any, where: str, words: str) -> None:
    async def test(harness: Harness) -> None:
        _, failures = await harness.check(urn, inputs)
        assert [failure.property for failure in failures] == [where]
        assert words in failures[0].reason

    provide(test)


def test_any_metric_and_unknown_values_pass(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        for inputs in (
            auto(
                strategies=[{"metric": "vllm:num_requests_waiting", "threshold": 3, "service": "other"}, {"metric": "qps", "threshold": 1}]
            ),
            auto(serviceName=UNKNOWN, max=UNKNOWN, strategies=UNKNOWN),
        ):
            assert (await harness.check(AUTO_URN, inputs))[1] == []
        assert (await harness.check(CRON_URN, cron(serviceName=UNKNOWN, timeZone=UNKNOWN, jobs=UNKNOWN)))[1] == []

    provide(test)


def test_a_program_with_both_for_one_service_is_refused_at_the_check(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        assert (await harness.check(AUTO_URN, auto()))[1] == []
        _, failures = await harness.check(CRON_URN, cron())
        assert failures[0].property == "serviceName"
        assert (
            "scaling of service chat in ap-southeast-1 is of fourways:eas:Autoscaler::by-load in this program already" in failures[0].reason
        )
        assert (await harness.check(CRON_URN, cron(serviceName="other")))[1] == []
        assert (await harness.check(AUTO_URN, auto(max=9)))[1] == []  # asked again: an up checks what its preview has checked

    provide(test)


@BOTH
def test_the_other_kind_on_the_service_is_refused_at_preview_and_create(provide: Provide, urn: str, inputs: dict[str, Any]) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(URN, service())
        rival = (CRON_URN, cron()) if urn == AUTO_URN else (AUTO_URN, auto())
        made = await harness.create(*rival)
        harness.provider.session._alone.clear()  # another program
        words = (
            r"a cron scaler is on it \(up '0 0 9 \* \* MON-FRI' to 3, down" if urn == AUTO_URN else r"an autoscaler is on it \(1 to 4 inst"
        )
        for preview in (True, False):
            with pytest.raises(Failed, match=words):
                await harness.create(urn, inputs, preview=preview)
        assert await there(harness, urn) is None
        await harness.delete(rival[0], made)
        await harness.create(urn, inputs, preview=True)
        await harness.create(urn, inputs)

    provide(test)


def test_the_other_kind_that_came_later_is_warned_of_at_an_update(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(URN, service())
        made = await harness.create(AUTO_URN, auto())
        body = {"ScaleJobs": [{"Name": "by-hand", "Schedule": "0 0 9 * * *", "TargetSize": 2}]}
        await harness.services.eas.create_scaler("CronScaler", "chat", body)
        await harness.update(AUTO_URN, made, auto(), auto(max=5))
        assert ["by-hand" in line for line in harness.lines.warnings] == [True]

    provide(test)


def test_a_preview_works_without_the_service_and_without_the_cloud(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        for urn, inputs in ((AUTO_URN, auto()), (CRON_URN, cron())):
            await harness.create(urn, inputs, preview=True)
            harness.provider.session._alone.clear()
        calls = len(harness.cloud.requests.rows)
        await harness.create(AUTO_URN, auto(serviceName=UNKNOWN), preview=True)
        assert len(harness.cloud.requests.rows) == calls
        harness.fault("error", "DescribeServiceCronScaler", status=500)
        await harness.create(AUTO_URN, auto(), preview=True)
        assert harness.calls("DescribeServiceCronScaler") == 2  # of which the failing one was not tried again

    provide(test)


@BOTH
def test_no_service_no_scaler(provide: Provide, urn: str, inputs: dict[str, Any]) -> None:
    async def test(harness: Harness) -> None:
        with pytest.raises(Failed, match=r"There is no service chat in ap-southeast-1: create it first") as failed:
            await harness.create(urn, inputs)
        assert failed.value.kept_id is None

    provide(test)


def test_zero_is_refused_behind_a_gateway_of_its_own(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        inputs = service()
        await harness.create(URN, inputs)
        backend = next(one for one in harness.cloud.backends_of("1000000000000001", REGION) if hasattr(one, "scaling"))
        backend.service("chat").config["networking"] = {"gateway": "gw-1"}  # type: ignore[attr-defined]
        for preview in (True, False):
            with pytest.raises(Failed, match=r"it is on the dedicated gateway gw-1, for which EAS does not support it"):
                await harness.create(AUTO_URN, auto(min=0), preview=preview)
        await harness.create(AUTO_URN, auto())

    provide(test)


@BOTH
def test_one_that_is_as_declared_is_taken_over_and_another_is_refused(provide: Provide, urn: str, inputs: dict[str, Any]) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(URN, service())
        await harness.create(urn, inputs)
        await harness.create(urn, inputs)
        assert ["taken over, not created again" in line for line in harness.lines.warnings] == [True]
        different = auto(max=9) if urn == AUTO_URN else cron(timeZone="UTC")
        shown = (
            r"1 to 4 instances by qps 10"
            if urn == AUTO_URN
            else r"up '0 0 9 \* \* MON-FRI' to 3, down '0 0 18 \* \* \*' to 1 \(Asia/Singapore\)"
        )
        type_ = AUTOSCALER_TYPE if urn == AUTO_URN else CRON_SCALER_TYPE
        with pytest.raises(Failed, match=rf"it is another: {shown}\. It was not touched.*pulumi import {type_} by-\w+ {REGION}/chat"):
            await harness.create(urn, different)
        assert harness.calls(f"CreateService{kind_of(urn)}") == 1

    provide(test)


def test_a_replacement_does_not_take_over_what_will_be_deleted_after_it(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(URN, service())
        await harness.create(AUTO_URN, auto())
        await harness.check(AUTO_URN, auto(), old=auto())
        with pytest.raises(Failed, match=r"which this resource is replacing.*deleteBeforeReplace"):
            await harness.create(AUTO_URN, auto())

    provide(test)


@BOTH
@pytest.mark.parametrize("kind", [kind for kind in WHOLE if "throttling" not in kind])
def test_a_lost_answer_of_the_create_makes_one(provide: Provide, urn: str, inputs: dict[str, Any], kind: str) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(URN, service())
        install(harness.cloud, f"CreateService{kind_of(urn)}", WHOLE[kind], 1)
        await harness.create(urn, inputs)
        assert harness.calls(f"CreateService{kind_of(urn)}") == 1
        assert harness.lines.warnings == []
        assert await there(harness, urn) is not None

    provide(test)


def test_a_create_that_did_not_happen_is_done_again(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(URN, service())
        harness.fault("error", "CreateServiceAutoScaler", status=500, times=2)
        await harness.create(AUTO_URN, auto())
        assert harness.calls("CreateServiceAutoScaler") == 3

    provide(test)


def test_a_lost_create_that_somebody_else_was_faster_with_is_told(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(URN, service())
        harness.fault("error", "CreateServiceAutoScaler", status=500)
        body = {"min": 2, "max": 3, "scaleStrategies": [{"metricName": "cpu", "threshold": 50}]}
        eas = harness.services.eas

        async def another() -> None:
            await eas.create_scaler("AutoScaler", "chat", body)

        sleep = harness.clock.sleep

        async def slept(seconds: float) -> None:
            await another()
            await sleep(seconds)

        harness.clock.sleep = slept  # type: ignore[method-assign]
        with pytest.raises(Failed, match=r"another one is there now: 2 to 3 instances by cpu 50"):
            await harness.create(AUTO_URN, auto())

    provide(test)


@BOTH
def test_what_was_changed_or_deleted_by_hand_is_seen_and_mended(provide: Provide, urn: str, inputs: dict[str, Any]) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(URN, service())
        made = await harness.create(urn, inputs)
        by_hand = (
            {"min": 2, "max": 9, "scaleStrategies": [{"metricName": "qps", "threshold": 10}]}
            if urn == AUTO_URN
            else {"ScaleJobs": [{"Name": "up", "Schedule": "0 0 9 * * *", "TargetSize": 9, "TimeZone": "Asia/Singapore"}]}
        )
        await harness.services.eas.update_scaler(kind_of(urn), "chat", by_hand)  # type: ignore[arg-type]
        refreshed = await harness.read(urn, made.id, made.properties, await harness.checked(urn, inputs))
        answer = await harness.diff(urn, made, refreshed.inputs, inputs)
        expected = ["max", "min"] if urn == AUTO_URN else ["jobs[0].schedule", "jobs[0].targetSize", "jobs[1]"]
        assert sorted(answer.detailedDiff) == expected
        await harness.update(urn, made, refreshed.inputs, inputs)
        refreshed = await harness.read(urn, made.id, made.properties, await harness.checked(urn, inputs))
        assert (await harness.diff(urn, made, refreshed.inputs, inputs)).changes == answer.DIFF_NONE
        await harness.services.eas.delete_scaler(kind_of(urn), "chat")  # type: ignore[arg-type]
        with pytest.raises(Failed, match=r"it is gone. Run `pulumi refresh`"):
            await harness.update(urn, made, inputs, inputs)

    provide(test)


def test_a_service_that_is_deleted_takes_its_scaler_along(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        served = await harness.create(URN, service())
        made = await harness.create(AUTO_URN, auto())
        await harness.delete(URN, served)
        assert (await harness.read(AUTO_URN, made.id, made.properties, await harness.checked(AUTO_URN, auto()))).id == ""
        await harness.delete(AUTO_URN, made)
        assert harness.cloud.inventory() == []

    provide(test)


def test_answers_in_the_documented_spelling_are_no_drift(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(URN, service())
        strategies = [{"metric": "cpu", "threshold": 50, "service": "chat"}, {"metric": "qps", "threshold": 10}]
        inputs = auto(strategies=strategies, scaleDownWindow=150, scaleUpWindow=0)
        made = await harness.create(AUTO_URN, inputs)

        def documented(answer: dict[str, Any]) -> dict[str, Any]:
            rows = [
                {"metricName": "QPS", "threshold": 10.0, "service": "chat"},
                {"metricName": "CPU", "threshold": 50.0, "service": "chat"},
            ]
            return {**answer, "ScaleStrategies": rows, "Behavior": {"behavior": {"scaleDown": {"stabilizationWindowSeconds": 150}}}}

        install(harness.cloud, "DescribeServiceAutoScaler", rewritten(documented))
        refreshed = await harness.read(AUTO_URN, made.id, made.properties, await harness.checked(AUTO_URN, inputs))
        assert plain(refreshed.inputs) == inputs
        schedule = cron(excludeDates=["* * * * * 0,6"])
        harness.provider.session._alone.clear()
        install(harness.cloud, "DescribeServiceAutoScaler", rewritten(lambda _: {"RequestId": "1", "ServiceName": "chat"}))
        made = await harness.create(CRON_URN, schedule)

        def older(answer: dict[str, Any]) -> dict[str, Any]:
            jobs = [{key: value for key, value in job.items() if key != "TimeZone"} for job in reversed(answer["ScaleJobs"])]
            return {**answer, "ScaleJobs": jobs, "ExcludeDates": ["* * * * * 0,6\n"]}

        install(harness.cloud, "DescribeServiceCronScaler", rewritten(older))
        refreshed = await harness.read(CRON_URN, made.id, made.properties, await harness.checked(CRON_URN, schedule))
        assert plain(refreshed.inputs) == schedule
        install(harness.cloud, "DescribeServiceCronScaler", rewritten(lambda _: {"RequestId": "1", "ScaleJobs": []}))
        assert (await harness.read(CRON_URN, made.id, made.properties, await harness.checked(CRON_URN, schedule))).id == ""

    provide(test)


@BOTH
@pytest.mark.parametrize("kind", WHOLE)
def test_a_scaler_that_cannot_be_read_is_not_taken_for_gone(provide: Provide, urn: str, inputs: dict[str, Any], kind: str) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(URN, service())
        made = await harness.create(urn, inputs)
        install(harness.cloud, f"DescribeService{kind_of(urn)}", WHOLE[kind])
        with pytest.raises(Failed, match=f"DescribeService{kind_of(urn)}"):
            await harness.read(urn, made.id, made.properties, await harness.checked(urn, inputs))

    provide(test)


@BOTH
@pytest.mark.parametrize("verb", ["Describe", "Update", "Delete"])
def test_a_refusal_is_told_with_action_and_service(provide: Provide, urn: str, inputs: dict[str, Any], verb: str) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(URN, service())
        made = await harness.create(urn, inputs)
        harness.fault("error", f"{verb}Service{kind_of(urn)}", status=403, code="Forbidden.RAM")
        calls = {
            "Describe": lambda: harness.read(urn, made.id, made.properties, struct(inputs)),
            "Update": lambda: harness.update(urn, made, inputs, inputs),
            "Delete": lambda: harness.delete(urn, made),
        }
        with pytest.raises(Failed, match=rf"{verb}Service{kind_of(urn)}: Forbidden\.RAM .*grant the action"):
            await calls[verb]()

    provide(test)
