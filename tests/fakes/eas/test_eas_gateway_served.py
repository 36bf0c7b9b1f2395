"""A gateway on a real socket: the client's address is the connection's, and http is told from https on the same port."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gateway_calls as calls
import openai
import pytest
import requests
from requests.adapters import HTTPAdapter
from served import served_cloud

from fourways.fakes.clock import Clock
from fourways.fakes.cloud import Cloud
from fourways.fakes.services import SERVICES

REGION = "ap-southeast-1"


class From(HTTPAdapter):
    """Connects from this address of the machine."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **more: Any) -> None:
        super().init_poolmanager(*arguments, **more, source_address=(self.address, 0))


def session(address: str = "127.0.0.1") -> requests.Session:
    made = requests.Session()
    made.trust_env = False
    made.headers["authorization"] = "tok"
    made.mount("http://", From(address))
    made.mount("https://", From(address))
    return made


@pytest.fixture
def public(tmp_path: Path, at_server: Callable[[Cloud], Any], service_json: Callable[..., Any]) -> Iterator[tuple[Any, str, str, Path]]:
    """A service behind a gateway with Internet access: the SDK, the gateway's id, the URL that the API tells, and the CA."""
    cloud = Cloud(SERVICES, clock=Clock(speed=1000.0))
    cloud.seed["eas"] = {"transition_seconds": 0}
    with served_cloud(cloud, tmp_path) as ca:
        eas = at_server(cloud)
        gateway_id = calls.create(eas, enable_internet=True)
        eas.create({**service_json(), "token": "tok", "networking": {"gateway": gateway_id}})
        assert eas.status() == "Running"
        yield eas, gateway_id, calls.endpoints(eas)[0].internet_endpoints[0], ca


def test_the_list_reads_the_address_of_the_connection(public: tuple[Any, str, str, Path]) -> None:
    eas, gateway_id, url, _ = public
    calls.allow(eas, gateway_id, "127.0.0.2")
    claims = {"x-forwarded-for": "127.0.0.2", "x-real-ip": "127.0.0.2"}
    with session() as outside, session("127.0.0.2") as inside:
        assert outside.get(f"{url}/v1/models").status_code == 403
        assert outside.get(f"{url}/v1/models", headers=claims).status_code == 403
        assert inside.get(f"{url}/v1/models").status_code == 200


def test_http_is_sent_to_https_on_the_same_port(public: tuple[Any, str, str, Path]) -> None:
    eas, gateway_id, url, ca = public
    calls.update(eas, gateway_id, enable_sslredirection=True)
    with session() as http:
        first = http.get(f"{url}/v1/models?a=1", allow_redirects=False)
        assert (first.status_code, first.headers["location"]) == (308, url.replace("http:", "https:") + "/v1/models?a=1")
        assert http.get(first.headers["location"], verify=str(ca)).status_code == 200
    with openai.DefaultHttpxClient(trust_env=False, verify=ssl.create_default_context(cafile=str(ca))) as http:
        client = openai.OpenAI(base_url=f"{url}/v1".replace("http:", "https:"), api_key="tok", max_retries=0, http_client=http)
        answer = client.chat.completions.create(model="flash", messages=[{"role": "user", "content": "hi"}], max_tokens=2)
        assert answer.choices[0].finish_reason == "length"
