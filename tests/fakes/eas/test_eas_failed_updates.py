"""Updates that fail, through the official SDK: what serves meanwhile, what the log says, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alibabacloud_eas20210701 import models

from fourways.fakes.faults import Rule

REGION = "ap-southeast-1"
PUBLIC = {"computing": {"instances": [{"type": "ml.gu8tef.8.46xlarge"}]}}
Make = Callable[..., dict[str, Any]]
PROBE = {"http_get": {"path": "/health", "port": 8000}, "period_seconds": 2, "failure_threshold": 10}


@pytest.fixture
def chat(eas: Any, service_json: Make) -> Any:
    """A service `chat` that runs on public resources; new versions start beside it."""
    eas.create({**service_json("chat"), "cloud": PUBLIC, "token": "first"})
    eas.wait(10)
    return eas


def update(eas: Any, image: str, **container: Any) -> None:
    eas.update("chat", {"containers": [{"image": image, "port": 8000, **container}]})


def log(eas: Any, **asked: Any) -> list[str]:
    answer = eas.client.describe_service_log(REGION, "chat", models.DescribeServiceLogRequest(**asked)).body
    return [line.partition("] ")[2] for line in answer.logs]


def failed(eas: Any) -> Any:
    (found,) = [replica for replica in eas.replicas() if replica.status == "Failed"]
    return found


def roll_back(eas: Any, version: int) -> None:
    eas.client.update_service_version(REGION, "chat", models.UpdateServiceVersionRequest(version=version))


@pytest.mark.parametrize(
    ("seed", "probe", "reason", "restarts"),
    [
        ({"bad_images": ["*:2"]}, {}, "ImagePullBackOff", 0),
        ({"crashing_images": {"*:2": ["one", "two"]}}, {}, "CrashLoopBackOff", 1),
        ({"unhealthy_images": ["*:2"]}, {"startup_check": PROBE}, "Unhealthy", 1),
    ],
)
def test_the_old_replica_serves_while_the_new_one_fails(chat: Any, seed: Any, probe: Any, reason: str, restarts: int) -> None:
    chat.cloud.seed["eas"] = seed
    update(chat, "vllm:2", **probe)
    for _ in range(30):
        chat.wait(1)
        assert chat.describe().running_instance == 1
    found = chat.describe()
    assert (found.status, found.reason, found.current_version, found.latest_version) == ("Failed", reason, 1, 2)
    assert (failed(chat).reason, failed(chat).restart_count) == (reason, restarts)


def test_an_image_that_answers_no_probe_is_never_ready_where_no_start_up_probe_gives_up(chat: Any) -> None:
    chat.cloud.seed["eas"] = {"unhealthy_images": ["*:2"]}
    update(chat, "vllm:2")
    chat.wait(10_000)
    found = chat.describe()
    assert (found.status, found.running_instance, found.current_version) == ("Updating", 1, 1)
    assert chat.events(kind="Warning")[0].reason == "Unhealthy"


def test_the_log_before_a_restart_is_the_previous_one(chat: Any) -> None:
    chat.cloud.seed["eas"] = {"crashing_images": {"*:2": ["one", "two"]}}
    update(chat, "vllm:2")
    chat.wait(10)
    name = failed(chat).instance_name
    assert log(chat, instance_name=name, previous=True) == ["one", "two"]
    assert log(chat, instance_name=name) == []  # the container of now has written nothing yet
    serving = next(replica.instance_name for replica in chat.replicas() if replica.status == "Running")
    assert log(chat, instance_name=serving, previous=True) == []
    assert log(chat, instance_name=serving)[-1] == "INFO:     Application startup complete."
    assert log(chat)[-2:] == ["one", "two"]
    assert log(chat, keyword="two") == ["two"]


def test_a_rollback_ends_the_failed_replica_and_brings_config_and_token_back(chat: Any) -> None:
    chat.cloud.seed["eas"] = {"bad_images": ["*:2"]}
    image = chat.config()["containers"][0]["image"]
    chat.update("chat", {"containers": [{"image": "vllm:2", "port": 8000}], "token": "second"})
    chat.wait(10)
    assert chat.describe().access_token == "second"
    roll_back(chat, 1)
    assert chat.describe().status == "Updating"
    chat.wait(10)
    found = chat.describe()
    assert (found.status, found.current_version, found.latest_version, found.access_token) == ("Running", 1, 2, "first")
    assert chat.config()["containers"][0]["image"] == image
    assert [replica.status for replica in chat.replicas()] == ["Running"]
    chat.update("chat", {"metadata": {"instance": 2}})
    chat.wait(10)
    assert (chat.describe().current_version, chat.describe().running_instance) == (1, 2)


def test_only_an_earlier_version_than_the_one_asked_for_can_be_gone_back_to(chat: Any, refused: Any) -> None:
    update(chat, "vllm:2")
    chat.wait(20)
    for version in (0, 2, 3):
        with refused(400, "InvalidParameter", "smaller than the current version 2"):
            roll_back(chat, version)
    roll_back(chat, 1)
    chat.wait(20)
    with refused(400, "InvalidParameter", "smaller than the current version 1"):
        roll_back(chat, 2)


def test_a_rollback_can_fail_by_itself(chat: Any) -> None:
    update(chat, "vllm:2")
    chat.wait(20)
    chat.cloud.faults.add(Rule("fail", action="UpdateServiceVersion"))
    roll_back(chat, 1)
    chat.wait(20)
    assert (chat.status(), chat.describe().running_instance) == ("Failed", 1)
