"""Model units through the official `dashscope` SDK, both its clients. Neither has calls for reservations."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from dashscope import Client
from dashscope.finetune.deployments import Deployments as FirstDeployments
from dashscope.v2.errors import DashScopeError
from deployment_calls import MODEL, Deployments

from fourways.fakes.clock import Clock
from fourways.fakes.inprocess import ADDRESS, fake_cloud
from fourways.fakes.wire.messages import Request


@pytest.fixture
def api() -> Iterator[Deployments]:
    """A cloud that the first client reaches through `requests`."""
    with fake_cloud(Clock(stepped=True, start=1_780_000_000.0)) as cloud:
        yield Deployments(cloud, region="cn-beijing")


def base(api: Deployments) -> str:
    return f"http://{ADDRESS}/maas/{api.host}/api/v1"


def second(api: Deployments) -> Client:
    """The second client, its HTTP library led to the same cloud."""

    def answer(sent: httpx.Request) -> httpx.Response:
        response = api.cloud.handle(Request.build(sent.method, str(sent.url), dict(sent.headers), sent.content))
        return httpx.Response(response.status, headers=response.headers, content=response.body)

    # A client that brings its own HTTP library must bring address and key with it.
    http = httpx.Client(transport=httpx.MockTransport(answer), base_url=base(api), headers={"authorization": f"Bearer {api.key.value}"})
    return Client(api_key=api.key.value, base_url=base(api), http_client=http, max_retries=0)


def test_the_life_of_model_units(api: Deployments) -> None:
    deployments = second(api).deployments
    made = deployments.create(model=MODEL, capacity=8, plan="mu", deploy_spec="MU1", billing_method="POST_PAY", suffix="sdk")
    assert (made.deployed_model, made.status, made.base_capacity, made.ready_capacity) == (f"{MODEL}-sdk", "PENDING", 8, 0)
    api.wait()
    seen = deployments.get(made.deployed_model)
    assert (seen.status, seen.model, seen.capacity, seen.ready_capacity) == ("RUNNING", MODEL, 8, 8)
    assert (seen.workspace_id, seen.charge_type) == (api.key.workspace, "post_paid")
    assert seen.created_at
    assert deployments.scale(made.deployed_model, capacity=16).status == "UPDATING"
    api.wait()
    listed = deployments.list(page_no=1, page_size=10)
    assert (listed.total_count, [one.ready_capacity for one in listed.deployments]) == (1, [16])
    deployments.delete(made.deployed_model)
    api.wait()
    with pytest.raises(DashScopeError) as error:
        deployments.get(made.deployed_model)
    assert (error.value.status_code, error.value.code) == (404, "NotFound")
    assert api.open_bills() == []
    assert not api.cloud.requests.unknown


def test_errors_carry_their_code(api: Deployments) -> None:
    deployments = second(api).deployments
    with pytest.raises(DashScopeError) as error:
        deployments.create(model=MODEL, capacity=9, plan="mu", deploy_spec="MU1", billing_method="POST_PAY")
    assert (error.value.status_code, error.value.code) == (400, "InvalidParameter")
    assert "multiple of the base capacity 8" in str(error.value)
    api.fault("throttle", "ListDeployments")
    with pytest.raises(DashScopeError) as error:
        deployments.list()
    assert (error.value.status_code, error.value.code) == (429, "Throttling")


def test_the_first_client(api: Deployments) -> None:
    name = api.units()["deployed_model"]
    api.wait()
    given = {"api_key": api.key.value, "base_address": base(api)}
    assert FirstDeployments.get(name, **given).output.status == "RUNNING"
    assert FirstDeployments.scale(name, 16, **given).output.status == "UPDATING"
    assert FirstDeployments.list(**given).output.deployments[0].capacity == 16
    api.wait()
    assert FirstDeployments.delete(name, **given).output.status == "DELETING"
    gone = FirstDeployments.get("nothing", **given)
    assert (gone.status_code, gone.code) == (404, "NotFound")
    refused = FirstDeployments.call(MODEL, 8, plan="mu", **given)  # it knows no deploy_spec
    assert (refused.status_code, refused.code) == (400, "InvalidParameter")
