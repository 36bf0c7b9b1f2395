"""Which model units a region offers for a model, as GET /deployments/models says. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fourways.cloud import answers
from fourways.provider.errors import ProviderError
from fourways.provider.modelstudio.deployment_api import Answer
from fourways.provider.values import Plain

POSTPAID = "post_paid"


@dataclass(frozen=True, kw_only=True)
class Template:
    """One way to deploy a model. `roles` maps unified, or prefill and decode, to the units that an instance of the role takes."""

    model: str
    id: str
    specs: tuple[str, ...]
    charge_type: str
    roles: Mapping[str, int] = field(default_factory=dict)

    @property
    def separated(self) -> bool:
        return "unified" not in self.roles

    @property
    def base(self) -> int:
        """The least number of units, of all roles together."""
        return sum(self.roles.values())

    def describe(self) -> str:
        """`deepseek-v4-flash: MU1 (unified 8 x MU1)`."""
        roles = " + ".join(f"{role} {units} x {spec}" for (role, units), spec in zip(self.roles.items(), self.specs, strict=True))
        return f"{self.model}: {self.id} ({roles})"


def templates(models: Sequence[Answer]) -> list[Template]:
    """Every postpaid template of plan mu. (Prepaid ones are for the console: the API has POST_PAY only.)"""
    return [found for model in models for found in _of_model(model)]


def _of_model(model: Answer) -> Iterator[Template]:
    plans = model.get("plans")
    for plan in plans if isinstance(plans, list) else []:
        rows = plan.get("templates") if isinstance(plan, Mapping) and plan.get("plan") == "mu" else None
        for row in rows if isinstance(rows, list) else []:
            roles = {role: of for role, of in (row.get("roles") or {}).items() if isinstance(of, Mapping)}
            units = {role: answers.whole(of.get("capacity_unit_per_instance")) or 0 for role, of in roles.items()}
            id_ = answers.text(row.get("deploy_spec")) or answers.text(row.get("template_id"))
            if id_ and units and all(units.values()) and row.get("charge_type") in (None, POSTPAID):
                yield Template(
                    model=str(model.get("model_name")),
                    id=id_,
                    specs=tuple(answers.text(of.get("model_unit_spec")) or id_ for of in roles.values()),
                    charge_type=POSTPAID,
                    roles=units,
                )


def choose(inputs: Mapping[str, Plain], offered: Sequence[Template], region: str) -> Template:
    """The template of these inputs. Raises ProviderError with what the region really offers when there is none, or the units do not fit."""
    model, spec, wanted = str(inputs["model"]), str(inputs["spec"]), inputs.get("templateId")
    separated = inputs.get("prefillUnits") is not None
    mine = [one for one in offered if one.model == model]
    if not mine:
        there = "; ".join(one.describe() for one in offered) or "none at all"
        raise ProviderError(f"no model units of {model} are offered in {region}. Nothing was bought. Offered there: {there}.")
    fitting = [one for one in mine if (one.id == wanted if wanted else spec in (*one.specs, one.id)) and one.separated == separated]
    if not fitting:
        what = f"template {wanted}" if wanted else f"spec {spec}"
        how = "with" if separated else "without"
        raise ProviderError(
            f"no {what} {how} separate prefill and decode units is offered of {model} in {region}. Nothing was bought. Offered: "
            f"{'; '.join(one.describe() for one in mine)}."
        )
    chosen = fitting[0]
    for name, role in (("prefillUnits", "prefill"), ("decodeUnits", "decode")) if separated else (("units", "unified"),):
        check_multiple(name, int(inputs[name]), chosen.roles[role], chosen)
    return chosen


def check_multiple(name: str, given: int, base: int, chosen: Template) -> None:
    """Raises ProviderError, with the nearest that do, for units that do not come in whole instances."""
    if given % base or given < base:
        below = given - given % base
        nearest = " and ".join(str(units) for units in (below, below + base) if units >= base)
        raise ProviderError(
            f"{name}: {given} is no multiple of {base}, which an instance of {chosen.describe()} takes. Nearest: {nearest}."
        )


def capacity(inputs: Mapping[str, Plain], separated: bool) -> dict[str, Any]:
    """The units on the wire: those of a separated template by role."""
    if separated:
        return {"prefill_capacity": int(inputs["prefillUnits"]), "decode_capacity": int(inputs["decodeUnits"])}
    return {"capacity": int(inputs["units"])}
