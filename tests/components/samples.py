"""Settings and programs that the component tests share."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import yaml

import components
from components.eas_service import EasService, EasServiceArgs
from components.model_unit import ModelUnit, ModelUnitArgs
from components.names import names
from components.network import Network, NetworkArgs
from components.tags import tags
from stacks.settings import Settings, load
from tests.components.contract import Runs
from tests.components.recording import ROOT, record

GOOD: dict[str, Any] = yaml.safe_load((ROOT / "stacks/Pulumi.mu-singapore.yaml").read_text())["config"]


def config(**serving: Any) -> dict[str, Any]:
    """mu-singapore's configuration with keys of `serving` replaced; `top` replaces keys above it."""
    changed = copy.deepcopy(GOOD) | serving.pop("top", {})
    changed["fourways:serving"] |= serving
    return changed


def settings(**serving: Any) -> Settings:
    return load(config(**serving), stack="mu-singapore")


def pulumi_config(plain: dict[str, Any]) -> dict[str, str]:
    """The form in which Pulumi hands a configuration to the program."""
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in plain.items()}


PROTECTED = settings(top={"fourways:protect": True})
WITH_NAT = settings(top={"fourways:network": {**GOOD["fourways:network"], "nat": True}})
WITH_NAT_PROTECTED = settings(top={"fourways:network": {**GOOD["fourways:network"], "nat": True}, "fourways:protect": True})
ADOPTING = settings(capacity={**GOOD["fourways:serving"]["capacity"], "adopt": "eas-r-theirs"}, top={"fourways:protect": True})
PRIVATE = settings(access={"public": False})
BENCHMARK = settings(
    top={
        "fourways:environment": "benchmark",
        "fourways:ttl": "4h",
        "fourways:expires-at": "2026-11-24T12:00:00Z",
        "fourways:run-id": "a1b2",
    }
)


def network(of: Settings) -> None:
    Network("network", NetworkArgs(settings=of.network, names=names(of), tags=tags(of), protect=of.protect))


def model_unit(of: Settings) -> None:
    capacity = of.deployment.capacity
    layout = capacity.machines(of.deployment.replicas.gpus)
    ModelUnit("mu", ModelUnitArgs(region=of.region, capacity=capacity, layout=layout, tags=tags(of), protect=of.protect))


def eas_service(of: Settings) -> None:
    EasService(
        "eas",
        EasServiceArgs(
            region=of.region,
            service_name=of.service_name,
            config={"metadata": {"instance": 1}},
            labels=tags(of),
            public=of.deployment.access.public,
            start_seconds=600,
            protect=of.protect,
        ),
    )


def whole(of: Settings) -> None:
    import pulumi

    for name, value in components.deploy(of).outputs().items():
        pulumi.export(name, value)


#: Every component, in every way that changes what it declares.
CASES: dict[str, tuple[Callable[[Settings], None], Settings]] = {
    "network": (network, settings()),
    "network with nat": (network, WITH_NAT),
    "network with nat, protected": (network, WITH_NAT_PROTECTED),
    "model unit": (model_unit, settings()),
    "model unit, protected": (model_unit, PROTECTED),
    "model unit, adopted": (model_unit, ADOPTING),
    "service": (eas_service, settings()),
    "service, private and protected": (eas_service, settings(access={"public": False}, top={"fourways:protect": True})),
    "stack": (whole, settings()),
    "stack with nat, protected": (whole, WITH_NAT_PROTECTED),
    "stack, adopted": (whole, ADOPTING),
    "benchmark": (whole, BENCHMARK),
}


def runs(program: Callable[[Settings], None], of: Settings) -> Runs:
    """A program's preview and update."""
    return Runs(
        preview=record(lambda: program(of), preview=True, stack_name=of.stack),
        update=record(lambda: program(of), stack_name=of.stack),
        tags=tags(of),
        prefix=names(of).prefix,
        protect=of.protect,
    )
