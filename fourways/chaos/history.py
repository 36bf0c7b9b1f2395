"""What existed when, from the fake's request log and ledger: whether there were ever two of what there should be one of. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fourways.cloud.ownership import URN

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How a kind of thing comes and goes: its calls, the parameter with its name, and where its id stands in answers and deletes."""

    name: str
    create: str
    named: str
    made: str
    delete: str
    deleted: str


KINDS = (
    Kind(name="vpc", create="CreateVpc", named="VpcName", made="VpcId", delete="DeleteVpc", deleted="VpcId"),
    Kind(name="vswitch", create="CreateVSwitch", named="VSwitchName", made="VSwitchId", delete="DeleteVSwitch", deleted="VSwitchId"),
    Kind(
        name="security-group",
        create="CreateSecurityGroup",
        named="SecurityGroupName",
        made="SecurityGroupId",
        delete="DeleteSecurityGroup",
        deleted="SecurityGroupId",
    ),
    Kind(
        name="nat-gateway",
        create="CreateNatGateway",
        named="Name",
        made="NatGatewayId",
        delete="DeleteNatGateway",
        deleted="NatGatewayId",
    ),
    Kind(name="eip", create="AllocateEipAddress", named="Name", made="AllocationId", delete="ReleaseEipAddress", deleted="AllocationId"),
    Kind(
        name="snat-entry",
        create="CreateSnatEntry",
        named="SnatEntryName",
        made="SnatEntryId",
        delete="DeleteSnatEntry",
        deleted="SnatEntryId",
    ),
    # A service's name is unique in the cloud; the label that says which resource of which stack it is, is ours.
    Kind(name="eas-service", create="CreateService", named=URN, made="ServiceName", delete="DeleteService", deleted="ServiceName"),
    Kind(name="eas-resource-group", create="CreateResource", named=URN, made="ResourceId", delete="DeleteResource", deleted="ResourceId"),
)


def had_effect(row: Row) -> bool:
    """Whether a logged call did what it asked for: it was answered with success, or a fault ate the answer afterwards."""
    return row["status"] == 200 or row["code"] in ("fault:error-after", "fault:cut-after")


def duplicates(requests: Iterable[Row]) -> list[str]:
    """Each moment at which a second thing of one kind and name was made while the first was there, as a sentence."""
    found: list[str] = []
    alive: dict[str, dict[str, str]] = {kind.name: {} for kind in KINDS}
    creates, deletes = {kind.create: kind for kind in KINDS}, {kind.delete: kind for kind in KINDS}
    for row in requests:
        if not had_effect(row):
            continue
        if kind := creates.get(row["action"]):
            id, name = (row.get("made") or {}).get(kind.made) or str(_service_name(row)), _name(kind, row)
            twins = [other for other, named in alive[kind.name].items() if named == name and other != id]
            if twins:
                found.append(f"{kind.name} {name} was made twice: {', '.join(twins)} was there when {id} was made at {row['time']}")
            alive[kind.name][id] = name
        elif kind := deletes.get(row["action"]):
            alive[kind.name].pop(str(row["parameters"].get(kind.deleted)), None)
    return found


def most_at_once(ledger: Iterable[Row]) -> Counter[str]:
    """By kind, how many were billed at the same time at most. A bill that ends in the second in which another begins ends first."""
    moments: list[tuple[str, int, str]] = []
    for row in ledger:
        moments.append((row["opened"], 1, row["kind"]))
        if row["closed"] is not None:
            moments.append((row["closed"], -1, row["kind"]))
    now: Counter[str] = Counter()
    most: Counter[str] = Counter()
    for _, change, kind in sorted(moments):
        now[kind] += change
        most[kind] = max(most[kind], now[kind])
    return most


def _name(kind: Kind, row: Row) -> str:
    """What the thing was called in its create call; nothing said counts as one name, since two of those cannot be told apart either."""
    if kind.named != URN:
        return str(row["parameters"].get(kind.named, ""))
    return str(_labels(row).get(URN, ""))


def _labels(row: Row) -> Mapping[str, Any]:
    """Labels of an EAS create: in the body, or as JSON in a query parameter `Labels`."""
    body = row.get("body")
    for given in (body.get("Labels") if isinstance(body, Mapping) else None, row["parameters"].get("Labels")):
        if isinstance(given, Mapping):
            return given
        if isinstance(given, str) and given:
            data = json.loads(given)
            return data if isinstance(data, Mapping) else {}
    return {}


def _service_name(row: Row) -> Any:
    body = row.get("body")
    return (body.get("metadata") or {}).get("name") if isinstance(body, Mapping) else None
