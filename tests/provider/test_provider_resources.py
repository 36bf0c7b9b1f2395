"""The resource classes send exactly the schema's inputs, and their outputs come back under Python's names."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks
from pulumi.runtime.rpc import unwrap_rpc_secret


class Recorder(mocks.Mocks):
    def __init__(self) -> None:
        self.declared: list[mocks.MockResourceArgs] = []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.declared.append(args)
        answers = {
            "accessToken": "t0ken",
            "serviceId": "eas-m-1",
            "latestVersion": 3,
            "resourceId": "eas-r-1",
            "instanceIds": ["i-1"],
            "gpus": 4,
            "target": "fake",
        }
        return "id", {**args.inputs, **answers}

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        raise AssertionError(args.token)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """Mocks on an event loop of their own: other tests end theirs."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    made = Recorder()
    mocks.set_mocks(made, project="fourways", stack="test", preview=False)
    yield made
    loop.close()


@pulumi.runtime.test
def test_a_service_declares_camel_case_inputs_and_typed_outputs(recorder: Recorder) -> Any:
    from fourways.provider.resources import EasService

    service = EasService("chat", name="chat", region="cn-beijing", config={"metadata": {"vpc_id": 1}}, token="t0ken", safety_lock="none")

    def check(values: list[Any]) -> None:
        assert values == ["eas-m-1", 3, "t0ken", "fake", True]
        (args,) = recorder.declared
        assert args.typ == "fourways:eas:Service"
        assert {**args.inputs, "token": unwrap_rpc_secret(args.inputs["token"])} == {
            "name": "chat",
            "region": "cn-beijing",
            "config": {"metadata": {"vpc_id": 1}},
            "token": "t0ken",
            "safetyLock": "none",
        }
        assert args.inputs["token"] != "t0ken"  # sent as a secret

    secret = pulumi.Output.from_input(service.access_token.is_secret())
    return pulumi.Output.all(service.service_id, service.latest_version, service.access_token, service.target, secret).apply(check)


@pulumi.runtime.test
def test_a_group_declares_camel_case_inputs_and_typed_outputs(recorder: Recorder) -> Any:
    from fourways.provider.resources import EasResourceGroup

    group = EasResourceGroup(
        "gpus", region="cn-beijing", instance_type="ecs.gn8v", instance_count=1, charge_type="PostPaid", auto_renewal=False
    )

    def check(values: list[Any]) -> None:
        assert values == ["eas-r-1", ["i-1"], 4, 1]
        (args,) = recorder.declared
        assert args.inputs == {
            "region": "cn-beijing",
            "instanceType": "ecs.gn8v",
            "instanceCount": 1,
            "chargeType": "PostPaid",
            "autoRenewal": False,
        }

    return pulumi.Output.all(group.resource_id, group.instance_ids, group.gpus, group.instance_count).apply(check)


@pulumi.runtime.test
def test_a_reservation_sends_its_key_as_a_secret(recorder: Recorder) -> Any:
    from fourways.provider.resources import ModelStudioReservation

    made = ModelStudioReservation(
        "peak",
        region="cn-beijing",
        name="peak",
        model="deepseek-v4-flash",
        tier="fast",
        charge_type="PostPaid",
        input_tpm=500_000,
        output_tpm=50_000,
        api_key="sk-1",
    )

    def check(values: list[Any]) -> None:
        assert values == ["fake", 500_000]
        (args,) = recorder.declared
        assert args.inputs["apiKey"] != "sk-1"
        assert unwrap_rpc_secret(args.inputs["apiKey"]) == "sk-1"
        assert (args.inputs["chargeType"], args.inputs["inputTpm"]) == ("PostPaid", 500_000)

    return pulumi.Output.all(made.target, made.input_tpm).apply(check)
