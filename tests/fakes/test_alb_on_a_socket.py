"""A load balancer as clients meet it: by its own name through the fake as proxy, by the fake's address, and cut off in mid-answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from balanced import Front, engines, front  # noqa: F401 - fixtures
from fake_calls import Caller
from test_certificates import CAS, upload

from fourways.fakes.server import Server, bind
from fourways.fakes.tls import make_authority

Client = Callable[[int, str], None]


@pytest.fixture
def beside(front: Front, tmp_path: Path) -> Callable[[Client], None]:  # noqa: F811
    """Runs a blocking client, who is told the port and the CA's path, beside a server of the front's cloud."""

    def run(client: Client) -> None:
        async def both() -> None:
            listener, ready, ca = bind(0), asyncio.Event(), tmp_path / "ca.pem"
            task = asyncio.create_task(Server(front.cloud, make_authority(ca)).serve(listener, ready.set))
            await ready.wait()
            try:
                await asyncio.to_thread(client, listener.getsockname()[1], str(ca))
            finally:
                task.cancel()
                listener.close()

        asyncio.run(both())

    return run


@pytest.fixture
def name(front: Front) -> str:  # noqa: F811
    found: str = front.alb.ok("GetLoadBalancerAttribute", LoadBalancerId=front.id)["DNSName"]
    return found


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_by_its_name_through_the_fake_as_proxy(front: Front, name: str, beside: Callable[[Client], None]) -> None:  # noqa: F811
    (one,) = front.ready(1)
    id = upload(Caller(front.cloud, CAS))
    front.listen(443, "HTTPS", Certificates_1_CertificateId=f"{id}-ap-southeast-1")

    def client(port: int, _: str) -> None:
        proxies = dict.fromkeys(("http", "https"), f"http://127.0.0.1:{port}")
        assert requests.get(f"http://{name}/v1/models", proxies=proxies, timeout=10).text == one
        # As with a certificate of one's own, a client must be told not to look for the name in it.
        assert requests.get(f"https://{name}/v1/models", proxies=proxies, verify=False, timeout=10).text == one
        with pytest.raises(requests.ConnectionError):
            requests.get(f"http://{name}:81/v1/models", proxies=proxies, timeout=10)

    beside(client)


def test_by_the_address_of_the_fake(front: Front, beside: Callable[[Client], None]) -> None:  # noqa: F811
    (one,) = front.ready(1)
    id = upload(Caller(front.cloud, CAS))
    front.listen(443, "HTTPS", Certificates_1_CertificateId=f"{id}-ap-southeast-1")

    def client(port: int, ca: str) -> None:
        assert requests.get(f"http://127.0.0.1:{port}/alb/{front.id}/80/v1/models", timeout=10).text == one
        assert requests.get(f"https://127.0.0.1:{port}/alb/{front.id}/443/v1/models", verify=ca, timeout=10).text == one
        assert requests.get(f"http://127.0.0.1:{port}/alb/{front.id}/443/v1/models", timeout=10).status_code == 400

    beside(client)


def test_a_server_whose_time_is_over_breaks_off_in_mid_answer(front: Front, beside: Callable[[Client], None]) -> None:  # noqa: F811
    drain = {"ConnectionDrainConfig_ConnectionDrainEnabled": "true", "ConnectionDrainConfig_ConnectionDrainTimeout": 10}
    front.alb.ok("UpdateServerGroupAttribute", ServerGroupId=front.group, **drain)
    front.wait(2)
    (one,) = front.ready(1)
    events = {2: lambda: front.remove(one), 3: lambda: front.wait(10)}
    front.engines.between = lambda number: events.get(number, lambda: None)()

    def client(port: int, _: str) -> None:
        with requests.get(f"http://127.0.0.1:{port}/alb/{front.id}/80/stream", stream=True, timeout=10) as answer:
            assert answer.status_code == 200
            with pytest.raises(requests.exceptions.ChunkedEncodingError):
                list(answer.iter_content())

    beside(client)
    assert front.engines.ended == 1
