"""The token API with the openai client: answers, errors, limits, cached tokens and what is billed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openai
import pytest
from alibabacloud_modelstudio20260210 import models
from modelstudio_calls import INTERNATIONAL, QUESTION, REGION, ask, chat, new_key, refusal, sdk

from fourways.fakes.cloud import Cloud
from fourways.fakes.inprocess import fake_cloud
from fourways.fakes.service import Backend, Scope
from fourways.fakes.services import SERVICES
from fourways.fakes.services.modelstudio import catalogue, limits, serving
from fourways.fakes.services.modelstudio.backend import ModelStudioBackend, find_key
from fourways.fakes.storage import Storage
from fourways.fakes.wire.errors import CloudError
from fourways.fakes.wire.messages import Request

FLASH, QWEN, ACCOUNT = "deepseek-v4-flash", "qwen-plus", "1000000000000001"
LONG: list[Any] = [{"role": "system", "content": "word " * 600}, *QUESTION]


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with fake_cloud() as made:
        yield made
        assert not made.requests.unknown


@pytest.fixture
def client(cloud: Cloud) -> Any:  # noqa: ARG001 - the cloud that the SDK calls
    return sdk()


@pytest.fixture
def value(client: Any) -> str:
    return str(new_key(client).api_key_value)


def workspace(client: Any) -> Any:
    return client.create_workspace(models.CreateWorkspaceRequest(workspace_name="w")).body.workspace


def test_a_chat_and_the_models(cloud: Cloud, value: str) -> None:
    answer = ask(chat(cloud, value))
    assert (answer.model, answer.object, answer.choices[0].finish_reason) == (FLASH, "chat.completion", "length")
    assert (answer.usage.completion_tokens, answer.usage.total_tokens) == (5, answer.usage.prompt_tokens + 5)
    assert answer.usage.prompt_tokens_details.cached_tokens == 0
    assert [model.id for model in chat(cloud, value).models.list()] == [FLASH, QWEN]


def test_a_stream_tells_its_usage_in_the_last_chunk(cloud: Cloud, value: str) -> None:
    whole = ask(chat(cloud, value))
    *parts, last = list(ask(chat(cloud, value), stream=True, stream_options={"include_usage": True}))
    assert "".join(part.choices[0].delta.content or "" for part in parts) == whole.choices[0].message.content
    assert (last.choices, last.usage) == ([], whole.usage)
    assert all(part.usage is None and part.choices for part in ask(chat(cloud, value), stream=True))


def test_keys_are_checked(cloud: Cloud, client: Any) -> None:
    made = new_key(client)
    user = chat(cloud, made.api_key_value)
    assert refusal(chat(cloud, "sk-unknown")) == (401, "invalid_api_key")
    assert refusal(chat(cloud, made.api_key_value, "dashscope.aliyuncs.com")) == (401, "invalid_api_key")
    client.disable_api_key(str(made.api_key_id), models.DisableApiKeyRequest())
    assert refusal(user) == (401, "invalid_api_key")
    client.enable_api_key(str(made.api_key_id), models.EnableApiKeyRequest())
    ask(user)
    client.reset_api_key(str(made.api_key_id), models.ResetApiKeyRequest())
    assert refusal(user) == (401, "invalid_api_key")
    with pytest.raises(openai.AuthenticationError):
        user.models.list()


def test_only_addresses_of_the_allow_list_get_in(cloud: Cloud, client: Any) -> None:
    value = new_key(client, type="Custom", access_ips=["203.0.113.0/24", "2001:db8::1"]).api_key_value
    assert refusal(chat(cloud, value)) == (403, "AccessDenied")
    assert refusal(chat(cloud, value, x_fake_client_ip="203.0.114.1")) == (403, "AccessDenied")
    assert refusal(chat(cloud, value, x_fake_client_ip="nonsense")) == (403, "AccessDenied")
    ask(chat(cloud, value, x_fake_client_ip="203.0.113.9"))
    ask(chat(cloud, value, x_fake_client_ip="2001:db8::1"))
    ask(chat(cloud, new_key(client, type="Custom").api_key_value))


def test_models_outside_the_scope_or_the_permissions_are_denied(cloud: Cloud, client: Any) -> None:
    user = chat(cloud, new_key(client, type="Custom", scope=[QWEN]).api_key_value)
    ask(user, QWEN)
    assert refusal(user) == (403, "Model.AccessDenied")
    assert [model.id for model in user.models.list()] == [QWEN]
    place = client.list_workspaces(models.ListWorkspacesRequest()).body.workspaces[0].workspace_id
    client.update_model_permissions(models.UpdateModelPermissionsRequest(workspace_id=place, access_all_entities="CLOSE"))
    assert refusal(user, QWEN) == (403, "Model.AccessDenied")


def test_a_key_belongs_to_its_workspaces_host(cloud: Cloud, client: Any) -> None:
    mine, other = workspace(client), workspace(client)
    value = new_key(client, mine.workspace_id).api_key_value
    ask(chat(cloud, value, mine.api_host))
    ask(chat(cloud, value, INTERNATIONAL))
    ask(chat(cloud, value, x_dashscope_workspace=mine.workspace_id))
    assert refusal(chat(cloud, value, other.api_host)) == (403, "AccessDenied")
    assert refusal(chat(cloud, value, x_dashscope_workspace=other.workspace_id)) == (403, "AccessDenied")


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"model": "unknown"}, (404, "model_not_found")),
        ({"model": ""}, (400, "invalid_parameter_error")),
        ({"temperature": -1}, (400, "invalid_parameter_error")),
        ({"messages": []}, (400, "invalid_parameter_error")),
        ({"messages": [{"role": "user", "content": "word " * 131_072}], "model": QWEN}, (400, "invalid_parameter_error")),
    ],
)
def test_wrong_requests(cloud: Cloud, value: str, given: dict[str, Any], refused: tuple[int, str]) -> None:
    assert refusal(chat(cloud, value), **given) == refused
    assert cloud.ledger.rows() == []


def test_paths_and_hosts_that_are_not_there(cloud: Cloud, value: str) -> None:
    def status(url: str, method: str = "GET") -> int:
        return cloud.handle(Request.build(method, url, {"authorization": f"Bearer {value}"}, b"{")).status

    assert status(f"/maas/{INTERNATIONAL}/compatible-mode/v1/nothing") == 404
    assert status("/maas/example.com/compatible-mode/v1/models") == 404
    assert status(f"/maas/{INTERNATIONAL}/compatible-mode/v1/chat/completions", "POST") == 400


def test_requests_of_a_workspace_are_limited_and_go_on_later(cloud: Cloud, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    place = workspace(client).workspace_id
    item = models.UpdateModelLimitsRequestWorkspaceLimits(model=FLASH, operation_type="OVERLAY", request_limit=2, request_limit_period=10)
    client.update_model_limits(models.UpdateModelLimitsRequest(workspace_id=place, workspace_limits=[item]))
    value = new_key(client, place).api_key_value
    user = chat(cloud, value)
    ask(user)
    ask(user)
    with pytest.raises(openai.RateLimitError) as error:
        ask(user)
    assert (error.value.code, error.value.type) == ("limit_requests", "limit_requests")
    ask(user, QWEN)
    ask(chat(cloud, new_key(client).api_key_value))
    # The client's own retry, with its waiting done by the fake's clock.
    waits: list[int] = []

    def wait(self: Any, *, retries_taken: int, **_: Any) -> None:  # noqa: ARG001
        waits.append(retries_taken)
        cloud.clock.advance(5)

    monkeypatch.setattr(openai.OpenAI, "_sleep_for_retry", wait)
    ask(chat(cloud, value, retries=3))
    assert waits == [0, 1]


def test_tokens_of_a_workspace_are_limited(cloud: Cloud, client: Any) -> None:
    place = workspace(client).workspace_id
    item = models.UpdateModelLimitsRequestWorkspaceLimits(model=FLASH, operation_type="OVERLAY", usage_limit=30, usage_limit_period=60)
    client.update_model_limits(models.UpdateModelLimitsRequest(workspace_id=place, workspace_limits=[item]))
    user = chat(cloud, new_key(client, place).api_key_value)
    used = ask(user).usage.total_tokens
    assert used < 30 < 2 * used + 1
    assert refusal(user, max_tokens=30) == (429, "insufficient_quota")
    cloud.clock.advance(59)
    assert refusal(user, max_tokens=20) == (429, "insufficient_quota")
    cloud.clock.advance(1)
    ask(user)


def test_the_account_has_its_own_limits_and_may_not_burst(cloud: Cloud) -> None:
    backend = cloud.backend(ModelStudioBackend, ACCOUNT, REGION)

    def refused(model: str, tokens: int) -> str:
        with pytest.raises(CloudError) as error:
            limits.take(backend, "w", model, tokens)
        assert error.value.status == 429
        return error.value.code

    limits.take(backend, "w", QWEN, 1_200_000)
    assert refused(QWEN, 1) == "Throttling.AllocationQuota"
    taken = 0
    while taken < 15_000:
        for _ in range(catalogue.burst()):
            limits.take(backend, "w", FLASH, 1)
        taken += catalogue.burst()
        if taken < 15_000:
            assert refused(FLASH, 1) == "Throttling.BurstRate"
        cloud.clock.advance(1)
    assert refused(FLASH, 1) == "Throttling.RateQuota"


def test_what_a_prompt_begins_with_is_cached_for_a_while(cloud: Cloud, client: Any, value: str) -> None:
    def cached(user: openai.OpenAI, messages: list[Any]) -> int:
        return int(ask(user, messages=messages).usage.prompt_tokens_details.cached_tokens)

    user = chat(cloud, value)
    assert [cached(user, LONG), cached(user, LONG), cached(user, QUESTION)] == [0, 512, 0]
    assert cached(user, [{"role": "system", "content": "word " * 300 + "other " * 300}]) == 256
    assert cached(chat(cloud, new_key(client, workspace(client).workspace_id).api_key_value), LONG) == 0
    cloud.clock.advance(catalogue.cache_seconds())
    assert cached(user, LONG) == 0


def test_tokens_are_metered_in_closed_rows(cloud: Cloud, client: Any) -> None:
    made = new_key(client)
    user = chat(cloud, made.api_key_value)
    first = ask(user, messages=LONG).usage
    cloud.clock.advance(60)
    ask(user, messages=LONG)
    (row,) = cloud.ledger.rows()
    prompt = first.prompt_tokens
    assert row["usage"] == {"requests": 2, "prompt_tokens": 2 * prompt, "cached_tokens": 512, "completion_tokens": 10}
    paid = ((2 * prompt - 512) * Decimal("0.2") + 512 * Decimal("0.04") + 10 * Decimal("0.4")) / 1_000_000
    assert (Decimal(row["amount"]), row["currency"], row["kind"]) == (paid, "USD", "token-usage")
    assert row["resource"] == f"{made.workspace_id}/{made.api_key_id}/{FLASH}"
    assert (row["closed"] is None, row["seconds"]) == (False, 60.0)
    assert cloud.ledger.rows(only_open=True) == []
    cloud.clock.advance(86_400)
    ask(user)
    assert len(cloud.ledger.rows()) == 2


def test_prices_follow_the_hour(cloud: Cloud, value: str) -> None:
    user = chat(cloud, value)
    cloud.clock.advance((-cloud.clock.now()) % 86_400)  # midnight UTC, 08:00 in Beijing
    ask(user, QWEN)
    cloud.clock.advance(16 * 3600)
    ask(user, QWEN)
    day, night = (Decimal(row["amount"]) for row in cloud.ledger.rows())
    assert day == 2 * night


class Deployed(Backend):
    """A backend with two deployed models: one that serves, one whose capacity is used up."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.demands: list[serving.Demand] = []
        self.metered = False

    def inventory(self) -> list[dict[str, Any]]:
        return []

    def model_behind(self, name: str, workspace: str) -> str | None:  # noqa: ARG002
        return FLASH if name in ("mine", "full") else None

    def serve(self, name: str, demand: serving.Demand) -> serving.Served:
        if name == "full":
            raise CloudError(429, "Throttling.AllocationQuota", "The capacity is used up.")
        self.demands.append(demand)
        return serving.Served(self.metered, "ptu", 0.1, {"x-dashscope-ptu-overflow": "true"} if self.metered else {})


def test_a_deployed_model_is_served_by_who_has_it(cloud: Cloud, client: Any) -> None:
    deployed = cloud.backend(Deployed, ACCOUNT, REGION)
    made = new_key(client, type="Custom", scope=["mine", "full"])
    user = chat(cloud, made.api_key_value)
    answer = user.chat.completions.with_raw_response.create(model="mine", messages=LONG, max_tokens=5)
    parsed = answer.parse()
    assert parsed.model == "mine"
    assert parsed.usage is not None
    assert deployed.demands == [serving.Demand(made.workspace_id, parsed.usage.prompt_tokens, 0, 5)]
    assert "x-dashscope-ptu-overflow" not in answer.headers
    assert cloud.ledger.rows() == []
    assert refusal(user, "full") == (429, "insufficient_quota")
    assert refusal(user, "nobodys") == (404, "model_not_found")
    deployed.metered = True
    overflow = user.chat.completions.with_raw_response.create(model="mine", messages=LONG, max_tokens=5)
    assert overflow.headers["x-dashscope-ptu-overflow"] == "true"
    assert deployed.demands[-1].cached_tokens == 512
    assert [row["resource"].rpartition("/")[2] for row in cloud.ledger.rows()] == [FLASH]


def test_keys_limits_and_bills_survive_a_restart(cloud: Cloud, client: Any, tmp_path: Path) -> None:
    place = workspace(client)
    made = new_key(client, place.workspace_id)
    ask(chat(cloud, made.api_key_value), messages=LONG)
    storage = Storage(tmp_path / "cloud.pickle")
    storage.save(cloud)
    again = storage.load()
    assert again is not None
    assert again.services == SERVICES
    assert again.inventory() == cloud.inventory()
    found = find_key(again, made.api_key_value)
    assert found is not None
    assert (found.id, found.workspace) == (made.api_key_id, place.workspace_id)
    assert ask(chat(again, made.api_key_value), messages=LONG).usage.prompt_tokens_details.cached_tokens == 512
    (row,) = again.ledger.rows()
    assert row["usage"]["requests"] == 2


def test_the_token_api_waits_for_no_disk(cloud: Cloud) -> None:
    assert cloud.is_data_plane(f"/maas/{INTERNATIONAL}/compatible-mode/v1/models")
    assert not cloud.is_data_plane(f"/maas/{INTERNATIONAL}/api/v1/deployments")
