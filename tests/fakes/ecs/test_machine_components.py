"""The user data that our component writes is what the fake's machines boot into."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fake_calls import KMS
from gpu_machines import BUCKET, KEY, ROLE, SECRET, VLLM, cloud_config, encoded, fleet

from components.bare_metal.boot.cloud_config import user_data as written
from components.bare_metal.boot.machine import Machine
from components.bare_metal.machine_identity import MachineIdentityArgs, policy, secret_name
from components.engine_command import arguments
from components.names import Names
from fourways.fakes.services.ecs.machines import plan, user_data
from stacks.kinds.engine import Engine

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


def one_of_two(name: str, multi_node: str, rank: int) -> Machine:
    """With the arguments that the component gives it."""
    settings = {"name": name, "version": "0.20.0", "tensorParallel": 8, "pipelineParallel": 2, "multiNode": multi_node}
    line = arguments(Engine.model_validate(settings), "flash", nodes=2, node_rank=rank, head="10.0.0.9")
    return replace(machine(name), arguments=tuple(line), nodes=2, node_rank=rank, head_ip="10.0.0.9")


@pytest.mark.parametrize(("name", "multi_node"), [("vllm", "native"), ("vllm", "ray"), ("sglang", "native")])
def test_two_machines(name: str, multi_node: str) -> None:
    """The head serves while its worker is there, and the worker, whatever it runs, serves no port of its own."""
    it = fleet()
    it.prepare()
    more: dict[str, Any] = {"InstanceType": "ecs.gn8v-8x.48xlarge"}
    head = it.start(written(one_of_two(name, multi_node, 0)), PrivateIpAddress="10.0.0.9", **more)
    assert it.health(head) is None
    worker = it.start(written(one_of_two(name, multi_node, 1)), **more)
    assert (it.health(head), it.health(worker)) == (200, None), it.console(worker)
    assert "joined the engine at 10.0.0.9 as rank 1" in it.console(worker)
    answer = it.chat(head)
    assert answer is not None
    assert answer.status == 200


@pytest.mark.parametrize("flags", ["--headless", "--node-rank 1"])
def test_a_worker_by_its_flags_alone_serves_no_port(flags: str) -> None:
    it = fleet()
    it.prepare()
    assert it.health(it.start(cloud_config(f"{VLLM} {flags}"))) is None


def test_the_load_that_a_machine_is_to_report() -> None:
    assert read(machine("vllm")).report is None
    found = read(replace(machine("vllm"), load_name="p-machines")).report
    assert found == plan.LoadReport("p-machines", "fourways_requests_waiting", "fourways_gpu_utilization")


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
