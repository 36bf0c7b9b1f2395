"""Updates that fail: what is rolled back or kept, what the error says, what the state says afterwards, and what the preview said."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from fourways.fakes.services.eas import operations
from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.eas.records import RUNNING
from tests.provider.harness import GROUP_URN, REGION, SECRET, URN, Failed, Harness, group, plain, service

Provide = Callable[[Any], None]
PUBLIC_TYPE = "ecs.gn8v-4x.24xlarge"
PASSWORD = "registry-password"
MARKED, NAMED, LONG = "marked-secret", "abc12", "https://user:pass@db"
SURGE, IN_PLACE = {"max_surge": 1, "max_unavailable": 0}, {"max_surge": 0, "max_unavailable": 1}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A change that fails: the new image, what the fake does with it, and what the error says."""

    image: str = "registry/vllm:2"
    seed: dict[str, Any] | None = None
    probe: bool = False
    says: str = ""
    log: tuple[str, ...] = ()


#: Lines of a container that shows what it knows.
TALKATIVE = [
    *(f"line {number}" for number in range(20)),
    f"token {SECRET}",
    f"env {MARKED} {NAMED} {LONG} {PASSWORD}",
    "\x1b[31mTraceback\x1b[0m",
]
CASES = {
    "bad image": Case(image="registry/vllm:broken", seed={"bad_images": ["*:broken"]}, says="ImagePullBackOff"),
    "crash": Case(
        image="registry/vllm:crash",
        seed={"crashing_images": {"*:crash": TALKATIVE}},
        says="Instance crashed",
        log=("before its restart 1:", "line 19", "token [secret]", "env [secret] [secret] [secret] [secret]", "Traceback"),
    ),
    "failing probe": Case(
        image="registry/vllm:deaf",
        seed={"unhealthy_images": ["*:deaf"]},
        probe=True,
        says="Startup probe failed",
        log=("before its restart 1:", "Loading safetensors"),
    ),
    "never ready": Case(
        image="registry/vllm:deaf",
        seed={"unhealthy_images": ["*:deaf"]},
        says="timed out after 5 min: Updating",
        log=("last lines of instance", "Loading safetensors"),
    ),
    "no room": Case(says="timed out after 5 min: Waiting, 1 of 1 ready."),
}


async def running_service(
    harness: Harness, *, dedicated: bool, rolling: dict[str, int], machines: int, **more: Any
) -> tuple[Any, dict[str, Any]]:
    """A service that runs its first version on one instance of 4 GPUs, and its inputs."""
    inputs = service(token=SECRET, labels={"team": "a"}, **more)
    inputs["config"]["metadata"] |= {"rolling_strategy": rolling}
    inputs["config"]["dockerAuth"] = base64.b64encode(f"user:{PASSWORD}".encode()).decode()
    inputs["config"]["containers"][0]["env"] = [
        {"name": "PLAIN", "value": MARKED},
        {"name": "HF_TOKEN", "value": NAMED},
        {"name": "DATABASE", "value": LONG},
        {"name": "DEBUG", "value": "1"},
    ]
    if dedicated:
        home = await harness.create(GROUP_URN, group(instanceCount=machines))
        inputs["config"]["metadata"] |= {"gpu": 4, "resource": plain(home.properties)["resourceId"]}
        del inputs["config"]["cloud"]
    else:
        harness.cloud.seed["eas"] = {"stock": {PUBLIC_TYPE: machines}}
    return await harness.create(URN, inputs), inputs


def updated(inputs: dict[str, Any], case: Case, **more: Any) -> dict[str, Any]:
    container = {**inputs["config"]["containers"][0], "image": case.image}
    if case.probe:
        container["startup_check"] = {"http_get": {"path": "/health", "port": 8000}, "period_seconds": 2, "failure_threshold": 10}
    return {**inputs, "labels": {"team": "b"}, "config": {**inputs["config"], "containers": [container]}, **more}


def serving(harness: Harness) -> int:
    return sum(len(one.in_state(RUNNING)) for home in harness.cloud.backends(EasBackend) for one in home.services.values())


def watched(harness: Harness) -> list[int]:
    """The instances that serve, at each moment that the provider waits."""
    seen: list[int] = []
    sleep = harness.clock.sleep

    async def sleeping(seconds: float) -> None:
        for _ in range(max(1, int(seconds))):
            await sleep(1)
            seen.append(serving(harness))

    harness.clock.sleep = sleeping  # type: ignore[method-assign]
    return seen


async def now(harness: Harness) -> dict[str, Any]:
    found = await harness.provider._region(REGION).services.eas.describe_service("chat")
    assert found is not None
    return found


def secret_free(text: str) -> bool:
    return not any(secret in text for secret in (SECRET, MARKED, NAMED, LONG, PASSWORD))


async def update_fails(harness: Harness, made: Any, old: dict[str, Any], new: dict[str, Any]) -> Failed:
    """What the engine is told of an update that does not end well within 300 s."""
    path = ("config", "containers", 0, "env", 0, "value")  # the program has marked it secret
    olds, news = await harness.checked(URN, old, [path]), await harness.checked(URN, new, [path])
    request = provider_pb2.UpdateRequest(urn=URN, id=made.id, olds=made.properties, news=news, old_inputs=olds, timeout=300)
    with pytest.raises(Failed) as failed:
        await harness.ask("Update", request)
    return failed.value


both_kinds = pytest.mark.parametrize("dedicated", [True, False], ids=["dedicated", "public"])
every_case = pytest.mark.parametrize("name", CASES)


def the_error_tells(failed: Failed, case: Case) -> None:
    said = str(failed)
    assert said.startswith("service chat did not update: ")
    assert case.says in said
    assert ("last lines of instance" in said) == bool(case.log)
    assert all(line in said for line in case.log)
    assert secret_free(said)
    assert "\x1b" not in said
    assert len(said) < 3500


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
        eas = harness.provider._region(REGION).services.eas
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


def test_scaling_after_a_rollback_keeps_the_version(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made, first = await running_service(harness, dedicated=False, rolling=SURGE, machines=4)
        harness.cloud.seed["eas"] = {"bad_images": ["*:broken"]}
        await update_fails(harness, made, first, updated(first, CASES["bad image"]))
        more = {**first, "config": {**first["config"], "metadata": {**first["config"]["metadata"], "instance": 3}}}
        done = plain((await harness.update(URN, made, first, more)).properties)
        assert (done["runningInstance"], done["currentVersion"], done["latestVersion"]) == (3, 1, 2)

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
