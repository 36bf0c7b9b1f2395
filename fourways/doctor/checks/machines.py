"""Whether the region offers the stack's machines, and has them in stock now: EAS DescribeMachineSpec (2021-07-01)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourways.doctor.answers import rows
from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts
from fourways.doctor.finding import Finding, cannot_tell, not_ok, ok

ELSEWHERE = "try again later, another region (alicloud:region), or other units (fourways:serving.capacity)"


def check(cloud: Cloud, facts: Facts) -> list[Finding]:
    """Two lines; one where nothing is to be bought."""
    if facts.adopted:
        return [ok("machines", f"none are bought: the stack runs on {facts.adopted}")]
    answer = cloud.eas("DescribeMachineSpec", instance_types=[facts.machine])
    found = [row for row in rows(answer, "InstanceMetas") if row.get("InstanceType") == facts.machine]
    return judge(found[0] if found else None, facts)


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
