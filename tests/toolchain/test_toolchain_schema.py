"""The bridged plugin and the published Python package say the same: a difference would be an error only a user's program meets."""

import copy
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
import python_package
import schema_shape
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc


@pytest.fixture(scope="module")
def schema(plugin: Path) -> Iterator[dict[str, Any]]:
    """As the engine gets it: asked of the running plugin."""
    with subprocess.Popen([str(plugin), "127.0.0.1:1"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        channel = grpc.insecure_channel(
            f"127.0.0.1:{int(process.stdout.readline())}", options=[("grpc.max_receive_message_length", 64 << 20)]
        )
        answer = provider_pb2_grpc.ResourceProviderStub(channel).GetSchema(provider_pb2.GetSchemaRequest(version=0))
        process.kill()
    return json.loads(answer.schema)


@pytest.fixture(scope="module")
def package() -> python_package.Package:
    return python_package.read()


@pytest.fixture(scope="module")
def bridged(schema: dict[str, Any]) -> python_package.Package:
    return schema_shape.read(schema)


def test_tokens_are_the_packages(bridged: python_package.Package, package: python_package.Package) -> None:
    assert bridged.resources.keys() == package.resources.keys()
    assert len(package.resources) == 1173
    # The bridge's own method on the provider resource; the package has it as a method, not as a function.
    assert bridged.functions.keys() - {"pulumi:providers:alicloud/terraformConfig"} == package.functions.keys()
    assert len(package.functions) == 762


@pytest.mark.parametrize("kind", ["resources", "functions"])
def test_shapes_are_the_packages(bridged: python_package.Package, package: python_package.Package, kind: str) -> None:
    """Names, nested too; list, map or object; what must be given."""
    found = []
    for token, theirs in getattr(package, kind).items():
        ours = getattr(bridged, kind)[token]
        # Python's functions take every argument as optional, and results do not say what is always there.
        found += schema_shape.differences(ours.inputs, theirs.inputs, f"{token} input", required=kind == "resources")
        found += schema_shape.differences(ours.outputs, theirs.outputs, f"{token} output", required=False)
    assert found == []


@pytest.mark.parametrize(
    ("token", "spoil", "told"),
    [
        ("alicloud:vpc/network:Network", lambda spec: spec["inputProperties"].pop("cidrBlock"), "cidrBlock: only in the Python package"),
        ("alicloud:ecs/instance:Instance", lambda spec: spec.update(requiredInputs=["hostName"]), "hostName: required True in the schema"),
        (
            "alicloud:alb/listener:Listener",
            lambda spec: spec["inputProperties"].update(certificates={"type": "array", "items": spec["inputProperties"]["certificates"]}),
            "certificates: list, map (True, False) in the schema",
        ),
        (
            "alicloud:alb/listener:Listener",
            lambda spec: spec["inputProperties"]["quicConfig"].update({"$ref": "x"}),
            "an object only in the Python",
        ),
    ],
)
def test_a_difference_is_seen(schema: dict[str, Any], package: python_package.Package, token: str, spoil: Any, told: str) -> None:
    spoilt = {**schema, "resources": {token: copy.deepcopy(schema["resources"][token])}, "functions": {}}
    spoil(spoilt["resources"][token])
    ours = schema_shape.read(spoilt).resources[token]
    assert any(told in line for line in schema_shape.differences(ours.inputs, package.resources[token].inputs, token, required=True))


def test_configuration_comes_from_the_environment_as_published(schema: dict[str, Any]) -> None:
    variables = schema["config"]["variables"]
    assert {name: spec["defaultInfo"]["environment"] for name, spec in variables.items() if "defaultInfo" in spec} == {
        "region": ["ALICLOUD_REGION"],
        "profile": ["ALICLOUD_PROFILE"],
        "ecsRoleName": ["ALICLOUD_ECS_ROLE_NAME"],
    }


@pytest.mark.parametrize(
    ("token", "name"),
    [
        ("alicloud:slb/serverCertificate:ServerCertificate", "privateKey"),
        ("alicloud:ess/scalingConfiguration:ScalingConfiguration", "password"),
        ("alicloud:ecs/instance:Instance", "userData"),
        ("alicloud:ecs/instance:Instance", "password"),
    ],
)
def test_secrets_are_secret_in_the_state(schema: dict[str, Any], token: str, name: str) -> None:
    assert schema["resources"][token]["properties"][name]["secret"]
