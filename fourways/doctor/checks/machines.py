"""Whether the region offers the stack's machines, and has them in stock now: EAS DescribeMachineSpec (2021-07-01)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourways.doctor.answers import rows
from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts
from fourways.doctor.finding import Finding, cannot_tell, not_ok, ok

NOT_OFFERED = "not offered here"
ELSEWHERE = "try again later, another region (alicloud:region), or other machines (fourways:serving.capacity)"


def check(cloud: Cloud, facts: Facts) -> list[Finding]:
    """Two lines for machines that are bought, one where none are, and one for public types. Raises CloudError."""
    if facts.lent:
        todo = "see in the PAI console that it has room for a replica"
        return [cannot_tell("machines", f"none are bought: the stack runs on {facts.lent}, whose room was not looked at", todo)]
    asked = [*([facts.machine] if facts.machine and not facts.adopted else []), *facts.types]
    specs = (
        {str(row.get("InstanceType")): row for row in rows(cloud.eas("DescribeMachineSpec", instance_types=asked), "InstanceMetas")}
        if asked
        else {}
    )
    found = [ok("machines", f"none are bought: the stack runs on {facts.adopted}")] if facts.adopted else []
    if facts.machine and not facts.adopted:
        found += judge(specs.get(facts.machine), facts)
    return [*found, judge_public(specs, facts)] if facts.types else found


def judge_public(specs: Mapping[str, Mapping[str, Any]], facts: Facts) -> Finding:
    """Pure: the first public type that can be had is used, so one is enough."""
    states = {name: _state(specs.get(name)) for name in facts.types}
    listed = ", ".join(f"{name} ({state})" for name, state in states.items())
    first = next((name for name, state in states.items() if state == "WithStock"), None)
    if facts.service in facts.services_recorded and first is None:
        return cannot_tell("stock", f"the service has its machines already, and another one could not be had: {listed}", ELSEWHERE)
    if first is not None:
        instead = "" if first == facts.types[0] else f"; {facts.types[0]} would not be used ({states[facts.types[0]]})"
        return ok("stock", f"{first} is in stock in {facts.region}{instead}")
    if all(state in ("NoStock", NOT_OFFERED) for state in states.values()):
        return not_ok("stock", f"none of the stack's types can be had in {facts.region} now: {listed}", ELSEWHERE)
    return cannot_tell("stock", listed, f"it may be refused: {ELSEWHERE}")


def _state(spec: Mapping[str, Any] | None) -> str:
    if spec is None:
        return NOT_OFFERED
    return "NoStock" if spec.get("IsAvailable") is False else str(spec.get("StockStatus"))


def judge(spec: Mapping[str, Any] | None, facts: Facts) -> list[Finding]:
    """Pure: `spec` is the entry of the machine type, None where the region has none."""
    missing = facts.machines - facts.machines_recorded
    bought = f"{facts.machines} x {facts.machine} ({facts.bought})"
    if spec is None:
        return [not_ok("machines", f"{facts.region} does not offer {facts.machine}, of which {facts.bought} is made", ELSEWHERE)]
    gpus = spec.get("GPUAmount")
    offered = ok("machines", f"{bought}: offered in {facts.region}" + (f", {gpus} x {spec.get('GPU')} each" if gpus else ""))
    if missing <= 0:
        return [offered, ok("stock", "the stack has its machines already")]
    return [offered, _stock(spec, missing, facts)]


def _stock(spec: Mapping[str, Any], missing: int, facts: Facts) -> Finding:
    """StockStatus is WithStock, ClosedWithStock or NoStock (reference of the API, SDK 7.0.0); how many there are, it does not say."""
    status = spec.get("StockStatus")
    if spec.get("IsAvailable") is False or status == "NoStock":
        return not_ok("stock", f"no {facts.machine} in {facts.region} now ({status}); {missing} needed", ELSEWHERE)
    if status == "WithStock":
        return ok("stock", f"{facts.machine} is in stock (WithStock); {missing} needed, how many there are is not told")
    return cannot_tell("stock", f"{status} for {facts.machine}; {missing} needed", f"it may be refused: {ELSEWHERE}")
