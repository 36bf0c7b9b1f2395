"""What a stack file asks of its GPUs: flags are read as the engines read them, and what cannot load is refused by its key."""

from __future__ import annotations

from typing import Any

import pytest

from fourways.catalog.fit import Plan
from fourways.catalog.instance_types import instance_type
from stacks.fit_plan import MOST_ALTERNATIVES, alternatives, fits, plan, weights_gib
from stacks.kinds.eas_model import ModelChoice
from stacks.kinds.engine import Engine
from stacks.settings import SettingsError, load
from tests.stacks.stack_files import changed

PAYG: dict[str, Any] = changed("serving.kind", "eas") | {}
PAYG["fourways:serving"] |= {"capacity": {"source": "public", "instanceTypes": ["ml.gu8tef.8.46xlarge"]}}


def engine(*arguments: str, name: str = "vllm", **more: Any) -> Engine:
    return Engine.model_validate({"name": name, "version": "0.30.0", "extraArguments": arguments, **more})


def model(id: str, **more: Any) -> ModelChoice:
    return ModelChoice.model_validate({"id": id, "weights": "oss://bucket/x/", **more})


@pytest.mark.parametrize(
    ("arguments", "data", "sequences"),
    [
        ((), 1, 1),
        (("--data-parallel-size", "4"), 4, 1),
        (("--data-parallel-size=4", "--max-num-seqs=32"), 4, 32),
        (("--data_parallel_size 2",), 2, 1),
        (("-dp", "2", "--enable-expert-parallel"), 2, 1),
        (("-dp", "2", "-dp", "4"), 4, 1),
        (("--data-parallel-size",), 1, 1),
        (("--data-parallel-size", "many"), 1, 1),
        (("--data-parallel-size-local", "4"), 1, 1),
    ],
)
def test_flags_of_vllm(arguments: tuple[str, ...], data: int, sequences: int) -> None:
    asked = plan(engine(*arguments))
    assert (asked.data, asked.sequences, asked.spread_experts) == (data, sequences, True)


def test_sglang_s_data_parallel_is_apart_or_inside() -> None:
    apart = plan(engine("--dp", "2", name="sglang", tensorParallel=4))
    assert (apart.tensor, apart.data, apart.gpus, apart.spread_experts) == (4, 2, 8, False)
    inside = plan(engine("--dp-size", "4", "--enable-dp-attention", "--max-running-requests=8", name="sglang", tensorParallel=8))
    assert (inside.tensor, inside.data, inside.gpus, inside.spread_experts, inside.sequences) == (2, 4, 8, True, 8)


def test_settings_become_the_plan() -> None:
    given = {
        "tensorParallel": 2,
        "pipelineParallel": 4,
        "quantization": "fp8",
        "kvCacheDtype": "fp8",
        "maxModelLen": 100,
        "gpuMemoryFraction": 0.8,
    }
    assert plan(engine(**given)) == Plan(tensor=2, pipeline=4, quantization="fp8", kv_type="fp8", context=100, fraction=0.8)


def test_the_size_is_as_given_else_as_catalogued() -> None:
    assert weights_gib(model("llama-3.3-70b"), engine(quantization="fp8")) == 67.7
    assert weights_gib(model("llama-3.3-70b", weightsGib=70.0), engine(quantization="fp8")) == 70
    assert weights_gib(model("own"), engine()) is None


def refused(config: dict[str, Any]) -> list[tuple[str, str, str]]:
    with pytest.raises(SettingsError) as raised:
        load(config, stack="x")
    return [(problem.key, problem.given, problem.allowed) for problem in raised.value.problems]


def test_one_gpu_of_four_is_not_enough_and_the_message_says_which_are_idle() -> None:
    ((key, given, allowed),) = refused(changed("serving.engine.tensorParallel", 1))
    assert key == "fourways:serving.replicas.gpus"
    assert "the engine uses 1 of the 4 GPUs" in given
    assert "enough for the 149 GiB of weights: 148.7 GiB on each, 22.3 are missing" in allowed


def test_of_several_types_the_one_that_is_too_small_is_named() -> None:
    config = changed("serving.capacity.instanceTypes", ["ml.gu8tef.8.46xlarge", "ecs.gn8v-2x.12xlarge"], PAYG)
    config["fourways:serving"] |= {
        "replicas": {"count": 1, "gpus": 2},
        "model": {"id": "own", "weights": "oss://bucket/x/", "weightsGib": 200.0},
        "engine": {"name": "vllm", "version": "0.20.0", "tensorParallel": 2},
    }
    ((key, given, _),) = refused(config)
    assert key == "fourways:serving.capacity.instanceTypes"
    assert "2 GPUs of ecs.gn8v-2x.12xlarge" in given


def test_all_types_too_small_is_one_problem() -> None:
    config = changed("serving.capacity.instanceTypes", ["ml.gu7i.c32m188.1-gu30", "ecs.gn7i-c16g1.4xlarge"], PAYG)
    config["fourways:serving"] |= {"replicas": {"count": 1, "gpus": 1}, "engine": {"name": "vllm", "version": "0.20.0"}}
    ((key, given, _),) = refused(config)
    assert (key, "ml.gu7i.c32m188.1-gu30" in given) == ("fourways:serving.replicas.gpus", True)


def test_data_parallel_takes_gpus_as_well() -> None:
    problems = refused(changed("serving.engine.extraArguments", ["--data-parallel-size", "2"]))
    assert ("fourways:serving.engine.tensorParallel", "4 x pipelineParallel 1 x dataParallel 2 = 8 GPUs") in [
        (k, g) for k, g, _ in problems
    ]


def test_types_that_nobody_knows_are_not_judged() -> None:
    serving: Any = load(changed("serving.capacity.instanceTypes", ["ecs.new.1xlarge"], PAYG), stack="x").deployment
    assert fits(serving.model, serving.capacity, serving.replicas, serving.engine) == {}


def test_alternatives_are_other_types_for_the_same_replica_the_nearest_of_them() -> None:
    serving: Any = load(PAYG, stack="x").deployment
    found = alternatives(serving, serving.capacity.instance_types)
    assert 0 < len(found) <= MOST_ALTERNATIVES
    assert not set(found) & set(serving.capacity.instance_types)
    assert {instance_type(name).gpus for name in found} <= {4, 8}
    small = load(changed("serving.model", {"id": "own", "weights": "oss://bucket/x/", "weightsGib": 100.0}, PAYG), stack="x").deployment
    assert len(alternatives(small, ())) == MOST_ALTERNATIVES  # type: ignore[arg-type]
