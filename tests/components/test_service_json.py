"""The service JSON: two golden files, and what holds for every one that settings allow."""

from __future__ import annotations

import json
import os
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.eas.service_json import service_json
from components.eas.service_networking import Surroundings
from components.eas.service_placement import MEMORY_MB_PER_GPU, USABLE_SHARE, VCPUS_PER_GPU, Placement, on_group, place
from components.eas.service_storage import storage
from components.engine_command import arguments, command
from components.start_time import start_seconds
from fourways.catalog import instance_types
from fourways.catalog.instance_types import instance_type
from stacks.engine_flags import written
from stacks.kinds.eas import EasServing
from stacks.kinds.eas_model import ModelChoice
from stacks.kinds.engine import Engine
from stacks.kinds.model_unit import ModelUnitServing
from stacks.kinds.on_eas import OnEas
from stacks.settings import Settings, load
from tests.components.samples import BURSTING, GOOD, IN_GROUP, ON_GROUP, PUBLIC_MACHINES, SPOT, payg, settings
from tests.stacks.stack_files import GROUP, LINGJUN, VIRTUAL

GOLDEN = Path(__file__).parent / "golden"
AROUND = Surroundings(vpc_id="vpc-1", vswitch_ids="vsw-1,vsw-2", security_group_id="sg-1")
SGLANG = {
    "name": "sglang", "version": "0.5.17", "tensorParallel": 2, "pipelineParallel": 2, "quantization": "fp8", "kvCacheDtype": "fp8_e4m3",
    "maxModelLen": 65536, "gpuMemoryFraction": 0.85, "extraArguments": ["--enable-metrics", "--chat-template", "deepseek v4.jinja"],
}  # fmt: skip


def built(of: Settings) -> dict[str, Any]:
    serving = of.deployment
    gateway = None if serving.gateway is None else serving.gateway.adopt or "gw-1"
    return service_json(serving, of.region, placed(serving), replace(AROUND, gateway_id=gateway))


def placed(serving: OnEas) -> Placement:
    if isinstance(serving, ModelUnitServing):
        return on_group("eas-r-1", serving.capacity.machines(serving.replicas.gpus).instance_type, serving.replicas.gpus)
    assert isinstance(serving, EasServing)
    return place(serving.capacity, serving.replicas.gpus, "eas-r-1")


CPFS = {"id": "deepseek-v4-flash", "cpfs": {"fileSystem": "bmcpfs-1a2b3c", "path": "/models/deepseek-v4-flash/"}}
NAS = {"id": "deepseek-v4-flash", "nas": {"server": "0123abc-x.ap-southeast-1.nas.aliyuncs.com", "path": "/deepseek-v4-flash/"}}
BY_ROLE = {
    "id": "deepseek-v4-flash",
    "weights": "oss://bucket/deepseek-v4-flash/",
    "ramRole": "acs:ram::1234567890123456:role/read-models",
}
BY_DEFAULT_ROLE = {**BY_ROLE, "ramRole": "default"}
GOLDENS = {
    "vllm": settings(),
    "sglang": settings(
        engine=SGLANG,
        access={"public": False},
        update="surge",
        capacity={"source": "eas-resource-group", "units": 8, "spec": "MU1"},
        model={"id": "deepseek-v4-flash", "gallery": "models/deepseek-v4-flash/main/"},
    ),
    "public": PUBLIC_MACHINES,
    "spot": SPOT,
    "spot-or-full-price": payg(
        capacity={
            "source": "public",
            "instanceTypes": ["ml.gu8tef.8.46xlarge", "ecs.gn8v-8x.48xlarge"],
            "spot": {"priceLimit": 20, "fallback": True},
        }
    ),
    "group": ON_GROUP,
    "group-bursting": BURSTING,
    "group-of-unknown-type": payg(capacity={**GROUP, "instanceType": "ml.new.8.48xlarge"}),
    "quota-lingjun": payg(capacity=LINGJUN, model=CPFS),
    "quota-general": payg(capacity={"source": "quota", "quota": "quota1a2b3c"}, model=NAS),
    "virtual": payg(capacity=VIRTUAL, model=BY_ROLE),
    "everything": payg(
        model=BY_DEFAULT_ROLE,
        gateway={"adopt": "gw-theirs"},
        access={"public": False},
        limits={"requestsPerSecond": 50, "concurrency": 200},
        group=IN_GROUP,
        update="surge",
    ),
}


@pytest.mark.parametrize("name", GOLDENS)
def test_golden(name: str) -> None:
    """`UPDATE_GOLDEN=1 pytest` rewrites the files: look at their diff."""
    path = GOLDEN / f"{name}.json"
    text = json.dumps(built(GOLDENS[name]), indent=2) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text)
    assert json.loads(text) == json.loads(path.read_text())


def test_every_golden_file_is_one_that_is_compared() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(GOLDENS)


words = st.from_regex(r"[a-z0-9_]{1,12}", fullmatch=True)
engines = st.builds(
    lambda **given: {key: value for key, value in given.items() if value is not None},
    name=st.sampled_from(["vllm", "sglang"]),
    version=st.just("0.30.0"),
    image=st.just("registry.example/engine:1"),
    tensorParallel=st.integers(1, 2),
    pipelineParallel=st.integers(1, 2),
    quantization=st.none() | words,
    kvCacheDtype=st.none() | words,
    maxModelLen=st.none() | st.integers(1, 1_000_000),
    gpuMemoryFraction=st.floats(0.5, 1),
    extraArguments=st.lists(st.text(max_size=20).map(lambda text: "--x" + text.replace("\x00", "")), max_size=3),
)
machines = st.sampled_from([(4, 4), (8, 4), (8, 8), (16, 8), (12, 4)])


@given(engine=engines, bought=machines, public=st.booleans(), surge=st.booleans(), size=st.floats(0.1, 500))
def test_every_service_fits_its_machine_and_says_each_thing_once(
    engine: dict[str, Any], bought: tuple[int, int], public: bool, surge: bool, size: float
) -> None:
    units, gpus = bought
    serving = GOOD["fourways:serving"] | {
        "model": {
            "id": "any/model",
            "weights": "oss://bucket/any/",
            "weightsGib": min(size, 60 * engine["tensorParallel"] * engine["pipelineParallel"]),
        },
        "capacity": {"source": "eas-resource-group", "units": units, "spec": "MU1"},
        "replicas": {"count": 1, "gpus": gpus},
        "engine": engine,
        "update": "surge" if surge and units > gpus else "in-place",
        "access": {"public": public},
    }
    of = load(GOOD | {"fourways:serving": serving}, stack="x")
    document = json.loads(json.dumps(built(of)))
    layout = of.deployment.capacity.machines(gpus)
    machine = instance_type(layout.instance_type)
    metadata, (container,) = document["metadata"], document["containers"]
    assert not {"token", "labels"} & set(document)
    assert "name" not in metadata
    assert metadata["gpu"] == gpus <= machine.gpus
    assert 0 < metadata["cpu"] <= machine.vcpus
    assert 0 < metadata["memory"] <= machine.memory_gib * 1024
    assert ("networking" in document) != public
    assert sum(metadata["rolling_strategy"].values()) == 1
    assert container["port"] not in (8080, 9090)
    split = shlex.split(container["command"])
    assert split == arguments(of.deployment.engine, "any/model")
    for flag in written(of.deployment.engine):
        assert split.count(flag) <= 1
    probe = container["startup_check"]
    budget = probe["initial_delay_seconds"] + probe["period_seconds"] * probe["failure_threshold"]
    wanted = start_seconds(of.deployment.model.size_gib or 0)
    assert wanted <= budget <= wanted + probe["period_seconds"]


@pytest.mark.parametrize(("gib", "seconds"), [(1, 600), (160, 600), (500, 1015), (2328, 3600), (9999, 3600)])
def test_a_start_has_time_for_the_weights(gib: float, seconds: int) -> None:
    assert start_seconds(gib) == seconds


def test_the_two_and_a_half_terabytes_that_took_18_minutes_get_more_than_that() -> None:
    assert start_seconds(2.5e12 / 2**30) > 18 * 60


@pytest.mark.parametrize("engine", ["vllm", "sglang"])
def test_settings_that_are_left_out_leave_the_engine_s_default(engine: str) -> None:
    line = command(Engine.model_validate({"name": engine, "version": "0.20.0"}), "m")
    assert not re.search("quantization|kv-cache|max-model-len|context-length", line)


def test_arguments_cannot_break_out_of_the_command() -> None:
    engine = Engine.model_validate({"name": "vllm", "version": "0.20.0", "extraArguments": ("--x; rm -rf /", "$(id)")})
    assert shlex.split(command(engine, "m"))[-5:] == ["--x;", "rm", "-rf", "/", "$(id)"]
    assert " '--x;' rm -rf / '$(id)'" in command(engine, "m")


def test_weights_of_the_gallery_come_from_the_region_s_own_bucket() -> None:
    choice = ModelChoice.model_validate({"id": "qwen2", "gallery": "modelscope/models/qwen2-0.5b/main/"})
    (mount,) = storage(choice, "cn-hangzhou")
    assert mount["oss"] == {
        "path": "oss://pai-quickstart-cn-hangzhou/modelscope/models/qwen2-0.5b/main/",
        "endpoint": "oss-cn-hangzhou-internal.aliyuncs.com",
        "readOnly": True,
    }


def test_what_is_asked_of_machines_that_nobody_knows_fits_on_any_machine_with_gpus() -> None:
    for machine in instance_types.all():
        if machine.gpus:
            assert VCPUS_PER_GPU * machine.gpus <= machine.vcpus * USABLE_SHARE, machine.name
            assert MEMORY_MB_PER_GPU * machine.gpus <= machine.memory_gib * 1024 * USABLE_SHARE, machine.name
