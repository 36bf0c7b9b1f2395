"""What machines say about a resource group, as inputs and outputs. Pure: a group itself has neither labels nor a kind, its machines do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from fourways.cloud import answers, ownership
from fourways.provider.eas.api import Answer, labels_of
from fourways.provider.eas.groups.group_log import log_input
from fourways.provider.names import IMPORTED
from fourways.provider.values import Plain

#: InstanceStatus values of ListResourceInstances (alibabacloud-eas20210701 7.0.0) of machines that do not count any more.
LEAVING = ("Deleting", "CreateFailed")
#: Our inputs, and the fields of a machine that answer to them.
_FIELDS = {
    "instanceType": "InstanceType",
    "chargeType": "ChargeType",
    "zone": "Zone",
    "systemDiskSize": "InstanceSystemDiskSize",
    "autoRenewal": "AutoRenewal",
}


def order(inputs: Mapping[str, Plain], count: int, labels: Mapping[str, str]) -> dict[str, Any]:
    """The request of CreateResource and CreateResourceInstances for `count` machines. AutoRenewal is always said, never left to default."""
    return {
        "charge_type": inputs["chargeType"],
        "ecs_instance_type": inputs["instanceType"],
        "ecs_instance_count": count,
        "system_disk_size": inputs.get("systemDiskSize", 200),
        "zone": inputs.get("zone"),
        "auto_renewal": bool(inputs.get("autoRenewal", False)),
        "labels": dict(labels),
    }


def alive(machines: Sequence[Answer]) -> list[Answer]:
    """The machines that are there or coming, by id."""
    return sorted((one for one in machines if one.get("InstanceStatus") not in LEAVING), key=lambda one: str(one.get("InstanceId")))


def all_ready(machines: Sequence[Answer], wanted: int) -> bool:
    """Every machine Ready, exactly as many as wanted, none on its way out: a machine that is being deleted is still billed."""
    return len(machines) == wanted and all(one.get("InstanceStatus") == "Ready" for one in machines)


def progress(machines: Sequence[Answer], wanted: int) -> str:
    """`1 of 4 machines ready (Attaching 3)`."""
    states = Counter(str(one.get("InstanceStatus")) for one in machines)
    ready = states.pop("Ready", 0)
    rest = ", ".join(f"{state} {count}" for state, count in sorted(states.items()))
    return f"{ready} of {wanted} machines ready{f' ({rest})' if rest else ''}"


def to_give_back(machines: Sequence[Answer], count: int) -> list[str]:
    """The machines to delete first: those that nothing runs on, and of these the youngest."""
    by_age = sorted(machines, key=lambda one: str(one.get("CreateTime")), reverse=True)
    return [str(one.get("InstanceId")) for one in sorted(by_age, key=lambda one: _gpus(one.get("InstanceUsedGpu")))[:count]]


def refusal(inputs: Mapping[str, Plain], machines: Sequence[Answer]) -> str | None:
    """Why the change cannot be made, before anything is called; None when it can."""
    prepaid = [one for one in machines if one.get("ChargeType") == "PrePaid"]
    if len(machines) > int(inputs["instanceCount"]) and prepaid:
        return "prepaid machines cannot be given back before their term ends. Keep instanceCount, or wait for the end of the term."
    if any(one.get("AutoRenewal") is not None and bool(one["AutoRenewal"]) != bool(inputs.get("autoRenewal")) for one in prepaid):
        return "EAS has no operation that changes autoRenewal of machines. Change it in the console, then run `pulumi refresh`."
    return None


def other_kind(inputs: Mapping[str, Plain], machines: Sequence[Answer]) -> str | None:
    """How machines differ from what the inputs would buy; None when they are the same kind."""
    for name in ("instanceType", "chargeType", "zone"):
        wanted, found = inputs.get(name), {answers.text(one.get(_FIELDS[name])) for one in machines}
        if wanted is not None and found != {wanted}:
            return f"its {name} is {', '.join(sorted(one or 'not known' for one in found))}, not {wanted}"
    return None


def same_link(wanted: Mapping[str, str], link: Answer | None) -> bool:
    found = link_input(link) or {}
    return all((found.get(key) or None) == (wanted.get(key) or None) for key in ("vSwitchId", "securityGroupId", "destinationCidrs"))


def link_input(link: Answer | None) -> dict[str, str] | None:
    """The input `dLink` that a DescribeResourceDLink answer means."""
    if not link or not link.get("VSwitchId"):
        return None
    found = {"vSwitchId": str(link["VSwitchId"]), "securityGroupId": str(link.get("SecurityGroupId") or "")}
    return {**found, "destinationCidrs": str(link["DestinationCIDRs"])} if link.get("DestinationCIDRs") else found


def refreshed_inputs(inputs: Mapping[str, Plain], machines: Sequence[Answer], link: Answer | None, log: Answer | None) -> dict[str, Plain]:
    """The inputs of a known group as the cloud has them now, cut down to what was declared."""
    found = dict(inputs)
    found["instanceCount"] = len(machines)
    for name, field in _FIELDS.items():
        values = [one[field] for one in machines if isinstance(one.get(field), str | int)]
        if name in inputs and len(set(values)) == 1:
            found[name] = values[0]
    declared = inputs.get("labels")
    labels = [labels_of(one) for one in machines]
    if isinstance(declared, Mapping) and machines:
        found["labels"] = {key: labels[0][key] for key in declared if key in labels[0] and len({entry.get(key) for entry in labels}) == 1}
    if inputs.get("dLink") is not None:
        found["dLink"] = link_input(link)
    if inputs.get("log") is not None:
        found["log"] = log_input(log)
    return {key: value for key, value in found.items() if value is not None}


def imported_inputs(region: str, machines: Sequence[Answer], link: Answer | None, log: Answer | None) -> dict[str, Plain]:
    """All inputs of a group that Pulumi did not make."""
    first = machines[0] if machines else {}
    labels = [labels_of(one) for one in machines]
    common = dict(set(labels[0].items()).intersection(*(entry.items() for entry in labels))) if labels else {}
    inputs: dict[str, Plain] = {
        IMPORTED: True,
        "region": region,
        "instanceCount": len(machines),
        **{name: first.get(field) for name, field in _FIELDS.items()},
        "labels": {key: value for key, value in sorted(common.items()) if key != ownership.CREATING},
        "dLink": link_input(link),
        "log": log_input(log),
    }
    return {key: value for key, value in inputs.items() if value is not None}


def with_leftovers(old: Mapping[str, Plain], new: Mapping[str, Plain]) -> dict[str, Plain]:
    """The inputs of an update that failed: a link or log that it should have taken out stays in them, or no later one would take it out."""
    left = {key: old[key] for key in ("dLink", "log") if old.get(key) is not None and new.get(key) is None}
    return {**new, **left}


def outputs(
    inputs: Mapping[str, Plain], group: str, answer: Answer, machines: Sequence[Answer], *, account: str, target: str
) -> dict[str, Plain]:
    """The outputs of a group: its inputs and what the cloud says about it and its machines."""
    return {
        **{key: value for key, value in inputs.items() if key != IMPORTED},
        "resourceId": group,
        "instanceIds": [str(one.get("InstanceId")) for one in machines],
        "status": str(answer.get("Status") or ""),
        "gpus": sum(answers.whole(one.get("InstanceGpuCount")) or 0 for one in machines),
        "account": account,
        "target": target,
    }


def _gpus(value: object) -> float:
    """GPUs in use; a count that cannot be read counts as many, so that such a machine is the last to be given back."""
    return float(value) if isinstance(value, int | float) else 0.0 if value in (None, "") else float("inf")
