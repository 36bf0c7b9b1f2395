"""The fit check: the formula by hand, what each parallelism changes, and that more never fits worse."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fourways.catalog import CatalogError
from fourways.catalog.fit import GIB, Plan, checkpoint_gib, engine_memory, fit, gpu_weights_gib, kv_bytes, sequence_bytes, types_that_fit
from fourways.catalog.gpus import all_gpus, gpu, of
from fourways.catalog.instance_types import InstanceType, instance_type
from fourways.catalog.models import KvLayers, Model, all_models, model

H100, H20 = gpu("H100-80G"), gpu("H20-141G")
FACT: dict[str, Any] = {"source": "here", "read_on": date(2026, 11, 24)}


def made(**changes: Any) -> Model:
    """A small model without experts, unless changed."""
    base = {
        "id": "m",
        "name": "M",
        "parameters_b": 10,
        "active_b": 10,
        "context": 1000,
        "weights_gib": 20,
        "precision": "BF16",
        "engines": {},
    }
    return Model.model_validate(base | FACT | {"kv": [{"layers": 10, "heads": 4, "head_dim": 64}]} | changes)


def test_the_published_kv_cache_of_llama_is_met() -> None:
    """huggingface.co/blog/llama31: 128k tokens in FP16 take 15.62 GB in the 8B model and 39.06 in the 70B."""
    assert sequence_bytes(model("llama-3.1-8b"), 128_000, Plan()) / GIB == pytest.approx(15.62, abs=0.01)
    assert sequence_bytes(model("llama-3.1-70b"), 128_000, Plan()) / GIB == pytest.approx(39.06, abs=0.01)


def test_mla_is_held_whole_on_each_gpu() -> None:
    one = sequence_bytes(model("deepseek-r1"), 1000, Plan())
    assert one == 61 * 576 * 2 * 1000
    assert sequence_bytes(model("deepseek-r1"), 1000, Plan(tensor=8)) == one
    assert sequence_bytes(model("deepseek-r1"), 1000, Plan(kv_type="fp8")) == one / 2


def test_deepseek_v4_keeps_a_tenth_of_what_v3_2_does() -> None:
    """reference: 10 % of V3.2's cache at 1M tokens; V3.2 keeps V3's latent and an index, in FP8 656 + 132 bytes a layer and token."""
    v4 = model("deepseek-v4-flash")
    growing = sequence_bytes(v4, v4.context, Plan()) - 6 * GIB
    assert sequence_bytes(v4, 1, Plan()) / GIB == pytest.approx(6, abs=0.01)
    assert 0.05 < growing / (61 * (656 + 132) * v4.context) < 0.1


def test_a_window_stops_growing() -> None:
    windowed = made(kv=[{"layers": 10, "heads": 4, "head_dim": 64, "window": 128}])
    assert sequence_bytes(windowed, 128, Plan()) == sequence_bytes(windowed, 1000, Plan()) > sequence_bytes(windowed, 127, Plan())


def test_tensor_parallel_cuts_heads_but_never_one_head() -> None:
    whole = sequence_bytes(made(), 100, Plan())
    assert sequence_bytes(made(), 100, Plan(tensor=2)) == whole / 2
    assert sequence_bytes(made(), 100, Plan(tensor=8)) == sequence_bytes(made(), 100, Plan(tensor=4)) == whole / 4
    assert sequence_bytes(made(), 100, Plan(pipeline=3)) == whole * 4 / 10  # the fullest of the stages: 4 of 10 layers


def test_data_parallel_spreads_experts_and_repeats_the_rest() -> None:
    dense, experts = made(), made(active_b=2.5, experts={"routed": 16, "active": 1}, dense_bits=16)
    assert experts.dense_b == 2.0
    rest = 2.0 * 1e9 * 2 / GIB
    assert gpu_weights_gib(20, dense, Plan(data=4)) == 20
    assert gpu_weights_gib(20, experts, Plan(data=4)) == pytest.approx((20 - rest) / 4 + rest)
    assert gpu_weights_gib(20, experts, Plan(data=2, tensor=2)) == pytest.approx((20 - rest) / 4 + rest / 2)
    assert gpu_weights_gib(20, experts, Plan(data=4, spread_experts=False)) == 20
    assert gpu_weights_gib(20, None, Plan(data=4)) == 5  # nobody knows: what is certain is refused, no more
    assert made(active_b=2.5).dense_b == 2.5  # the upper bound, where the experts are not known


def test_the_numbers_of_a_small_case() -> None:
    found = fit(made(), 20, Plan(context=500), H100)
    per_token = 2 * 10 * 4 * 64 * 2
    assert found.usable_gib == pytest.approx(0.9 * 79.6)
    assert found.room_gib == pytest.approx(0.9 * 79.6 - 20 - 2)
    assert (found.loads, found.missing_gib, found.largest_context) == (True, 0, 1000)
    assert found.sequences == int(found.room_gib * GIB / (500 * per_token))


def test_each_data_parallel_rank_has_a_cache_of_its_own() -> None:
    one, four = (fit(made(), 20, Plan(context=500, data=ranks), H100) for ranks in (1, 4))
    assert four.room_gib == one.room_gib
    assert four.sequences == 4 * (one.sequences or 0) > 0


def test_what_cannot_load_says_how_much_is_missing() -> None:
    found = fit(model("llama-3.1-70b"), 131.5, Plan(), H100)
    assert (found.loads, found.serves, found.sequences, found.largest_context) == (False, False, 0, 0)
    assert found.missing_gib == pytest.approx(131.5 - 0.9 * 79.6)


def test_a_model_of_unknown_layers_is_judged_by_its_weights() -> None:
    for unknown in (None, made(kv=[])):
        found = fit(unknown, 20, Plan(), H100)
        assert (found.loads, found.largest_context, found.sequences) == (True, None, None)
        assert found.unknown is not None
        assert "KV cache is not judged" in found.unknown
        assert not fit(unknown, 80, Plan(), H100).loads


def test_sglang_s_overhead_lies_outside_its_fraction() -> None:
    wide = fit(made(), 20, Plan(engine="sglang"), H100).room_gib
    assert wide == pytest.approx(0.9 * 79.6 - 20)
    assert fit(made(), 20, Plan(engine="sglang", fraction=1), H100).room_gib == pytest.approx(79.6 - 20 - 2)
    with pytest.raises(CatalogError, match="known: vllm, sglang"):
        engine_memory("other")


def test_small_cards_and_a100_take_less() -> None:
    of_vllm = engine_memory("vllm")
    assert [of_vllm.taken_gib(gpu(card), True) for card in ("H100-80G", "A100-80G", "A10")] == [8, 3, 3]
    assert [of_vllm.taken_gib(gpu(card), False) for card in ("H100-80G", "A100-80G", "A10")] == [2, 1, 1]


def test_types_of_the_cache_that_nobody_knows_count_as_two_bytes() -> None:
    assert [kv_bytes(name) for name in ("auto", "fp8", "fp8_e4m3", "bfloat16", "something")] == [2, 1, 1, 2, 2]


def test_the_checkpoint_is_the_quantization_s() -> None:
    llama = model("llama-3.3-70b")
    assert (checkpoint_gib(llama, "fp8"), checkpoint_gib(llama, None), checkpoint_gib(llama, "gguf")) == (67.7, 131.5, 131.5)


def test_alternatives_hold_the_replica_and_are_named_by_a_source() -> None:
    v4 = model("deepseek-v4-flash")
    plan = Plan(tensor=4, context=32768)
    besides = ["ecs.gn8v-8x.48xlarge", "ecs.unknown"]
    found = [instance_type(name) for name in types_that_fit(v4, v4.weights_gib, plan, 4, besides=besides)]
    assert {"ecs.gn8v-4x.24xlarge", "ml.gu8tef.8.46xlarge"} <= {machine.name for machine in found}
    assert not {"ecs.gn8v-8x.48xlarge", "ml.gu8tef.4.23xlarge"} & {machine.name for machine in found}  # the second's name has no source
    assert [machine.gpus for machine in found] == sorted(machine.gpus for machine in found)
    for machine in found:
        assert machine.gpus >= 4
        assert fit(v4, v4.weights_gib, plan, of(machine)).serves
    # The service asks for the GPUs of a replica, also for those that the engine leaves alone.
    assert {instance_type(name).gpus for name in types_that_fit(v4, v4.weights_gib, plan, 8)} == {8}
    assert types_that_fit(v4, v4.weights_gib, Plan(), 1) == ()  # one GPU holds it nowhere


def test_a_card_that_is_not_catalogued_has_the_memory_that_its_machine_prints() -> None:
    row = {"name": "ecs.x", "gpu": "X9", "gpus": 1, "gpu_memory_gib": 64, "vcpus": 1, "memory_gib": 1}
    assert of(InstanceType.model_validate(row | FACT)).memory_gib == 64
    assert of(instance_type("ecs.gn8v-4x.24xlarge")) == gpu("H20-96G")
    with pytest.raises(CatalogError, match="known: H100-80G"):
        gpu("X9")


@pytest.mark.parametrize(
    "sizes", [{}, {"heads": 4}, {"latent": 1, "entry_bytes": 1}, {"heads": 4, "head_dim": 1, "latent": 1}, {"head_dim": 4, "latent": 1}]
)
def test_an_entry_has_exactly_one_size(sizes: dict[str, int]) -> None:
    with pytest.raises(ValidationError, match="exactly one of"):
        KvLayers.model_validate({"layers": 1} | sizes)


plans = st.builds(
    Plan,
    engine=st.sampled_from(["vllm", "sglang"]),
    tensor=st.sampled_from([1, 2, 4, 8]),
    pipeline=st.sampled_from([1, 2]),
    data=st.sampled_from([1, 2, 4]),
    kv_type=st.sampled_from(["auto", "fp8"]),
    context=st.none() | st.integers(1, 2_000_000),
    fraction=st.floats(0.5, 1),
)
models = st.sampled_from(sorted(all_models()))
cards = st.sampled_from(sorted(all_gpus()))


@given(name=models, plan=plans, card=cards)
def test_the_largest_context_fits_and_one_more_does_not(name: str, plan: Plan, card: str) -> None:
    known = model(name)
    found = fit(known, known.weights_gib, plan, gpu(card))
    assert found.largest_context is not None
    room = found.room_gib * GIB
    assert found.largest_context == 0 or sequence_bytes(known, found.largest_context, plan) <= room
    assert found.largest_context == known.context or sequence_bytes(known, found.largest_context + 1, plan) > room
    assert (found.sequences or 0) > 0 or not found.serves
    if found.context is not None:
        assert bool(found.sequences) == (found.largest_context >= found.context)


@given(name=models, plan=plans, card=cards, more=st.sampled_from(["tensor", "pipeline"]))
def test_more_gpus_never_fit_worse(name: str, plan: Plan, card: str, more: str) -> None:
    known = model(name)
    doubled = Plan(**{**plan.__dict__, more: 2 * getattr(plan, more)})
    fewer, twice = (fit(known, known.weights_gib, one, gpu(card)) for one in (plan, doubled))
    assert twice.room_gib >= fewer.room_gib
    assert (twice.largest_context or 0) >= (fewer.largest_context or 0)
    assert twice.loads >= fewer.loads
