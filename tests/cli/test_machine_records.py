"""`fourways logs` and `events` of machines, on the fake in this process: a group that starts one machine, whose console and activities are
read by the stack's tags."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from fourways.cli import machine_records, records
from fourways.cli.errors import UserError
from fourways.cloud import clients
from fourways.cloud import machine_records as machine_cloud
from fourways.cloud.eas_records import Event
from fourways.fakes.cloud import Cloud
from fourways.fakes.inprocess import ADDRESS, fake_cloud
from tests.cleanup.test_cleanup_machines_on_fake import REGION, Account

STACK = "metal"


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name, value in {"FOURWAYS_FAKE": ADDRESS, "ALICLOUD_ACCESS_KEY": "test", "ALICLOUD_SECRET_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(records, "current_workspace", lambda **_: SimpleNamespace(enter=lambda: None))
    clients.forget()
    with fake_cloud() as made:
        yield made
        assert not made.requests.unknown
    clients.forget()


@pytest.fixture
def group(cloud: Cloud) -> str:
    account = Account(cloud)
    return account.machines(account.network())


@pytest.mark.usefixtures("group")
def test_what_a_machine_said_and_what_the_group_did(cloud: Cloud) -> None:
    (id_,) = machine_records.instances(STACK, REGION, None)
    said = machine_records.lines(STACK, REGION, instance=id_, keyword=None)
    assert list(said) == [id_]
    done = machine_records.events(STACK, REGION, instance=None, warnings=False, since=None)
    assert done
    assert {event.type for event in done} == {"Normal"}
    assert done == sorted(done, key=lambda event: event.time)
    assert machine_records.events(STACK, REGION, instance="i-another", warnings=False, since=None) == []
    assert machine_records.events(STACK, REGION, instance=None, warnings=True, since=None) == []
    assert machine_records.events(STACK, REGION, instance=None, warnings=False, since="2999-01-01 00:00:00") == []
    assert cloud.requests.rows[-1]["action"] == "DescribeScalingActivities"


@pytest.mark.usefixtures("group")
def test_what_is_not_there_is_told() -> None:
    with pytest.raises(UserError, match="has no machine 'i-1'; it has i-"):
        machine_records.instances(STACK, REGION, "i-1")
    with pytest.raises(UserError, match="stack other has no machines in ap-southeast-1: it is not up"):
        machine_records.lines("other", REGION, instance=None, keyword=None)
    with pytest.raises(UserError, match="no scaling group"):
        machine_records.events("other", REGION, instance=None, warnings=False, since=None)


def test_lines_of_several_machines_say_whose_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_records, "instances", lambda *_: ["i-1", "i-2"])
    monkeypatch.setattr(machine_cloud, "console", lambda _region, id_: [f"boot of {id_}", "engine serves"])
    assert machine_records.lines(STACK, REGION, instance=None, keyword="engine") == {
        "i-1": ["i-1  engine serves"],
        "i-2": ["i-2  engine serves"],
    }


def test_with_follow_only_what_is_new_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    consoles = iter([["a", "b"], ["a", "b", "c"], ["b", "c", "d"]])

    def read() -> dict[str, list[str]]:
        try:
            return {"i-1": next(consoles)}
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr(records.time, "sleep", lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        records._machine_logs(read, 1, True)
    assert capsys.readouterr().out.split() == ["b", "c", "b", "c", "d"]


@pytest.mark.usefixtures("cloud")
def test_the_commands_choose_by_the_stacks_kind(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(machine_records, "lines", lambda stack, region, **_: {"i-1": [f"{stack} in {region}"]})
    monkeypatch.setattr(
        machine_records, "events", lambda *_, **__: [Event("2026-11-30 12:00:00", "Warning", "Failed", "Add 1 ECS instance.")]
    )
    given = {"fake": True, "service": None, "instance": None}
    records.logs("metal-singapore", **given, keyword=None, previous=False, tail=None, follow=False)  # type: ignore[arg-type]
    assert capsys.readouterr().out == "metal-singapore in ap-southeast-1\n"
    records.events("metal-singapore", **given, warnings=False, since=None, follow=False, output="json")  # type: ignore[arg-type]
    assert '"reason": "Failed"' in capsys.readouterr().out
    with pytest.raises(UserError, match="--previous"):
        records.logs("metal-singapore", **given, keyword=None, previous=True, tail=None, follow=False)  # type: ignore[arg-type]
    with pytest.raises(UserError, match="--service is for PAI-EAS"):
        records.logs("metal-singapore", fake=True, service="chat", instance=None, keyword=None, previous=False, tail=None, follow=False)


def test_a_console_is_decoded_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded = base64.b64encode(b"cloud-init\r\nweights: 3 of 48 parts\n" + b"\xff\n").decode()
    monkeypatch.setattr(clients, "call", lambda *_: {"InstanceId": "i-1", "ConsoleOutput": encoded})
    assert machine_cloud.console(REGION, "i-1") == ["cloud-init", "weights: 3 of 48 parts", "\ufffd"]
    monkeypatch.setattr(clients, "call", lambda *_: {"InstanceId": "i-1"})
    assert machine_cloud.console(REGION, "i-1") == []
