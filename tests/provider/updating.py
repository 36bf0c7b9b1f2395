"""What the tests of updates that fail share: a service that runs, changes that fail, and what was seen meanwhile."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.eas.records import RUNNING
from tests.provider.harness import GROUP_URN, SECRET, URN, Failed, Harness, group, plain, service

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
    found = await harness.services.eas.describe_service("chat")
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


def the_error_tells(failed: Failed, case: Case) -> None:
    said = str(failed)
    assert said.startswith("service chat did not update: ")
    assert case.says in said
    assert ("last lines of instance" in said) == bool(case.log)
    assert all(line in said for line in case.log)
    assert secret_free(said)
    assert "\x1b" not in said
    assert len(said) < 3500
