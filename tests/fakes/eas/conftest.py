"""The official EAS SDK in front of a fake cloud in this process, on a clock that the test steps."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from alibabacloud_eas20210701 import models
from alibabacloud_eas20210701.client import Client
from alibabacloud_tea_openapi.utils_models import Config, GlobalParameters

from fourways.fakes.cloud import Cloud
from fourways.fakes.inprocess import ADDRESS, fake_cloud
from fourways.fakes.service import Scope

sys.path.insert(0, str(Path(__file__).parent.parent))  # where helpers that services share are

REGION = "ap-southeast-1"
MACHINE = "ml.gu8tef.4.23xlarge"  # 4 GPUs
IMAGE = f"eas-registry-vpc.{REGION}.cr.aliyuncs.com/pai-eas/vllm:0.20.0-gpu"


def config(name: str = "chat", **metadata: Any) -> dict[str, Any]:
    """A service JSON with one vLLM container."""
    return {
        "metadata": {"name": name, "instance": 1, "cpu": 8, "memory": 32000, **metadata},
        "containers": [{"image": IMAGE, "port": 8000, "command": "vllm serve /models/flash --served-model-name flash"}],
    }


class Eas:
    """The SDK's client of one region, with the calls that tests repeat."""

    def __init__(self, cloud: Cloud, region: str = REGION, key: str = "test", address: str = ADDRESS) -> None:
        self.cloud, self.region = cloud, region
        self.client = Client(
            Config(
                access_key_id=key,
                access_key_secret=key,
                endpoint=address,
                protocol="HTTP",
                region_id=region,
                global_parameters=GlobalParameters(headers={"x-acs-region-id": region}),
            )
        )

    def group(self, machines: int = 1, kind: str = MACHINE, **more: Any) -> Any:
        """A pay-as-you-go group whose machines are Ready."""
        order = {"resource_type": "Dedicated", "charge_type": "PostPaid", "ecs_instance_type": kind, "ecs_instance_count": machines, **more}
        made = self.client.create_resource(models.CreateResourceRequest(**order)).body
        self.wait(5)
        return made

    def create(self, given: dict[str, Any], **more: Any) -> Any:
        return self.client.create_service(models.CreateServiceRequest(body=json.dumps(given), **more)).body

    def update(self, name: str, given: dict[str, Any], kind: str | None = None) -> None:
        self.client.update_service(self.region, name, models.UpdateServiceRequest(body=json.dumps(given), update_type=kind))

    def describe(self, name: str = "chat") -> Any:
        return self.client.describe_service(self.region, name).body

    def status(self, name: str = "chat") -> str:
        return str(self.describe(name).status)

    def config(self, name: str = "chat") -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.describe(name).service_config)
        return found

    def replicas(self, name: str = "chat") -> list[Any]:
        return list(self.client.list_service_instances(self.region, name, models.ListServiceInstancesRequest()).body.instances)

    def events(self, name: str = "chat", kind: str | None = None) -> list[Any]:
        return list(self.client.describe_service_event(self.region, name, models.DescribeServiceEventRequest(event_type=kind)).body.events)

    def machines(self, group_id: str, **more: Any) -> list[Any]:
        return list(self.client.list_resource_instances(self.region, group_id, models.ListResourceInstancesRequest(**more)).body.instances)

    def remove_machines(self, group_id: str, ids: list[str]) -> None:
        self.client.delete_resource_instances(self.region, group_id, models.DeleteResourceInstancesRequest(instance_list=",".join(ids)))

    def step(self, step: str, **given: Any) -> tuple[int, dict[str, Any]]:
        """Something that happens without any call of the API: the status and answer of the fake's side door."""
        answer = requests.post(f"http://{ADDRESS}/_fake/console/{step}", json={"region": self.region, **given}, timeout=10)
        found: dict[str, Any] = answer.json()
        return answer.status_code, found

    def wait(self, seconds: float) -> None:
        self.cloud.clock.advance(seconds)

    def bill(self, **wanted: str) -> list[dict[str, Any]]:
        return [row for row in self.cloud.ledger.rows() if all(row[name] == value for name, value in wanted.items())]


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with fake_cloud() as made:
        yield made
        assert not made.requests.unknown


@pytest.fixture
def eas(cloud: Cloud) -> Eas:
    return Eas(cloud)


@pytest.fixture
def in_region(cloud: Cloud) -> Callable[[str], Eas]:
    return lambda region: Eas(cloud, region)


@pytest.fixture
def at_server() -> Callable[[Cloud], Eas]:
    """The SDK in front of a cloud that is served at its `base_url`."""
    return lambda cloud: Eas(cloud, address=cloud.base_url.removeprefix("http://"))


@pytest.fixture
def service_json() -> Callable[..., dict[str, Any]]:
    return config


@pytest.fixture
def make_network(cloud: Cloud) -> Callable[[], tuple[str, str, str]]:
    """Makes a VPC with a vSwitch and a security group, and returns their ids."""

    def make() -> tuple[str, str, str]:
        scope = Scope(cloud, "1000000000000001", REGION)
        vpc = scope.ask("2016-04-28", "CreateVpc", CidrBlock="10.0.0.0/16")["VpcId"]
        cloud.clock.advance(60)
        zone = {"ZoneId": f"{REGION}a", "CidrBlock": "10.0.0.0/24"}
        switch = scope.ask("2016-04-28", "CreateVSwitch", VpcId=vpc, **zone)["VSwitchId"]
        cloud.clock.advance(60)
        return vpc, switch, scope.ask("2014-05-26", "CreateSecurityGroup", VpcId=vpc)["SecurityGroupId"]

    return make


@pytest.fixture
def network(make_network: Callable[[], tuple[str, str, str]]) -> tuple[str, str, str]:
    return make_network()


class Refused:
    """`with refused(409, "Code") as error:` the SDK's exception with this status and code."""

    def __init__(self, status: int, code: str, words: str) -> None:
        self.status, self.code, self.words = status, code, words

    def __enter__(self) -> Refused:
        return self

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> bool:
        assert error is not None, f"nothing was refused; expected {self.status} {self.code}"
        if not hasattr(error, "code"):
            return False
        assert (error.status_code, error.code) == (self.status, self.code), str(error)
        assert self.words in str(error)
        return True


@pytest.fixture
def refused() -> Callable[..., Refused]:
    return lambda status, code, words="": Refused(status, code, words)
