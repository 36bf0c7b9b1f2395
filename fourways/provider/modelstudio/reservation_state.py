"""What a reservation and its capacity instances say, as requests, inputs and outputs. Pure.

Inputs are TPM, the wire is kTPM. Times without a zone are UTC+8, in which terms are counted (assumed: no page gives the zone).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from fourways.catalog import reservations as rules
from fourways.catalog.reservations import KTPM
from fourways.cloud import answers, name_marks, ownership
from fourways.provider.modelstudio.deployment_api import Answer
from fourways.provider.values import Plain

TIERS = {"fast": "ptu_fast", "default": "ptu_default"}
CHARGE_TYPES = {"PostPaid": "post_paid", "PrePaid": "pre_paid"}
BILLING_METHODS = {"PostPaid": "POST_PAY", "PrePaid": "PRE_PAY"}
#: A term has ended, or never began: what is in one of these is no running prepaid term.
ENDED = frozenset({"SUSPENDING", "SUSPENDED", "STOPPING", "STOPPED", "DELETING", "FAILED"})
#: What a wait for RUNNING never comes back from by itself.
DEAD_ENDS = frozenset({"FAILED", "STOPPED", "STOPPING", "SUSPENDED", "SUSPENDING", "DELETING"})


def order(inputs: Mapping[str, Plain], urn: str) -> dict[str, Any]:
    """The body of the first purchase, without suffix."""
    return {
        "model_name": inputs["model"],
        "plan": "ptu",
        "service_tier": TIERS[inputs["tier"]],
        "charge_type": CHARGE_TYPES[inputs["chargeType"]],
        "name": name_marks.write(str(inputs["name"]), urn),
        "ptu_capacity": capacity(inputs["inputTpm"], inputs["outputTpm"]),
        **pre_paid(inputs),
    }


def capacity(input_tpm: int, output_tpm: int) -> dict[str, int]:
    """TPM -> kTPM."""
    return {"input_tpm": int(input_tpm) // KTPM, "output_tpm": int(output_tpm) // KTPM}


def pre_paid(inputs: Mapping[str, Plain]) -> dict[str, Any]:
    """`pre_paid_info`, absent when postpaid. Renewal is always said: the billing system's own default is on."""
    if inputs["chargeType"] != "PrePaid":
        return {}
    return {"pre_paid_info": term(int(inputs["termDays"]), bool(inputs.get("autoRenewal", False)))}


def term(days: int, renewal: bool) -> dict[str, Any]:
    """A term of days, which renews itself by the same number of days, or does not."""
    return {"duration": days, "auto_renewal": renewal, **({"auto_renewal_duration": days} if renewal else {})}


def tpm(row: Mapping[str, Any], which: str = "configured_capacity") -> tuple[int, int]:
    """Input and output TPM of a capacity instance: configured, effective or target."""
    found = row.get(which)
    given = found if isinstance(found, Mapping) else {}
    return tuple((answers.whole(given.get(side)) or 0) * KTPM for side in ("input_tpm", "output_tpm"))  # type: ignore[return-value]


def in_all(instances: Sequence[Answer]) -> tuple[int, int]:
    """Input and output TPM of all instances."""
    found = [tpm(row) for row in instances]
    return sum(one[0] for one in found), sum(one[1] for one in found)


def moment(text: object) -> datetime | None:
    """A time as the API writes it; None where there is none that can be read."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) and text else None
    except ValueError:
        return None
    return None if found is None else (found if found.tzinfo else found.replace(tzinfo=rules.terms().zone)).astimezone(UTC)


def expiry(deployment: Mapping[str, Any], instances: Sequence[Answer]) -> datetime | None:
    """When the first of the prepaid terms ends."""
    found = [at for row in instances if (at := moment(row.get("gmt_expired")))]
    return min(found) if found else moment(deployment.get("pre_paid_gmt_expired"))


def running_terms(instances: Sequence[Answer]) -> list[Answer]:
    """The instances whose prepaid term runs: no call deletes them."""
    return [row for row in instances if row.get("charge_type") == "pre_paid" and row.get("status") not in ENDED]


def renews(row: Mapping[str, Any]) -> bool:
    """Whether an instance renews itself; what it does not say counts as on, which is the billing system's default."""
    info = row.get("pre_paid_info")
    return not (isinstance(info, Mapping) and info.get("auto_renewal") is False)


def other_kind(inputs: Mapping[str, Plain], row: Mapping[str, Any]) -> str | None:
    """How a deployment differs from what the inputs would buy, in what no call changes; None when it is of the same kind."""
    wanted = {"model_name": inputs["model"], "ptu_service_tier": TIERS[inputs["tier"]], "charge_type": CHARGE_TYPES[inputs["chargeType"]]}
    for field, value in wanted.items():
        if row.get(field) not in (None, value):
            return f"its {field} is {row[field]}, not {value}"
    return None


def read_inputs(
    region: str, found: Mapping[str, Plain], deployment: Answer, instances: Sequence[Answer], urn_known: bool
) -> dict[str, Plain]:
    """The inputs as they are now. `found` are those in the state, empty at an import."""
    prepaid = [row for row in instances if row.get("charge_type") == "pre_paid"]
    info = prepaid[0].get("pre_paid_info") if prepaid else None
    info = info if isinstance(info, Mapping) else {}
    input_tpm, output_tpm = in_all(instances)
    now: dict[str, Plain] = {
        "inputTpm": input_tpm,
        "outputTpm": output_tpm,
        "overflow": deployment.get("overflow_strategy") != "disable",
    }
    if not urn_known:
        tier = next((ours for ours, theirs in TIERS.items() if theirs == deployment.get("ptu_service_tier")), "fast")
        charge = "PrePaid" if deployment.get("charge_type") == "pre_paid" else "PostPaid"
        now |= {
            "name": name_marks.read(str(deployment.get("name") or deployment["deployed_model"]))[0],
            "region": region,
            "model": deployment.get("model_name"),
            "tier": tier,
            "chargeType": charge,
            "onDelete": "refuse",
        }
    if info:
        now["autoRenewal"] = bool(info.get("auto_renewal"))
        days = answers.whole(info.get("duration"))
        now |= {"termDays": days} if days and found.get("termDays") is None else {}
    elif not urn_known:
        now["autoRenewal"] = False
    return {**found, **now}


def outputs(inputs: Mapping[str, Plain], deployment: Answer, instances: Sequence[Answer], *, account: str, target: str) -> dict[str, Plain]:
    """All outputs: the inputs, and what the cloud says."""
    ends = expiry(deployment, instances)
    return {
        **inputs,
        "deployedModel": str(deployment["deployed_model"]),
        "status": answers.text(deployment.get("status")) or "UNKNOWN",
        "instanceIds": [str(row.get("instance_id")) for row in instances if row.get("instance_id")],
        "expiresAt": ownership.format_time(ends) if ends else None,
        "account": account,
        "target": target,
    }


def fail_reason(deployment: Mapping[str, Any], instances: Sequence[Mapping[str, Any]]) -> str:
    """What the cloud says about a failure, empty where it says nothing."""
    found = (answers.text(row.get("fail_reason")) for row in (deployment, *instances))
    return next((text for text in found if text), "")
