"""Nothing is called on the other target, in another account, or with an environment that cannot be used; the messages name both sides."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from fourways.cloud import clients
from fourways.provider.server import make_session
from fourways.provider.session import Silence
from tests.provider.harness import REGION, URN, Failed, Harness, plain, service, struct

Provide = Callable[[Any], None]
PROVIDER_URN = "urn:pulumi:test::fourways::pulumi:providers:fourways::default"


async def configured(harness: Harness, old: dict[str, Any], new: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    answer = await harness.ask("CheckConfig", provider_pb2.CheckRequest(urn=PROVIDER_URN, olds=struct(old), news=struct(new)))
    return plain(answer.inputs), list(answer.failures)


def test_only_account_and_target_are_kept_of_the_stacks_settings(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        settings = {"account": "1000000000000001", "serving": '{"kind":"model-unit"}', "owner": "me", "version": "0.1.0"}
        inputs, failures = await configured(harness, {}, settings)
        assert not failures
        assert inputs == {"account": "1000000000000001", "target": "fake", "version": "0.1.0"}
        request = provider_pb2.DiffRequest(urn=PROVIDER_URN, olds=struct(inputs), news=struct({"target": "fake", "account": "2"}))
        answer = await harness.ask("DiffConfig", request)
        assert answer.changes == answer.DIFF_NONE

    provide(test)


def test_a_state_of_the_other_target_is_refused_everywhere(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        _, failures = await configured(harness, {"target": "cloud"}, {})
        assert [one.property for one in failures] == [""]
        assert "'cloud'" in failures[0].reason
        with pytest.raises(Failed, match=r"made on the target 'cloud', but this run goes to 'fake'\. Nothing was called"):
            await harness.ask("Configure", provider_pb2.ConfigureRequest(args=struct({"target": "cloud"})))
        made = await harness.create(URN, service())
        made.properties.fields["target"].string_value = "cloud"
        calls = len(harness.cloud.requests.rows)
        for operation in (
            lambda: harness.diff(URN, made, service(), service()),
            lambda: harness.update(URN, made, service(), service()),
            lambda: harness.update(URN, made, service(), service(), preview=True),
            lambda: harness.delete(URN, made),
            lambda: harness.read(URN, made.id, made.properties, made.properties),
        ):
            with pytest.raises(Failed, match="made on the target 'cloud'"):
                await operation()
        assert len(harness.cloud.requests.rows) == calls

    provide(test)


def test_another_account_is_refused(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        made.properties.fields["account"].string_value = "2000000000000002"
        with pytest.raises(
            Failed, match="this resource was made in account 2000000000000002, but the credentials belong to account 1000000000000001"
        ):
            await harness.delete(URN, made)
        assert harness.inventory("eas-service")

    provide(test)


def test_a_pinned_account_is_checked_before_anything(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        with pytest.raises(
            Failed, match="fourways:account pins account 2000000000000002, but the credentials belong to account 1000000000000001"
        ):
            await harness.ask("Configure", provider_pb2.ConfigureRequest(args=struct({"account": "2000000000000002"})))
        with pytest.raises(Failed, match="fourways:account pins"):
            await harness.create(URN, service())
        assert {row["action"] for row in harness.cloud.requests.rows} == {"GetCallerIdentity"}

    provide(test)


@pytest.mark.parametrize("account", ["llm-team", True, 1.5])
def test_a_pin_that_is_no_account_is_explained(provide: Provide, account: Any) -> None:
    async def test(harness: Harness) -> None:
        _, failures = await configured(harness, {}, {"account": account})
        assert [one.property for one in failures] == ["account"]
        assert "is not an account id" in failures[0].reason

    provide(test)


def test_a_pin_that_yaml_read_as_a_number_is_understood(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        inputs, failures = await configured(harness, {}, {"account": 1000000000000001})
        assert not failures
        assert inputs["account"] == "1000000000000001"

    provide(test)


def test_a_wrong_secret_and_no_credentials(provide: Provide, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    async def test(harness: Harness) -> None:
        monkeypatch.setenv("ALICLOUD_SECRET_KEY", "wrong")
        clients.forget()
        with pytest.raises(Failed, match="The secret does not belong to the access key: check ALICLOUD_SECRET_KEY"):
            await harness.create(URN, service())
        monkeypatch.delenv("ALICLOUD_SECRET_KEY")
        monkeypatch.delenv("ALICLOUD_ACCESS_KEY")
        monkeypatch.setenv("HOME", str(tmp_path))
        clients.forget()
        with pytest.raises(Failed, match="no credentials: set ALICLOUD_ACCESS_KEY and ALICLOUD_SECRET_KEY"):
            await harness.create(URN, service())
        assert harness.inventory("eas-service") == []

    provide(test)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("FOURWAYS_FAKE", "10.0.0.1:80", "not a fake's address"), ("FOURWAYS_POLL_SECONDS", "soon", "Allowed: seconds above 0")],
)
def test_an_unusable_environment_refuses_with_its_reason(
    cloud: Any, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)

    async def test() -> None:
        session = make_session(Silence())
        assert session.refusal
        assert words in session.refusal

    asyncio.run(test())
    assert not cloud.requests.rows


def test_refused_by_permission(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("error", "CreateService", status=403, code="Forbidden.RAM")
        with pytest.raises(Failed, match="The credentials may not call CreateService: grant the action") as failed:
            await harness.create(URN, service())
        assert "request id" in str(failed.value)
        assert (await harness.read(URN, f"{REGION}/chat")).id == ""

    provide(test)
