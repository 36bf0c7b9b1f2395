"""Logs and events of a service, read from the fake in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from fourways.cloud import clients, eas_records
from fourways.cloud.errors import CloudError
from fourways.cloud.printable import printable
from fourways.fakes.cloud import Cloud
from fourways.fakes.inprocess import ADDRESS, fake_cloud
from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.eas.records import Service

REGION = "ap-southeast-1"
MACHINE = "ml.gu8tef.8.46xlarge"


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("FOURWAYS_FAKE", ADDRESS)
    monkeypatch.setenv("ALICLOUD_ACCESS_KEY", "test")
    monkeypatch.setenv("ALICLOUD_SECRET_KEY", "test")
    clients.forget()
    with fake_cloud() as cloud:
        yield cloud
        assert not cloud.requests.unknown
    clients.forget()


@pytest.fixture
def service(fake: Cloud) -> Service:
    given = {
        "metadata": {"name": "chat", "instance": 2, "cpu": 8, "memory": 32000, "gpu": 1},
        "cloud": {"computing": {"instances": [{"type": MACHINE}]}},
        "containers": [{"image": "registry/vllm:1", "port": 8000, "command": "vllm serve /m"}],
    }
    clients.send("eas", "2021-07-01", "CreateService", REGION, path="/api/v2/services", body=given)
    fake.clock.advance(600)
    return next(iter(fake.backends(EasBackend))).service("chat")


def test_log_lines_come_oldest_first_and_of_all_pages(service: Service) -> None:
    replica = service.replicas[0]
    service.write(replica.created, replica, [f"line {number}" for number in range(1200)])
    lines = eas_records.log(REGION, "chat", instance=replica.name, keyword="line")
    assert [line.rpartition("] ")[2] for line in lines] == [f"line {number}" for number in range(1200)]
    assert eas_records.log(REGION, "chat", instance=replica.name, keyword="line", skip=1198) == lines[1198:]
    assert eas_records.log(REGION, "chat", instance=replica.name, keyword="line", skip=1200) == []


def test_events_come_oldest_first_with_their_words(service: Service) -> None:
    found = eas_records.events(REGION, "chat")
    assert [found[0].reason, found[-1].reason] == ["Creating", "Running"]
    assert found[0].message == "Service [chat] is creating"
    assert [event.time for event in found] == sorted(event.time for event in found)
    name = service.replicas[0].name
    assert [name in event.message for event in eas_records.events(REGION, "chat", instance=name)] == [True, True]


def test_only_warnings(service: Service) -> None:
    assert eas_records.events(REGION, "chat", only="Warning") == []
    service.tell(service.created, "Warning", "FailedScheduling", "no stock")
    assert [event.message for event in eas_records.events(REGION, "chat", only="Warning")] == ["no stock"]


@pytest.mark.usefixtures("fake")
def test_a_service_that_is_not_there_is_an_error() -> None:
    with pytest.raises(CloudError, match="NotFound"):
        eas_records.log(REGION, "nobody")


@pytest.mark.parametrize(("message", "words"), [(json.dumps({"message": "said"}), "said"), ("plain", "plain"), ("[1]", "[1]"), (None, "")])
def test_words_of_an_event(message: str | None, words: str) -> None:
    assert eas_records.words(message) == words


def test_a_line_cannot_steer_the_terminal() -> None:
    assert printable("a\x1b[2Jb\x07c\t") == "ab c"
