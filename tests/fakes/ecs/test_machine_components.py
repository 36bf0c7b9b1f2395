"""The user data that our component writes is what the fake's machines boot into."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_calls import KMS
from gpu_machines import BUCKET, KEY, ROLE, SECRET, encoded, fleet

from components.boot.cloud_config import user_data as written
from components.boot.machine import Machine
from components.machine_identity import MachineIdentityArgs, policy, secret_name
from components.names import Names
from fourways.fakes.services.ecs.machines import plan, user_data

START = {"vllm": ("vllm", "serve", "/model_dir"), "sglang": ("python3", "-m", "sglang.launch_server", "--model-path", "/model_dir")}
FLAGS = {
    "vllm": ("--served-model-name", "flash", "--port", "8000", "--max-model-len", "32768", "--tensor-parallel-size", "8"),
    "sglang": ("--served-model-name", "flash", "--port", "8000", "--context-length", "32768", "--tp-size", "8"),
}


def machine(engine: str) -> Machine:
    return Machine(
        engine=engine,
        image=f"registry.example/{engine}:1",
        arguments=(*START[engine], *FLAGS[engine]),
        region="ap-southeast-1",
        secret=SECRET,
        weights=f"oss://{BUCKET}/model/",
        weights_gib=150,
        role=ROLE,
    )


def read(one: Machine) -> plan.Plan:
    found = user_data.read(encoded(written(one)))
    assert found.problems == ()
    return plan.read(found.files)


@pytest.mark.parametrize("engine", ["vllm", "sglang"])
def test_one_machine(engine: str) -> None:
    found = read(machine(engine))
    unit = found.engine
    assert unit is not None
    assert (unit.unit, unit.kind, unit.port, unit.gpus, unit.engine.context) == ("fourways-engine.service", engine, 8000, 8, 32768)
    assert unit.engine.names == ("flash",)
    assert replace(found, engine=None) == plan.Plan(None, "ap-southeast-1", SECRET, f"oss://{BUCKET}/model/")


@pytest.mark.parametrize("engine", ["vllm", "sglang"])
def test_two_machines(engine: str) -> None:
    head, worker = (read(replace(machine(engine), nodes=2, node_rank=rank, head_ip="10.0.0.9")) for rank in (0, 1))
    assert head.engine is not None
    assert head.engine.kind == engine
    assert [(found.nodes, found.rank, found.head_ip) for found in (head, worker)] == [(2, 0, "10.0.0.9"), (2, 1, "10.0.0.9")]


@pytest.mark.parametrize("engine", ["vllm", "sglang"])
def test_the_least_rights_are_enough(engine: str) -> None:
    """The policy that the component gives its machines, with its condition on the folder."""
    identity = MachineIdentityArgs(
        region="ap-southeast-1",
        names=Names(prefix="fourways-metal-0a1b2c"),
        tags={},
        service_name="flash",
        rotation=None,
        weights=f"oss://{BUCKET}/model/",
    )
    it = fleet()
    it.prepare(policy(identity)["Statement"])
    it.site.caller(KMS).ok("CreateSecret", SecretName=secret_name(identity.names), SecretData=KEY, VersionId="v1")
    own = replace(machine(engine), secret=secret_name(identity.names))
    id = it.start(written(own), InstanceType="ecs.gn8v-8x.48xlarge")
    assert it.health(id) == 200, it.console(id)
    answer = it.chat(id)
    assert answer is not None
    assert answer.status == 200
    elsewhere = it.start(written(replace(own, weights=f"oss://{BUCKET}/other/")), InstanceType="ecs.gn8v-8x.48xlarge")
    assert "weights: FAILED: Forbidden.RAM" in it.console(elsewhere)
