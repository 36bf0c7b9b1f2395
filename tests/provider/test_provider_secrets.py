"""Secrets are marked wherever they travel, and appear in no message, status line, difference or log."""

from collections.abc import Callable
from typing import Any

import pytest
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime.proto import provider_pb2

from fourways.provider.values import decode
from tests.provider.harness import REGION, SECRET, URN, Failed, Harness, service, struct

Provide = Callable[[Any], None]
ENVIRONMENT = "hf-very-secret"


def inputs() -> dict[str, Any]:
    made = service(token=SECRET)
    made["config"]["containers"][0]["env"] = [{"name": "HF_TOKEN", "value": ENVIRONMENT}, {"name": "PLAIN", "value": "x"}]
    return made


ENV_PATH = ("config", "containers", 0, "env", 0, "value")


def secrets(values: Any) -> frozenset[Any]:
    return decode(PropertyValue.unmarshal_map(values)).secrets


def test_marks_survive_check_create_read_and_update(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        news = await harness.checked(URN, inputs(), [ENV_PATH])
        assert secrets(news) == {("token",), ENV_PATH}
        made = await harness.ask("Create", provider_pb2.CreateRequest(urn=URN, properties=news))
        assert secrets(made.properties) == {("token",), ("accessToken",), ENV_PATH}
        read = await harness.read(URN, made.id, made.properties, news)
        assert secrets(read.inputs) == {("token",), ENV_PATH}
        assert secrets(read.properties) == {("token",), ("accessToken",), ENV_PATH}
        request = provider_pb2.UpdateRequest(urn=URN, id=made.id, olds=made.properties, news=news, old_inputs=news)
        assert secrets((await harness.ask("Update", request)).properties) == {("token",), ("accessToken",), ENV_PATH}
        request.preview = True
        assert {("token",), ("accessToken",)} <= secrets((await harness.ask("Update", request)).properties)
        imported = await harness.read(URN, made.id)
        assert secrets(imported.inputs) == {ENV_PATH}  # told by its name
        assert SECRET not in str(decode(PropertyValue.unmarshal_map(imported.inputs)).plain)

    provide(test)


def test_no_message_or_line_quotes_a_secret(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        news = await harness.checked(URN, inputs(), [ENV_PATH])
        messages = []
        harness.cloud.seed = {"eas": {"bad_images": ["*vllm*"]}}
        with pytest.raises(Failed) as failed:
            await harness.ask("Create", provider_pb2.CreateRequest(urn=URN, properties=news))
        messages.append(str(failed.value))
        backend = harness.services.eas

        async def quoting(*_: Any) -> None:
            from fourways.cloud.errors import CloudError, Outcome

            raise CloudError("UpdateService", outcome=Outcome.REFUSED, message=f"bad token {SECRET} or env {ENVIRONMENT}", status=400)

        backend.update_service = quoting  # type: ignore[assignment,method-assign]
        with pytest.raises(Failed, match="bad token \\[secret\\] or env \\[secret\\]") as failed:
            await harness.ask(
                "Update",
                provider_pb2.UpdateRequest(urn=URN, id=f"{REGION}/chat", olds=struct({"target": "fake"}), news=news, old_inputs=news),
            )
        messages.append(str(failed.value))
        shown = " ".join([*messages, *harness.lines.statuses, *harness.lines.warnings, str(list(harness.cloud.requests.rows))])
        assert SECRET not in shown
        assert ENVIRONMENT not in shown

    provide(test)


def test_an_unforeseen_error_tells_its_place_and_keeps_the_service(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        async def broken(*_: Any) -> None:
            raise KeyError(SECRET)

        services = harness.services
        original, services._until_ready = services._until_ready, broken  # type: ignore[assignment,method-assign]
        with pytest.raises(Failed, match="KeyError in the provider, please report it") as failed:
            await harness.create(URN, inputs())
        assert failed.value.kept_id == f"{REGION}/chat"
        services._until_ready = original  # type: ignore[method-assign]
        services.read = broken  # type: ignore[assignment,method-assign]
        with pytest.raises(
            Failed, match=r"unexpected KeyError in the provider at test_provider_secrets\.py:\d+: please report it"
        ) as failed:
            await harness.read(URN, f"{REGION}/chat")
        assert SECRET not in str(failed.value)

    provide(test)
