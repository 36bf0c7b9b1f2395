"""Clients that ask all along, second by second, while a service is updated, stopped, or loses instances."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest
import requests
from alibabacloud_eas20210701 import models

from fourways.fakes.cloud import Cloud
from fourways.fakes.services import SERVICES
from fourways.fakes.services.eas.backend import EasBackend

REGION, ACCOUNT = "ap-southeast-1", "1000000000000001"
SPOT, PUBLIC = "ecs.gn8v-4x.24xlarge", "ml.gu8tef.8.46xlarge"
SURGE = {"max_surge": 1, "max_unavailable": 0}
BROKEN, LARGE = "eas-registry-vpc.ap-southeast-1.cr.aliyuncs.com/pai-eas/vllm:does-not-exist", 4
Make = Callable[..., dict[str, Any]]


class Client:
    """Asks the service's public endpoint for a chat completion."""

    def __init__(self, eas: Any) -> None:
        found = eas.describe()
        self._eas, self._url = eas, f"{found.internet_endpoint}/v1/chat/completions"
        self._headers = {"Authorization": found.access_token}

    def ask(self) -> int:
        body = {"model": "flash", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 4}
        return requests.post(self._url, json=body, headers=self._headers, timeout=10).status_code

    def watch(self, seconds: int) -> list[int]:
        """The status codes of one request a second."""
        seen = []
        for _ in range(seconds):
            seen.append(self.ask())
            self._eas.wait(1)
        return seen


@pytest.fixture
def client(eas: Any, service_json: Make) -> Callable[..., Client]:
    """A client of a service that runs on a group with as many machines of 4 GPUs as are asked for."""

    def make(machines: int, **metadata: Any) -> Client:
        eas.create(service_json(resource=eas.group(machines).resource_id, gpu=LARGE, **metadata))
        eas.wait(10)
        return Client(eas)

    return make


def break_image(eas: Any) -> None:
    eas.update("chat", {"containers": [{"image": BROKEN, "port": 8000, "command": "vllm serve /m --served-model-name flash"}]})


def test_a_broken_image_with_surge_never_fails_a_request_nor_does_the_way_back(eas: Any, client: Any) -> None:
    asking = client(2, rolling_strategy=SURGE)
    break_image(eas)
    assert set(asking.watch(30)) == {200}
    assert eas.status() == "Failed"
    assert sorted(replica.status for replica in eas.replicas()) == ["Failed", "Running"]
    eas.client.update_service_version(REGION, "chat", models.UpdateServiceVersionRequest(version=1))
    assert set(asking.watch(30)) == {200}
    found = eas.describe()
    assert (found.status, found.current_version, found.running_instance) == ("Running", 1, 1)
    assert [replica.status for replica in eas.replicas()] == ["Running"]


def test_a_broken_image_without_surge_takes_the_endpoint_down(eas: Any, client: Any) -> None:
    asking = client(1)
    break_image(eas)
    assert asking.watch(30)[-1] == 503


def test_a_good_update_with_surge_fails_no_request_and_shows_old_and_new_instances(eas: Any, client: Any) -> None:
    asking = client(3, instance=2, rolling_strategy=SURGE)
    old = {replica.instance_name for replica in eas.replicas()}
    eas.update("chat", {"metadata": {"cpu": 9}})
    codes, mixed = set(), 0
    for _ in range(40):
        codes.add(asking.ask())
        names = {replica.instance_name for replica in eas.replicas()}
        mixed += bool(names & old) and bool(names - old)
        eas.wait(1)
    assert codes == {200}
    assert mixed > 10
    assert {replica.instance_name for replica in eas.replicas()}.isdisjoint(old)
    assert (eas.status(), eas.describe().running_instance) == ("Running", 2)


def test_an_update_of_two_replicas_on_public_resources_fails_no_request(eas: Any, service_json: Make) -> None:
    eas.create({**service_json(instance=2), "cloud": {"computing": {"instances": [{"type": PUBLIC}]}}})
    eas.wait(10)
    asking = Client(eas)
    eas.update("chat", {"metadata": {"cpu": 9}})
    assert set(asking.watch(40)) == {200}
    assert (eas.status(), eas.describe().current_version) == ("Running", 2)


def test_reclaiming_one_of_two_instances_fails_no_request(eas: Any, service_json: Make) -> None:
    eas.cloud.seed["eas"] = {"spot_prices": {SPOT: 1}}
    computing = {"instances": [{"type": SPOT, "spot_price_limit": 2}], "disable_spot_protection_period": True}
    eas.create({**service_json(instance=2), "cloud": {"computing": computing}})
    eas.wait(10)
    asking = Client(eas)
    eas.step("reclaim-spot", service="chat", instance=eas.replicas()[0].instance_name)
    assert set(asking.watch(10)) == {200}
    eas.step("reclaim-spot", service="chat")
    assert asking.watch(10) == [503] * 7 + [200] * 3  # 6.4 s until another is ready


def test_a_stopped_service_is_kept_and_serves_again(eas: Any, service_json: Make) -> None:
    eas.create({**service_json(), "cloud": {"computing": {"instances": [{"type": PUBLIC}]}}})
    eas.wait(10)
    asking, before = Client(eas), eas.describe()
    eas.client.stop_service(REGION, "chat")
    eas.wait(3)
    assert (eas.status(), asking.ask(), eas.cloud.ledger.rows(only_open=True)) == ("Stopped", 503, [])
    eas.client.start_service(REGION, "chat")
    eas.wait(10)
    found = eas.describe()
    assert (asking.ask(), found.internet_endpoint, found.access_token) == (200, before.internet_endpoint, before.access_token)


def test_what_is_to_come_survives_a_restart_of_the_fake(eas: Any, service_json: Make) -> None:
    eas.cloud.seed["eas"] = {"spot_prices": {SPOT: 1}}
    entries = [{"type": SPOT, "spot_price_limit": 2}]
    eas.create({**service_json(), "cloud": {"computing": {"instances": entries}}})
    eas.wait(10)
    eas.step("reclaim-spot", service="chat")
    again: Cloud = pickle.loads(pickle.dumps(eas.cloud))
    again.resume(SERVICES)
    service = again.backend(EasBackend, ACCOUNT, REGION).service("chat")
    again.clock.advance(3600 - 9)
    assert service.status == "Running"
    again.clock.advance(1)
    assert service.status == "Waiting"
