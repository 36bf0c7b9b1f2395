"""The checks, in the order in which their lines are shown. To add one: a file here, and a row in CHECKS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fourways.doctor.checks import identity, machines, model, price, products, quotas, ram_actions, service, state, tools, zones
from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts
from fourways.doctor.finding import Finding


@dataclass(frozen=True)
class Check:
    """`asks`: it calls the cloud, so it is left out when the credentials do not work."""

    name: str
    run: Callable[[Cloud, Facts], list[Finding]]
    asks: bool = True


CHECKS = (
    Check("tools", tools.check, asks=False),
    Check("account", identity.check),
    Check("RAM actions", ram_actions.check),
    Check("products", products.check),
    Check("quotas", quotas.check),
    Check("zones", zones.check),
    Check("machines", machines.check),
    Check("service name", service.check),
    Check("model", model.check, asks=False),
    Check("price", price.check, asks=False),
    Check("state", state.check, asks=False),
)
