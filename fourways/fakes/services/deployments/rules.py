"""What may be bought: reads `rules.yaml`, and checks capacities against it. Raises CloudError as the API does."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fourways.fakes.service import Scope
from fourways.fakes.services.deployments import errors
from fourways.fakes.services.deployments.records import Capacity

SEED = "deployments"


@cache
def _data() -> dict[str, Any]:
    return dict(yaml.safe_load(Path(__file__).with_name("rules.yaml").read_text(encoding="utf-8")))


def ptu() -> dict[str, Any]:
    return dict(_data()["ptu"])


def seconds(scope: Scope, transition: str) -> float:
    """Fake seconds of a transition."""
    seeded = scope.cloud.seed.get(SEED, {}).get("transition_seconds", {})
    if isinstance(seeded, int | float):
        return float(seeded)
    return float(seeded.get(transition, _data()["seconds"][transition]))


def limit(scope: Scope, name: str) -> int:
    """How many capacity instances there may be: `slots` of a reservation, `instances` in all."""
    return int(scope.cloud.seed.get(SEED, {}).get(name, ptu()[name]))


def billing_ready(scope: Scope) -> bool:
    """Seed {"deployments": {"billing_account_ready": false}}: the account cannot buy."""
    return bool(scope.cloud.seed.get(SEED, {}).get("billing_account_ready", True))


def reservable(region: str, model: str) -> dict[str, Any]:
    """The rules of a model that can be reserved in a region; 404 ModelNotFound for others."""
    found = ptu()["models"].get(model)
    if found is None or region not in found["regions"]:
        raise errors.no_model(model)
    return dict(found)


def check_capacity(region: str, model: str, capacity: Capacity) -> None:
    """kTPM: at least the minimum, and in steps."""
    found = reservable(region, model)
    for name, given in (("input", capacity.input_tpm), ("output", capacity.output_tpm)):
        least, step = found[name]["least"], found[name]["step"]
        if given < least or (given - least) % step:
            raise errors.bad(f"ptu_capacity.{name}_tpm", f"{given} kTPM; at least {least}, in steps of {step}.")


def price(region: str, model: str, tier: str, charge_type: str, capacity: Capacity) -> Decimal:
    """CNY a day (pre_paid) or an hour (post_paid) for a capacity in kTPM."""
    found = reservable(region, model)["prices"][region][tier][charge_type]
    parts = (("input", capacity.input_tpm), ("output", capacity.output_tpm))
    return sum((Decimal(given) / found[name]["ktpm"] * Decimal(found[name]["amount"]) for name, given in parts), Decimal(0))


def cached_share(model: str) -> Decimal:
    """What a cached input token counts of one that is not."""
    return Decimal(ptu()["models"][model]["cached_share"])


def templates(scope: Scope) -> dict[str, list[dict[str, Any]]]:
    """Model -> templates in which model units of the region are offered; nothing where the region has none."""
    seeded = scope.cloud.seed.get(SEED, {}).get("templates", {})
    given = _data()["mu"]
    offered: dict[str, list[dict[str, Any]]] = given["templates"] if scope.region in given["regions"] else {}
    return {model: found for model, found in {**offered, **seeded}.items() if found}


def template(scope: Scope, model: str, id: str) -> dict[str, Any]:
    """The template of a model; 404 for a model without any, 400 for another id."""
    found = templates(scope).get(model)
    if not found:
        raise errors.no_model(model)
    for offered in found:
        if offered["template_id"] == id:
            return offered
    raise errors.bad("deploy_spec", f"{id!r}; {model} has {', '.join(offered['template_id'] for offered in found)}.")


def check_units(name: str, units: int, base: int) -> None:
    if units < base or units % base:
        raise errors.bad(name, f"{units}; it must be a multiple of the base capacity {base}.")
