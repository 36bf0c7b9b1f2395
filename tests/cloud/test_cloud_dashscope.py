"""Calls with a bearer key: where a host is, whose region it has, what goes out, and what becomes of answers that are none."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
import responses

from fourways.cloud.dashscope import DashScope, base_url, region_of
from fourways.cloud.dashscope_errors import DashScopeError
from fourways.cloud.errors import Outcome
from fourways.cloud.target import Target

FAKE, CLOUD = Target(name="fake", address="127.0.0.1:4566"), Target(name="cloud")
HOST = "dashscope-intl.aliyuncs.com"
URL = f"https://{HOST}/api/v1/deployments"
KEY = "sk-very-secret-key"


def ask(target: Target = CLOUD, **more: Any) -> dict[str, Any]:
    return DashScope(HOST, KEY, workspace="llm-a", target=target).call("GetIt", "POST", "/api/v1/deployments", **more)


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("dashscope.aliyuncs.com", "cn-beijing"),
        (HOST, "ap-southeast-1"),
        ("llm-abc.ap-southeast-1.maas.aliyuncs.com", "ap-southeast-1"),
        ("llm-abc.us-east-1.maas.aliyuncs.com", "us-east-1"),
        ("dashscope.aliyuncs.com.example.com", None),
        ("example.com", None),
    ],
)
def test_a_host_has_a_region(host: str, region: str | None) -> None:
    assert region_of(host) == region


def test_a_host_is_a_path_of_the_fake() -> None:
    assert base_url(HOST, CLOUD) == f"https://{HOST}"
    assert base_url(HOST, FAKE) == f"http://127.0.0.1:4566/maas/{HOST}"


@responses.activate
def test_what_goes_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {HOST} login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    responses.post(URL, json={"request_id": "r", "output": {"a": 1}})
    assert ask(body={"x": 1}, query={"page_no": 2}, request_id="one-id") == {"a": 1}
    sent = responses.calls[0].request
    assert sent.headers["Authorization"] == f"Bearer {KEY}"  # and not what the .netrc has
    assert sent.headers["X-DashScope-WorkSpace"] == "llm-a"
    assert sent.headers["x-acs-req-uuid"] == sent.headers["X-DashScope-RequestId"] == "one-id"
    assert sent.url == f"{URL}?page_no=2"
    assert json.loads(sent.body or "") == {"x": 1}


@pytest.mark.parametrize(
    ("answer", "outcome", "code"),
    [
        ({"status": 400, "json": {"request_id": "r", "code": "InvalidParameter", "message": "m"}}, Outcome.REFUSED, "InvalidParameter"),
        ({"status": 404, "json": {"code": "NotFound", "message": "m"}}, Outcome.NOT_FOUND, "NotFound"),
        ({"status": 404, "body": "<html>"}, Outcome.UNKNOWN, None),
        ({"status": 429, "json": {"code": "Throttling.RateQuota", "message": "m"}}, Outcome.THROTTLED, "Throttling.RateQuota"),
        ({"status": 503, "json": {"code": "ModelUnavailable", "message": "m"}}, Outcome.UNKNOWN, "ModelUnavailable"),
        ({"status": 502, "body": "bad gateway"}, Outcome.UNKNOWN, None),
        ({"status": 302, "headers": {"Location": "https://example.com"}}, Outcome.UNKNOWN, None),
        ({"status": 200, "body": "not json"}, Outcome.UNKNOWN, None),
        ({"status": 200, "json": [1]}, Outcome.UNKNOWN, None),
        ({"status": 200, "json": {"request_id": "r"}}, Outcome.UNKNOWN, None),
        ({"status": 200, "json": {"request_id": "r", "output": "text"}}, Outcome.UNKNOWN, None),
        ({"body": requests.ConnectTimeout("NewConnectionError: refused")}, Outcome.UNSENT, None),
        ({"body": requests.ReadTimeout("Read timed out.")}, Outcome.UNKNOWN, None),
        ({"body": requests.ConnectionError("RemoteDisconnected")}, Outcome.UNKNOWN, None),
    ],
)
@responses.activate
def test_what_is_known_of_a_call_that_failed(answer: dict[str, Any], outcome: Outcome, code: str | None) -> None:
    responses.post(URL, **answer)
    with pytest.raises(DashScopeError) as failed:
        ask(body={"x": 1})
    assert (failed.value.outcome, failed.value.code) == (outcome, code)
    assert KEY not in str(failed.value)
    assert len(responses.calls) == 1  # no redirection was followed
