"""Model Studio's official SDK and the openai client in front of a fake cloud in this process."""

from __future__ import annotations

from typing import Any

import httpx2
import openai
import pytest
from alibabacloud_modelstudio20260210 import models
from alibabacloud_modelstudio20260210.client import Client
from alibabacloud_tea_openapi.utils_models import Config, GlobalParameters

from fourways.fakes.cloud import Cloud
from fourways.fakes.inprocess import ADDRESS
from fourways.fakes.wire.messages import Request

REGION, INTERNATIONAL = "ap-southeast-1", "dashscope-intl.aliyuncs.com"
QUESTION: list[Any] = [{"role": "user", "content": "Why is the sky blue?"}]


def sdk(region: str = REGION) -> Any:
    return Client(
        Config(
            access_key_id="test",
            access_key_secret="test",
            endpoint=ADDRESS,
            protocol="HTTP",
            region_id=region,
            global_parameters=GlobalParameters(headers={"x-acs-region-id": region}),
        )
    )


def new_key(client: Any, workspace: str | None = None, description: str = "d", **auth: Any) -> Any:
    """The `apiKey` of CreateApiKey; `auth` are fields of its auth, `scope` the accessible models."""
    scope = auth.pop("scope", None)
    if scope is not None:
        auth["model_access_scope"] = models.CreateApiKeyRequestAuthModelAccessScope(allow_all_models=False, accessible_models=scope)
    given = models.CreateApiKeyRequestAuth(**auth) if auth else None
    return client.create_api_key(models.CreateApiKeyRequest(description=description, workspace_id=workspace, auth=given)).body.api_key


def chat(cloud: Cloud, key: str, host: str = INTERNATIONAL, *, retries: int = 0, **headers: str) -> openai.OpenAI:
    """The openai client whose HTTP goes straight into the cloud; headers are written with underscores."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        given = Request.build(request.method, str(request.url), dict(request.headers), request.read())
        response = cloud.handle(given)
        body = response.body + b"".join(chunk for _, chunk in response.stream or ())
        return httpx2.Response(response.status, headers=response.headers, content=body)

    return openai.OpenAI(
        base_url=f"http://{ADDRESS}/maas/{host}/compatible-mode/v1",
        api_key=key,
        max_retries=retries,
        default_headers={name.replace("_", "-"): value for name, value in headers.items()},
        http_client=openai.DefaultHttpxClient(transport=httpx2.MockTransport(answer), trust_env=False),
    )


def ask(client: openai.OpenAI, model: str = "deepseek-v4-flash", **more: Any) -> Any:
    return client.chat.completions.create(**{"model": model, "messages": QUESTION, "max_tokens": 5, **more})


def refusal(client: openai.OpenAI, model: str = "deepseek-v4-flash", **more: Any) -> tuple[int, str]:
    """Status and code of the error that the client raises."""
    with pytest.raises(openai.APIStatusError) as caught:
        ask(client, model, **more)
    error = caught.value
    assert error.body.keys() == {"code", "message", "type", "param"}  # type: ignore[attr-defined]
    assert error.response.json()["request_id"] == error.request_id
    return error.status_code, str(error.code)
