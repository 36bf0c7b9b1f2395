"""Stacks of kind `bare-metal` for the component tests, in every way that changes what is declared."""

from __future__ import annotations

import copy
from typing import Any

import yaml

from stacks.settings import Settings, load
from tests.components.recording import ROOT

METAL: dict[str, Any] = yaml.safe_load((ROOT / "stacks/Pulumi.metal-singapore.yaml").read_text())["config"]


def metal(top: dict[str, Any] | None = None, **serving: Any) -> Settings:
    """metal-singapore with keys of `serving` replaced (None: taken out); `top` replaces keys above it."""
    config = copy.deepcopy(METAL) | (top or {})
    merged = config["fourways:serving"] | serving
    config["fourways:serving"] = {key: value for key, value in merged.items() if value is not None}
    return load(config, stack="metal-singapore")


CAPACITY: dict[str, Any] = METAL["fourways:serving"]["capacity"]
ENGINE: dict[str, Any] = METAL["fourways:serving"]["engine"]
PROTECTED = {"fourways:protect": True}
SCALED = {"min": 2, "max": 4, "metric": "queue", "target": 10}
TWO_MACHINES = {
    "replicas": {"count": 2, "machines": 2, "gpus": 8},
    "engine": {**ENGINE, "pipelineParallel": 2},
}
FOR_A_YEAR = {"capacity": {**CAPACITY, "chargeType": "PrePaid", "months": 12}}
KMS_OF_ITS_OWN = {"kms": {"instance": "kst-1", "key": "key-1"}}

STACKS: dict[str, Settings] = {
    "metal stack": metal(),
    "metal stack, protected": metal(PROTECTED),
    "metal stack, private and plain": metal(access={"public": False}, drainSeconds=0),
    "metal stack for everybody, with a certificate of its own": metal(
        access={"public": True, "allow": ["203.0.113.7", "198.51.100.0/24"], "certificate": "1234567-ap-southeast-1"}
    ),
    "metal stack that scales, protected": metal(PROTECTED, scaling=SCALED),
    "metal stack on spot, with ssh": metal(
        capacity={**CAPACITY, "spot": {"priceLimit": 60}, "ssh": ["203.0.113.0/24"], "keyPair": "on-call", **KMS_OF_ITS_OWN}, team=None
    ),
    "metal stack of two machines a replica": metal(**TWO_MACHINES),
    "metal stack of two machines a replica, protected": metal(PROTECTED, **TWO_MACHINES),
    "metal stack for a year": metal(PROTECTED, **FOR_A_YEAR),
    "metal stack, watched": metal(
        monitoring={"contacts": [{"name": "on-call", "email": "llm@example.com"}], "logs": {"retentionDays": 30}}
    ),
    "metal stack with nat": metal({"fourways:network": {**METAL["fourways:network"], "nat": True}}),
}
