"""What a preview says of the fit: what is left, how long a sequence may be, and what leaves nothing."""

from __future__ import annotations

from typing import Any

import pytest

from stacks.fit_lines import Line, fit_lines
from stacks.settings import load
from tests.stacks.stack_files import GOOD


def lines(
    model: str | dict[str, Any] = "deepseek-v4-flash", types: tuple[str, ...] = ("ml.gu8tef.8.46xlarge",), gpus: int = 4, **engine: Any
) -> list[Line]:
    chosen = {"id": model} if isinstance(model, str) else model
    serving = GOOD["fourways:serving"] | {
        "kind": "eas",
        "model": {"weights": "oss://bucket/x/", **chosen},
        "capacity": {"source": "public", "instanceTypes": list(types)},
        "replicas": {"count": 1, "gpus": gpus},
        "engine": {"name": "vllm", "version": "0.30.0", "image": "registry.example/vllm:1", "tensorParallel": gpus, **engine},
    }
    return fit_lines(load(GOOD | {"fourways:serving": serving}, stack="x").deployment)  # type: ignore[arg-type]


def test_what_is_left_is_said_with_its_doubts() -> None:
    ((level, text),) = lines(maxModelLen=32768)
    assert level == "info"
    assert text.startswith(
        "fit on 4 x H20-141G: weights 37.2 GiB a GPU of 126.4 GiB, KV cache about 81.2 GiB: one sequence of up to 1048576 tokens"
    )
    assert text.endswith("or 13 of 32768 at once")
    ((_, doubted),) = lines("qwen3-32b", ("ecs.gn8v-4x.24xlarge",), maxModelLen=32768)
    assert "at once; assumed: the sizes are worked out" in doubted


def test_more_sequences_than_fit_wait() -> None:
    ((level, text),) = lines(maxModelLen=32768, extraArguments=["--max-num-seqs", "64"])
    assert (level, "(64 are asked for: the others wait, or are shorter)" in text) == ("info", True)


@pytest.mark.parametrize(
    ("engine", "said"), [({}, "the model's own context of 40960 tokens"), ({"maxModelLen": 30000}, "engine.maxModelLen 30000")]
)
def test_less_than_one_sequence_warns_and_says_the_largest(engine: dict[str, Any], said: str) -> None:
    ((level, text),) = lines("qwen3-8b", ("ecs.gn7i-c16g1.4xlarge",), 1, **engine)
    assert level == "warn"
    assert f"less than one sequence at {said}, and the engine may not start: set engine.maxModelLen to at most 28" in text


def test_no_room_for_a_cache_warns() -> None:
    ((level, text),) = lines({"id": "own", "weightsGib": 85.0}, ("ecs.gn8v.4xlarge",), 1)
    assert (level, "nothing is left for a KV cache (about 1.0 GiB are missing)" in text) == ("warn", True)


def test_a_model_of_unknown_layers_says_so() -> None:
    ((level, text),) = lines({"id": "own", "weightsGib": 20.0}, ("ecs.gn8v.4xlarge",), 1)
    assert level == "info"
    assert text.endswith("KV cache about 64.0 GiB; no source gives the layers of this model: its KV cache is not judged")


def test_each_card_has_its_line_and_unknown_types_have_none() -> None:
    found = lines(types=("ml.gu8tef.8.46xlarge", "ecs.gn8v-8x.48xlarge", "ecs.gn8v-4x.24xlarge", "ecs.new.8xlarge"), maxModelLen=32768)
    assert [text.split(":")[0] for _, text in found] == ["fit on 4 x H20-141G", "fit on 4 x H20-96G"]


def test_a_stack_on_model_units_has_its_line() -> None:
    ((level, text),) = fit_lines(load(GOOD, stack="x").deployment)  # type: ignore[arg-type]
    assert (level, text.startswith("fit on 4 x H20-141G")) == ("info", True)
