"""`scaled`: the count that a scaler decides is neither drift nor sent over; what fights with it is refused at check."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.provider.harness import REGION, URN, Failed, Harness, plain, service, struct

Provide = Callable[[Any], None]
SCALER = {"min": 0, "max": 4, "scaleStrategies": [{"metricName": "qps", "threshold": 10}]}


def scaled(instance: int = 1, image: str = "registry/vllm:1", **changes: Any) -> dict[str, Any]:
    inputs = service(**{"scaled": True, **changes})
    inputs["config"]["metadata"]["instance"] = instance
    inputs["config"]["containers"][0]["image"] = image
    return inputs


async def scaler_sets(harness: Harness, count: int) -> None:
    """What a scaler does: another count in the service's JSON."""
    eas = harness.services.eas
    found = json.loads((await eas.describe_service("chat"))["ServiceConfig"])  # type: ignore[index]
    found["metadata"]["instance"] = count
    await eas.update_service("chat", found)
    harness.cloud.clock.advance(120)


async def count(harness: Harness) -> int:
    found = await harness.services.eas.describe_service("chat")
    return int(json.loads(found["ServiceConfig"])["metadata"]["instance"])  # type: ignore[index]


@pytest.mark.parametrize("there", [0, 1, 3])
def test_its_count_is_no_drift_and_updates_keep_it(provide: Provide, there: int) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, scaled())
        await scaler_sets(harness, there)
        read = await harness.read(URN, made.id, made.properties, await harness.checked(URN, scaled()))
        assert plain(read.properties)["totalInstance"] == there
        assert plain(read.inputs)["config"] == scaled()["config"]
        assert harness.lines.warnings == []
        assert (await harness.diff(URN, made, read.inputs, scaled())).changes == 1  # DIFF_NONE
        assert (await harness.diff(URN, made, read.inputs, scaled(instance=2))).changes == 1
        before = harness.calls("UpdateService")
        await harness.update(URN, made, read.inputs, scaled(instance=2, labels={"a": "b"}))
        assert harness.calls("UpdateService") == before
        assert await count(harness) == there
        outputs = plain((await harness.update(URN, made, read.inputs, scaled(image="registry/vllm:2"))).properties)
        assert await count(harness) == there
        assert (outputs["status"], outputs["runningInstance"], outputs["currentVersion"]) == ("Running", there, outputs["latestVersion"])

    provide(test)


def test_a_scaler_that_goes_to_zero_and_back(provide: Provide) -> None:
    """With the real resource beside it: refresh and updates leave what it decides alone."""

    async def test(harness: Harness) -> None:
        urn = "urn:pulumi:test::fourways::fourways:eas:Autoscaler::by-load"
        strategies = [{"metric": "gpu", "threshold": 50}]
        rule = {"region": REGION, "serviceName": "chat", "min": 0, "max": 3, "strategies": strategies, "zeroGracePeriod": 60}
        made = await harness.create(URN, scaled())
        await harness.create(urn, rule)
        harness.cloud.clock.advance(900)
        read = await harness.read(URN, made.id, made.properties, await harness.checked(URN, scaled()))
        assert (plain(read.properties)["totalInstance"], plain(read.properties)["instanceTypes"]) == (0, [])
        assert (await harness.diff(URN, made, read.inputs, scaled())).changes == 1
        outputs = plain((await harness.update(URN, made, read.inputs, scaled(image="registry/vllm:2"))).properties)
        assert (outputs["status"], outputs["totalInstance"], outputs["currentVersion"]) == ("Running", 0, 2)
        harness.cloud.seed = {"eas": {"metrics": {"chat": {"gpu": 200}}}}
        await scaler_sets(harness, 1)
        harness.cloud.clock.advance(60)
        read = await harness.read(URN, made.id, made.properties, await harness.checked(URN, scaled(image="registry/vllm:2")))
        assert plain(read.properties)["runningInstance"] == 3
        assert (await harness.diff(URN, made, read.inputs, scaled(image="registry/vllm:2"))).changes == 1

    provide(test)


def test_without_a_scaler_the_count_is_the_programs_again(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, scaled())
        await scaler_sets(harness, 3)
        assert set((await harness.diff(URN, made, scaled(), scaled(scaled=False))).detailedDiff) == {"scaled"}
        outputs = plain((await harness.update(URN, made, scaled(), scaled(scaled=False))).properties)
        assert (outputs["runningInstance"], await count(harness)) == (1, 1)

    provide(test)


def test_a_scaler_cannot_fight_the_count_that_takes_over(provide: Provide) -> None:
    """The engine updates the service before it deletes what hung on it: a scaler that sets none would let the service wait in vain."""

    async def test(harness: Harness) -> None:
        urn = "urn:pulumi:test::fourways::fourways:eas:Autoscaler::by-load"
        rule = {"region": REGION, "serviceName": "chat", "min": 0, "max": 3, "strategies": [{"metric": "qps", "threshold": 50}]}
        made = await harness.create(URN, scaled())
        autoscaler = await harness.create(urn, {**rule, "zeroGracePeriod": 60})
        harness.cloud.clock.advance(900)
        outputs = plain((await harness.update(URN, made, scaled(), scaled(scaled=False))).properties)
        assert outputs["runningInstance"] == 1
        harness.cloud.clock.advance(900)
        assert await count(harness) == 1
        await harness.delete(urn, autoscaler)

    provide(test)


def test_given_to_a_scaler_nothing_is_sent(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, scaled(scaled=False))
        await scaler_sets(harness, 2)
        before = harness.calls("UpdateService")
        await harness.update(URN, made, scaled(scaled=False), scaled())
        assert (harness.calls("UpdateService"), await count(harness)) == (before, 2)

    provide(test)


def test_an_update_that_fails_is_rolled_back_with_the_scalers_count(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, scaled())
        await scaler_sets(harness, 2)
        harness.cloud.seed = {"eas": {"bad_images": ["*:2"]}}
        with pytest.raises(Failed, match="version 1 serves again") as failed:
            await harness.update(URN, made, scaled(), scaled(image="registry/vllm:2"))
        assert failed.value.kept_id is None

    provide(test)


def test_the_outage_of_an_update_is_told_of_the_count_that_there_is(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        def down(image: str) -> dict[str, Any]:
            inputs = scaled(image=image)
            inputs["config"]["metadata"]["rolling_strategy"] = {"max_surge": 0, "max_unavailable": 1}
            return inputs

        made = await harness.create(URN, down("registry/vllm:1"))
        await harness.update(URN, made, down("registry/vllm:1"), down("registry/vllm:2"), preview=True)
        assert [line[:43] for line in harness.lines.warnings] == ["this update takes the endpoint down until t"]
        harness.lines.warnings.clear()
        await scaler_sets(harness, 3)
        read = await harness.read(URN, made.id, made.properties, await harness.checked(URN, down("registry/vllm:1")))
        await harness.update(URN, read, down("registry/vllm:1"), down("registry/vllm:2"), preview=True)
        assert harness.lines.warnings == []

    provide(test)


@pytest.mark.parametrize(
    ("config", "changes", "path", "says"),
    [
        ({"autoscaler": SCALER}, {}, "config.autoscaler", "set `scaled` to true"),
        ({"cronscaler": {"scaleJobs": []}}, {"scaled": False}, "config.cronscaler", "set `scaled` to true"),
        ({"autoscaler": SCALER, "cronscaler": {"x": 1}}, {"scaled": True}, "config.cronscaler", "both would decide the count"),
        ({"autoscaler": SCALER}, {"scaled": True}, None, ""),
        ({}, {"traffic": {"state": "grouping"}}, "traffic", "set config.metadata.group"),
        ({}, {"traffic": {"state": "half"}}, "traffic.state", "grouping"),
        ({"metadata": {"group": "llm"}}, {"traffic": {"state": "grouping", "weight": 2000}}, "traffic.weight", "to 1000"),
        ({}, {"onShortage": "panic"}, "onShortage", "wait (default"),
        ({}, {"shortageTimeout": 0}, "shortageTimeout", "from 1"),
        ({}, {"rollBackTo": 0}, "rollBackTo", "the number of an earlier version"),
        ({}, {"running": "no"}, "running", "true (default) or false"),
        ({}, {"restart": ""}, "restart", "any text"),
        ({}, {"alternatives": ["ecs.a", 3]}, "alternatives[1]", "a list of instance types"),
    ],
)
def test_what_fights_or_makes_no_sense_is_refused(
    provide: Provide, config: dict[str, Any], changes: dict[str, Any], path: str | None, says: str
) -> None:
    async def test(harness: Harness) -> None:
        inputs = service(**changes)
        inputs["config"] |= config
        _, failures = await harness.check(URN, inputs)
        failures = [one for one in failures if path != "traffic.state" or one.property == path]
        assert [one.property for one in failures] == ([path] if path else [])
        assert all(says in one.reason for one in failures)

    provide(test)


def test_states_of_before_these_inputs_have_no_difference(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        old = {key: value for key, value in service().items() if key in ("name", "region", "config")}
        answer = await harness.diff(URN, made, await harness.checked(URN, old), service())
        assert answer.changes == 1
        older = struct({**old, "labels": plain(await harness.checked(URN, old))["labels"], "safetyLock": "none"})
        assert (await harness.diff(URN, made, older, service())).changes == 1

    provide(test)
