"""The checks, in the order in which their lines are shown. To add one: a file here, and a row in CHECKS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fourways.doctor.checks import (
    identity,
    instances,
    machines,
    model,
    price,
    products,
    quotas,
    ram_actions,
    service,
    state,
    studio,
    tools,
    vcpus,
    zones,
)
from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts, Place
from fourways.doctor.finding import Finding


@dataclass(frozen=True)
class Check:
    """`asks`: it calls the cloud, so it is left out when the credentials do not work. `at`: only for stacks that run on one of these."""

    name: str
    run: Callable[[Cloud, Facts], list[Finding]]
    asks: bool = True
    at: tuple[Place, ...] = ("machines", "model-studio", "instances")


EAS: tuple[Place, ...] = ("machines",)
ECS: tuple[Place, ...] = ("instances",)
CHECKS = (
    Check("tools", tools.check, asks=False),
    Check("account", identity.check),
    Check("RAM actions", ram_actions.check, at=EAS + ECS),
    Check("products", products.check, at=EAS + ECS),
    Check("quotas", quotas.check, at=EAS + ECS),
    Check("vCPU quota", vcpus.check, at=ECS),
    Check("zones", zones.check, at=EAS + ECS),
    Check("machines", machines.check, at=EAS),
    Check("instances", instances.check, at=ECS),
    Check("service name", service.check, at=EAS),
    Check("model", model.check, asks=False, at=EAS + ECS),
    Check("Model Studio", studio.check, at=("model-studio",)),
    Check("price", price.check, asks=False),
    Check("state", state.check, asks=False),
)
