"""The checks, in the order in which their lines are shown. To add one: a file here, and a row in CHECKS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fourways.doctor.checks import identity, machines, model, price, products, quotas, ram_actions, service, state, studio, tools, zones
from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts, Place
from fourways.doctor.finding import Finding


@dataclass(frozen=True)
class Check:
    """`asks`: it calls the cloud, so it is left out when the credentials do not work. `at`: only for stacks that run there."""

    name: str
    run: Callable[[Cloud, Facts], list[Finding]]
    asks: bool = True
    at: Place | None = None


CHECKS = (
    Check("tools", tools.check, asks=False),
    Check("account", identity.check),
    Check("RAM actions", ram_actions.check, at="machines"),
    Check("products", products.check, at="machines"),
    Check("quotas", quotas.check, at="machines"),
    Check("zones", zones.check, at="machines"),
    Check("machines", machines.check, at="machines"),
    Check("service name", service.check, at="machines"),
    Check("model", model.check, asks=False, at="machines"),
    Check("Model Studio", studio.check, at="model-studio"),
    Check("price", price.check, asks=False),
    Check("state", state.check, asks=False),
)
