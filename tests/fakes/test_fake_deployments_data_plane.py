"""Requests to a deployed model's name: reserved tokens of a minute, overflow, model units' slots and limits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from deployment_calls import Deployments
from fake_calls import HOST

from fourways.fakes.services.shared import curves
from fourways.fakes.wire.messages import Request, Response

SMALLEST = {"input_tpm": 200, "output_tpm": 20}
OVERFLOW = "x-dashscope-ptu-overflow"


@pytest.fixture
def api() -> Deployments:
    return Deployments(region="cn-beijing")


def chat(api: Deployments, model: str, *, text: str = "Hello", answer: int = 10, **more: Any) -> Response:
    body = {"model": model, "messages": [{"role": "user", "content": text}], "max_tokens": answer, "ignore_eos": True, **more}
    headers = {"host": HOST, "authorization": f"Bearer {api.key.value}", "content-type": "application/json"}
    path = f"/maas/{api.host}/compatible-mode/v1/chat/completions"
    return api.cloud.handle(Request.build("POST", path, headers, json.dumps(body).encode()))


def code(answer: Response) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["error"]["code"]


def usage_rows(api: Deployments) -> list[dict[str, Any]]:
    return [row for row in api.cloud.ledger.rows() if row["kind"] == "token-usage"]


def reservation(api: Deployments, **more: Any) -> str:
    name: str = api.reserve(ptu_capacity=SMALLEST, **more)["deployed_model"]
    api.wait()
    return name


def test_reserved_tokens_cost_nothing_more(api: Deployments) -> None:
    answer = chat(api, reservation(api))
    assert answer.status == 200
    assert json.loads(answer.body)["usage"]["completion_tokens"] == 10
    assert OVERFLOW not in answer.headers
    assert usage_rows(api) == []


def test_what_does_not_fit_into_the_minute_overflows_and_is_billed(api: Deployments) -> None:
    name = reservation(api)
    for _ in range(2):
        assert OVERFLOW not in chat(api, name, answer=10_000).headers  # 20 kTPM of output
    answer = chat(api, name)
    assert (answer.status, answer.headers[OVERFLOW]) == (200, "true")
    assert usage_rows(api)
    api.wait(60)
    assert OVERFLOW not in chat(api, name).headers


def test_without_overflow_what_does_not_fit_is_refused(api: Deployments) -> None:
    name = reservation(api)
    api.ok("PUT", f"/{name}/update-overflowstrategy", {"overflow_strategy": "disable"})
    assert chat(api, name, answer=20_000).status == 200
    assert code(chat(api, name, answer=1)) == (429, "insufficient_quota")  # Throttling.AllocationQuota
    assert usage_rows(api) == []
    api.wait(60)
    assert chat(api, name).status == 200


def test_a_refused_request_takes_nothing(api: Deployments) -> None:
    name = reservation(api)
    api.ok("PUT", f"/{name}/update-overflowstrategy", {"overflow_strategy": "disable"})
    assert chat(api, name, answer=20_001).status == 429
    assert chat(api, name, answer=20_000).status == 200


def test_input_counts_by_itself_and_cached_tokens_a_fifth(api: Deployments) -> None:
    name = reservation(api)
    api.ok("PUT", f"/{name}/update-overflowstrategy", {"overflow_strategy": "disable"})
    text = "abcd " * 140_000  # some 140 000 tokens
    assert chat(api, name, text=text, answer=1).status == 200
    again = chat(api, name, text=text, answer=1)  # 28 000 and a few: 168 000 of 200 000
    assert again.status == 200
    assert json.loads(again.body)["usage"]["prompt_tokens_details"]["cached_tokens"] > 100_000
    other = chat(api, name, text="efgh " * 140_000, answer=1)
    assert code(other) == (429, "insufficient_quota")


def test_a_reservation_serves_while_it_runs_and_is_unknown_afterwards(api: Deployments) -> None:
    made = api.reserve(duration=1)
    name = made["deployed_model"]
    assert code(chat(api, name)) == (503, "ModelUnavailable")  # being deployed
    api.at("2026-11-25T01:59:00")
    assert chat(api, name).status == 200  # the term has ended, the service stops after two hours
    api.at("2026-11-25T02:01:00")
    assert code(chat(api, name)) == (503, "ModelUnavailable")
    api.at("2026-11-25T14:30:00")
    assert code(chat(api, name)) == (503, "ModelUnavailable")  # released, not deleted
    api.ok("DELETE", f"/{name}")
    api.wait()
    assert code(chat(api, name)) == (404, "model_not_found")


def test_a_scaled_reservation_takes_more(api: Deployments) -> None:
    name = reservation(api)
    api.ok("PUT", f"/{name}/update-overflowstrategy", {"overflow_strategy": "disable"})
    assert chat(api, name, answer=25_000).status == 429
    api.ok("PUT", f"/{name}/scale", {"ptu_capacity": {"input_tpm": 200, "output_tpm": 25}})
    api.wait()
    assert chat(api, name, answer=25_000).status == 200


def test_units_have_slots(api: Deployments) -> None:
    name = api.units()["deployed_model"]
    assert code(chat(api, name)) == (503, "ModelUnavailable")
    api.wait()
    for _ in range(curves.slots("model-unit", 8)):
        assert chat(api, name, answer=1000).status == 200
    assert code(chat(api, name)) == (429, "insufficient_quota")
    api.wait(60)
    assert chat(api, name).status == 200
    assert usage_rows(api) == []


def test_units_have_limits(api: Deployments) -> None:
    name = api.units(rpm_limit=2, tpm_limit=100, max_context_length=90)["deployed_model"]
    api.wait()
    assert code(chat(api, name, answer=200)) == (400, "invalid_parameter_error")  # longer than its context
    assert chat(api, name, answer=50).status == 200
    assert code(chat(api, name, answer=50)) == (429, "insufficient_quota")
    assert chat(api, name, answer=5).status == 200
    assert code(chat(api, name, answer=5)) == (429, "limit_requests")
    api.wait(60)
    assert chat(api, name, answer=5).status == 200


def test_stopped_and_deleted_units_do_not_serve(api: Deployments) -> None:
    name = api.units()["deployed_model"]
    api.wait()
    api.admin("POST", "console/stop-deployment", {"region": "cn-beijing", "deployed_model": name})
    assert code(chat(api, name)) == (503, "ModelUnavailable")
    api.ok("DELETE", f"/{name}")
    api.wait()
    assert code(chat(api, name)) == (404, "model_not_found")


def test_a_deployed_model_is_its_workspace_s_own(api: Deployments) -> None:
    name = reservation(api)
    other = Deployments(api.cloud, region="cn-beijing")
    other.key = api.studio.add_key(api.studio.add_workspace("other"), "test", "other", api.key.auth)
    assert code(chat(other, name)) == (404, "model_not_found")
