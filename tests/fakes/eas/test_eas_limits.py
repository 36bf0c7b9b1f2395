"""`networking` of a service: what is refused, and the rate and concurrency limits that answer with 429."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gateway_calls as calls
import pytest

REGION, ACCOUNT = "ap-southeast-1", "1000000000000001"
BASE = "http://127.0.0.1:4566/pai-eas"


@pytest.mark.parametrize(
    ("networking", "words"),
    [
        ([], "networking must be an object"),
        ({"gateway": 1}, "networking.gateway must be the id of a gateway"),
        ({"gateway_policy": 100}, "gateway_policy must be an object"),
        ({"gateway_policy": {"rate": {}}}, "gateway_policy must be an object of rate_limit and concurrency_limit"),
        ({"gateway_policy": {"rate_limit": 100}}, "rate_limit must be an object of enable and limit"),
        ({"gateway_policy": {"rate_limit": {"enable": True, "limit": 5, "burst": 1}}}, "rate_limit must be an object of enable and limit"),
        ({"gateway_policy": {"rate_limit": {"limit": 5}}}, "rate_limit.enable must be true or false"),
        ({"gateway_policy": {"rate_limit": {"enable": True}}}, "rate_limit.limit must be a whole number from 1"),
        ({"gateway_policy": {"concurrency_limit": {"enable": True, "limit": 0}}}, "concurrency_limit.limit must be a whole number from 1"),
        (
            {"gateway_policy": {"concurrency_limit": {"enable": False, "limit": "5"}}},
            "concurrency_limit.limit must be a whole number from 1",
        ),
    ],
)
def test_what_networking_is_refused(eas: Any, refused: Any, service_json: Callable[..., Any], networking: Any, words: str) -> None:
    with refused(400, "InvalidParameter", words):
        eas.create({**service_json(), "networking": networking})


def limited(eas: Any, given: dict[str, Any], **policy: int) -> str:
    """A service on the shared gateway with these limits; the URL."""
    rules = {kind: {"enable": True, "limit": limit} for kind, limit in policy.items()}
    calls.service(eas, given, gateway_policy=rules)
    return f"{BASE}/{ACCOUNT}.{REGION}/api/predict/chat"


def test_a_rate_limit_counts_the_requests_of_each_second(eas: Any, service_json: Callable[..., Any]) -> None:
    url = limited(eas, service_json(), rate_limit=3)
    assert [calls.ask(eas.cloud, url).status for _ in range(5)] == [200, 200, 200, 429, 429]
    assert calls.ask(eas.cloud, url, token="wrong").status == 401
    eas.wait(1)
    assert [calls.ask(eas.cloud, url).status for _ in range(4)] == [200, 200, 200, 429]
    eas.update("chat", {"networking": {"gateway_policy": {"rate_limit": {"enable": False, "limit": 3}}}})
    assert calls.ask(eas.cloud, url).status == 200


def test_a_concurrency_limit_counts_the_requests_under_way(eas: Any, service_json: Callable[..., Any]) -> None:
    url = limited(eas, service_json(), concurrency_limit=2)
    under_way = [calls.ask(eas.cloud, url, path="/v1/chat/completions", method="POST") for _ in range(3)]
    assert [one.status for one in under_way] == [200, 200, 429]
    assert under_way[0].done is not None
    under_way[0].done()
    assert calls.ask(eas.cloud, url, path="/v1/chat/completions", method="POST").status == 200
    eas.wait(3600)
    assert calls.ask(eas.cloud, url, path="/v1/chat/completions", method="POST").status == 200


def test_the_shared_gateway_has_a_limit_by_default_and_private_ones_have_none(eas: Any, service_json: Callable[..., Any]) -> None:
    calls.service(eas, service_json())
    shared = f"{BASE}/{ACCOUNT}.{REGION}/api/predict/chat"
    found = [calls.ask(eas.cloud, shared).status for _ in range(1001)]
    assert (found.count(200), found[-1]) == (1000, 429)
    gateway_id = calls.running(eas, enable_internet=True)
    calls.service(eas, service_json("private_one"), gateway=gateway_id)
    private = f"{BASE}/{gateway_id}.{ACCOUNT}.{REGION}/api/predict/private_one"
    assert {calls.ask(eas.cloud, private).status for _ in range(1001)} == {200}
