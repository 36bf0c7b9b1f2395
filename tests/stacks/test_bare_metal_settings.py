"""Stacks on machines of their own: every option that works, and every mistake by its key, with what is allowed."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from stacks.kinds.bare_metal import BareMetalServing
from stacks.settings import load
from stacks.stack_file import read_config
from tests.stacks.mistakes import assert_told
from tests.stacks.stack_files import BENCHMARK

METAL: dict[str, Any] = read_config(Path(__file__).resolve().parents[2] / "stacks/Pulumi.metal-singapore.yaml")
LIFE = {key: BENCHMARK[key] for key in ("fourways:environment", "fourways:ttl", "fourways:expires-at")}
CAPACITY: dict[str, Any] = METAL["fourways:serving"]["capacity"]
ENGINE: dict[str, Any] = METAL["fourways:serving"]["engine"]


def metal(**serving: Any) -> dict[str, Any]:
    """metal-singapore with keys of `serving` replaced; None takes one out."""
    config = copy.deepcopy(METAL)
    merged = config["fourways:serving"] | serving
    config["fourways:serving"] = {key: value for key, value in merged.items() if value is not None}
    return config


def zones(*names: str) -> dict[str, Any]:
    return {"fourways:network": {**METAL["fourways:network"], "zones": list(names)}}


TWO = {"replicas": {"count": 1, "machines": 2, "gpus": 8}, "engine": {**ENGINE, "pipelineParallel": 2}}
WORKS: dict[str, dict[str, Any]] = {
    "the standard one": METAL,
    "private without TLS": metal(access={"public": False}),
    "private with a list": metal(access={"allow": ["10.0.0.0/8"]}),
    "for everybody": metal(
        access={"public": True, "allow": ["0.0.0.0/0"], "certificate": "1234567-ap-southeast-1", "domain": "a.example.com"}
    ),
    "spot": metal(capacity={**CAPACITY, "spot": {"priceLimit": 60}}),
    "a term": metal(capacity={**CAPACITY, "chargeType": "PrePaid", "months": 12}),
    "ssh for some": metal(capacity={**CAPACITY, "ssh": ["203.0.113.0/24"], "keyPair": "on-call"}),
    "local disks": metal(capacity={key: value for key, value in CAPACITY.items() if key != "weightsDisk"}),
    "a type that the catalogue does not have": metal(capacity={**CAPACITY, "instanceTypes": ["ecs.gn9x.48xlarge"]}),
    "two machines a replica": metal(**TWO),
    "scaling": metal(scaling={"min": 2, "max": 4, "metric": "queue", "target": 10}),
    "one machine with a machine more": metal(replicas={"count": 1, "gpus": 8}, update={"maxHealthyPercent": 200}),
    "one machine with a gap": metal(replicas={"count": 1, "gpus": 8}, update={"minHealthyPercent": 0, "maxHealthyPercent": 100}),
    "alarms": metal(monitoring={"contactGroup": "on-call", "alarms": {"latencyMs": 0}, "logs": {"retentionDays": 7}}),
    "no team": metal(team=None),
    "a benchmark": METAL | LIFE,
}
BOUNDS = {"min": 2, "max": 4, "metric": "queue", "target": 10}
S = "fourways:serving"
MISTAKES: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "one zone": (METAL | zones("ap-southeast-1a"), [("fourways:network.zones", "two zones or more")]),
    "a term without months": (metal(capacity={**CAPACITY, "chargeType": "PrePaid"}), [(f"{S}.capacity.months", "1, 2, 3")]),
    "ten months": (metal(capacity={**CAPACITY, "chargeType": "PrePaid", "months": 10}), [(f"{S}.capacity.months", "9, 12, 24")]),
    "months by the hour": (metal(capacity={**CAPACITY, "months": 1}), [(f"{S}.capacity.months", "nothing beside PostPaid")]),
    "spot for a term": (
        metal(capacity={**CAPACITY, "chargeType": "PrePaid", "months": 1, "spot": {"priceLimit": 1}}),
        [(f"{S}.capacity.spot", "spot with PostPaid alone")],
    ),
    "scaling for a term": (
        metal(capacity={**CAPACITY, "chargeType": "PrePaid", "months": 1}, scaling=BOUNDS),
        [(f"{S}.scaling", "a fixed number of machines")],
    ),
    "a term in a benchmark": (
        metal(capacity={**CAPACITY, "chargeType": "PrePaid", "months": 1}) | LIFE,
        [(f"{S}.capacity.chargeType", "PostPaid in a benchmark")],
    ),
    "more ranks than GPUs": (
        metal(engine={**ENGINE, "pipelineParallel": 2}),
        [(f"{S}.engine.tensorParallel", "at most the 8 GPUs of a replica")],
    ),
    "tensor parallel over the network": (
        metal(replicas={"count": 1, "machines": 2, "gpus": 4}, update={"maxHealthyPercent": 200}, engine={**ENGINE, "pipelineParallel": 2}),
        [(f"{S}.engine.tensorParallel", "at most the 8 GPUs"), (f"{S}.engine.tensorParallel", "at most 4, the GPUs of one machine")],
    ),
    "a machine without a stage": (
        metal(replicas={"count": 1, "machines": 2, "gpus": 8}),
        [(f"{S}.engine.pipelineParallel", "a multiple of replicas.machines (2)")],
    ),
    "a disk that is too small": (
        metal(capacity={**CAPACITY, "weightsDisk": {"size": 100}}),
        [(f"{S}.capacity.weightsDisk.size", "at least")],
    ),
    "a model that nobody knows": (
        metal(model={"id": "something-new", "weights": "oss://bucket/new/"}),
        [(f"{S}.model.id", "any other with weightsGib")],
    ),
    "scaling of machines that know each other": (
        metal(**TWO, scaling={**BOUNDS, "min": 1}),
        [(f"{S}.scaling", "know each other by address")],
    ),
    "spot machines that know each other": (
        metal(**TWO, capacity={**CAPACITY, "spot": {"priceLimit": 1}}),
        [(f"{S}.capacity.spot", "know each other by address")],
    ),
    "bounds the wrong way round": (metal(scaling={**BOUNDS, "min": 4}), [(f"{S}.scaling.min", "below scaling.max")]),
    "a count out of reach": (metal(scaling={**BOUNDS, "min": 3}), [(f"{S}.replicas.count", "3-4")]),
    "a GPU that is busier than busy": (
        metal(scaling={**BOUNDS, "metric": "gpu", "target": 100}),
        [(f"{S}.scaling.target", "percent below 100")],
    ),
    "public without TLS": (metal(access={"public": True, "allow": ["203.0.113.0/24"]}), [(f"{S}.access.certificate", "in clear")]),
    "public for nobody in particular": (
        metal(access={"public": True, "certificate": "self-signed"}),
        [(f"{S}.access.allow", "[0.0.0.0/0] for everybody")],
    ),
    "a range that is none": (metal(access={"allow": ["here"]}), [(f"{S}.access.allow[0]", "an IPv4 address or range")]),
    "a range of IPv6": (metal(access={"allow": ["2001:db8::/32"]}), [(f"{S}.access.allow[0]", "an IPv4 address or range")]),
    "ssh for everybody": (
        metal(capacity={**CAPACITY, "ssh": ["0.0.0.0/0"], "keyPair": "on-call"}),
        [(f"{S}.capacity.ssh[0]", "ranges of people who are known")],
    ),
    "ssh without a key": (metal(capacity={**CAPACITY, "ssh": ["203.0.113.0/24"]}), [(f"{S}.capacity.keyPair", "passwords are off")]),
    "a roll that cannot move": (
        metal(update={"minHealthyPercent": 100, "maxHealthyPercent": 100}),
        [(f"{S}.update", "a machine more")],
    ),
    "alarms for nobody": (metal(monitoring={}), [(f"{S}.monitoring", "exactly one of")]),
    "weights in another place": (metal(model={"id": "deepseek-v4-flash", "weights": "/mnt"}), [(f"{S}.model.weights", "an OSS folder")]),
}


@pytest.mark.parametrize("config", WORKS.values(), ids=WORKS)
def test_what_works_is_read(config: dict[str, Any]) -> None:
    assert isinstance(load(config, stack="metal").serving, BareMetalServing)


@pytest.mark.parametrize(("config", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_is_told_by_its_key(config: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert_told(config, expected)


def test_machines_are_named_one_by_one_where_they_know_each_other_or_are_bought_for_a_term() -> None:
    fixed = {name: load(config, stack="metal").serving.fixed for name, config in WORKS.items()}  # type: ignore[union-attr]
    assert {name for name, is_fixed in fixed.items() if is_fixed} == {"a term", "two machines a replica"}
