"""What the cloud says about a private gateway, as inputs, outputs and the changes that are left. Pure.

Field names: alibabacloud-eas20210701 7.0.0, DescribeGateway, ListGateway, ListAclPolicy and ListGatewayIntranetLinkedVpc.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

from fourways.cloud import answers, gateway_alias
from fourways.cloud.gateway_answers import DEAD_ENDS, ways_in
from fourways.provider.eas.calls import Answer
from fourways.provider.names import IMPORTED
from fourways.provider.values import Plain

#: The list of the Internet endpoint, among those of VPCs.
INTERNET = ""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A gateway as it is: DescribeGateway's answer, how it is charged, its links by VPC and its access lists (by VPC, or INTERNET)."""

    answer: Answer
    charge_type: str | None = None
    links: Mapping[str, Answer] = field(default_factory=dict)
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)


def order(inputs: Mapping[str, Plain], alias: str) -> dict[str, Any]:
    """The request of CreateGateway. Without Internet access, whatever is asked for: the create can say neither who may come in nor that
    http is redirected. AutoRenewal is always said, never left to default."""
    return {
        "name": alias,
        "instance_type": inputs["instanceType"],
        "replicas": int(inputs["replicas"]),
        "charge_type": inputs["chargeType"],
        "auto_renewal": False,
        "enable_internet": False,
        "enable_intranet": bool(inputs["enableIntranet"]),
    }


def opening(answer: Answer, inputs: Mapping[str, Plain], alias: str) -> dict[str, Any] | None:
    """UpdateGateway with its size, its alias, and every way in that is to be opened; None when it is so already. All flags are said each
    time: the API page gives UpdateGateway defaults (Internet off, intranet on) and does not say that leaving one out keeps it."""
    now, wanted = ways_in(answer), _wanted(inputs)
    flags = {name: now[name] or wanted[name] for name in now}
    size = {"instance_type": inputs["instanceType"], "replicas": int(inputs["replicas"]), "name": alias}
    was = {"instance_type": answer.get("InstanceType"), "replicas": answer.get("Replicas"), "name": answer.get("GatewayName")}
    changed = {name: value for name, value in size.items() if was[name] != value}
    return {**changed, **flags} if changed or flags != now else None


def closing(answer: Answer, inputs: Mapping[str, Plain]) -> dict[str, Any] | None:
    """UpdateGateway with every way in that is to be shut; None when none is left."""
    now, wanted = ways_in(answer), _wanted(inputs)
    return wanted if any(now[name] and not wanted[name] for name in now) else None


def renaming(answer: Answer, alias: str) -> dict[str, Any] | None:
    """UpdateGateway that changes the alias alone; None when it has it."""
    return None if answer.get("GatewayName") == alias else {"name": alias, **ways_in(answer)}


def _wanted(inputs: Mapping[str, Plain]) -> dict[str, bool]:
    return {
        "enable_internet": bool(inputs["enableInternet"]),
        "enable_intranet": bool(inputs["enableIntranet"]),
        "enable_sslredirection": bool(inputs["sslRedirection"]),
    }


def settled(answer: Answer, asked: Mapping[str, Any] | None = None) -> bool:
    """Running, with what an UpdateGateway asked for in effect and no Internet access on its way."""
    asked = asked or {}
    shown = {"instance_type": answer.get("InstanceType"), "replicas": answer.get("Replicas")}
    size = all(shown[name] == asked[name] for name in shown if name in asked)
    internet = answer.get("InternetStatus") not in ("Creating", "Deleting")
    there = bool(answer.get("InternetEnabled")) is bool(asked.get("enable_internet", answer.get("InternetEnabled")))
    return answer.get("Status") == "Running" and size and internet and there


def dead_end(answer: Answer) -> str | None:
    """Why it will never be ready; None while it may be."""
    if answer.get("Status") in DEAD_ENDS:
        return f"it is {answer['Status']}"
    return "its Internet access failed" if answer.get("InternetStatus") == "Failed" else None


def progress(answer: Answer) -> str:
    """`Waiting, 2 nodes of 4c8g, Internet access Creating`."""
    nodes, size = answer.get("Replicas"), answer.get("InstanceType")
    internet = answer.get("InternetStatus")
    on_its_way = f", Internet access {internet}" if internet in ("Creating", "Deleting") else ""
    return f"{answers.text(answer.get('Status')) or 'unknown status'}, {nodes} node{'' if nodes == 1 else 's'} of {size}{on_its_way}"


def canonical(entry: str) -> str:
    """An entry in one spelling: an address is the block of that address alone. What the cloud has and cannot be read stays as it is."""
    try:
        return str(ip_network(entry, strict=False))
    except ValueError:
        return entry


def lists_of(answer: Answer) -> dict[str, list[str]]:
    """The access lists in an answer of ListAclPolicy."""
    found: dict[str, list[str]] = {}
    for one in answer.get("InternetAclPolicyList") or []:
        found.setdefault(INTERNET, []).extend(_entries(one))
    for one in answer.get("IntranetVpcAclPolicyList") or []:
        found.setdefault(str(one.get("VpcId")), []).extend(_entries(one))
    return {key: entries for key, entries in found.items() if entries}


def _entries(one: Answer) -> list[str]:
    return [str(row["Entry"]) for row in one.get("AclPolicyList") or []]


def wanted_lists(inputs: Mapping[str, Plain]) -> dict[str, list[str]]:
    """The access lists that inputs ask for."""
    found = {link["vpcId"]: list(link.get("allowedCidrs") or []) for link in wanted_links(inputs).values()}
    return {INTERNET: list(inputs.get("allowedCidrs") or []), **found}


def wanted_links(inputs: Mapping[str, Plain]) -> dict[str, dict[str, Plain]]:
    """The links that inputs ask for, by VPC."""
    return {str(link["vpcId"]): dict(link) for link in inputs.get("linkedVpcs") or []}


def missing(there: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """The entries of `wanted` that are not there."""
    known = {canonical(entry) for entry in there}
    return [entry for entry in wanted if canonical(entry) not in known]


def stale(there: Sequence[str], wanted: Sequence[str], ours: Sequence[str] | None) -> list[str]:
    """The entries that are there and shall go: of `ours` only, where that is given. What a state does not know it has never shown."""
    keep = {canonical(entry) for entry in wanted}
    own = None if ours is None else {canonical(entry) for entry in ours}
    return [entry for entry in there if canonical(entry) not in keep and (own is None or canonical(entry) in own)]


def either(old: Mapping[str, Plain], new: Mapping[str, Plain]) -> dict[str, Plain]:
    """The new inputs with what of the old lists and links may be there still: after a change that broke off the state must not say that
    somebody was shut out who was not. The difference to the program's makes the next run go on."""
    was, now = wanted_lists(old), wanted_lists(new)
    links = {vpc: dict(link) for vpc, link in {**wanted_links(old), **wanted_links(new)}.items()}
    for vpc, link in links.items():
        link["allowedCidrs"] = _both(was.get(vpc, []), now.get(vpc, []))
    together = {
        **new,
        "allowedCidrs": _both(was[INTERNET], now[INTERNET]),
        "linkedVpcs": [_without_none(one) for one in links.values()] or None,
    }
    return _without_none(together)


def _both(old: Sequence[str], new: Sequence[str]) -> list[str] | None:
    return [*new, *missing(new, old)] or None


def refreshed_inputs(inputs: Mapping[str, Plain], seen: Seen) -> dict[str, Plain]:
    """The inputs of a known gateway as the cloud has them now. Lists are in the declared order where they hold the same."""
    flags = ways_in(seen.answer)
    alias = answers.text(seen.answer.get("GatewayName"))
    found = {
        **inputs,
        "name": gateway_alias.name_of(alias, inputs.get("name")),
        "instanceType": seen.answer.get("InstanceType"),
        "replicas": seen.answer.get("Replicas"),
        "chargeType": seen.charge_type or inputs.get("chargeType"),
        "enableInternet": flags["enable_internet"],
        "enableIntranet": flags["enable_intranet"],
        "sslRedirection": flags["enable_sslredirection"],
        # The list of an endpoint that is off lets nobody in or out: it is no difference.
        "allowedCidrs": _as_declared(seen.lists.get(INTERNET, []), inputs.get("allowedCidrs")) if flags["enable_internet"] else None,
        "linkedVpcs": _links_as_declared(seen, wanted_links(inputs)),
    }
    return _without_none(found)


def imported_inputs(region: str, seen: Seen) -> dict[str, Plain]:
    """All inputs of a gateway that Pulumi did not make."""
    return {IMPORTED: True, "region": region, **refreshed_inputs({"chargeType": "PostPaid"}, seen)}


def _links_as_declared(seen: Seen, declared: Mapping[str, Mapping[str, Plain]]) -> list[Plain] | None:
    there = {vpc: link for vpc, link in seen.links.items() if link.get("Status") != "Deleting"}
    order_ = [*(vpc for vpc in declared if vpc in there), *sorted(vpc for vpc in there if vpc not in declared)]
    return [
        _without_none(
            {
                "vpcId": vpc,
                "vSwitchId": str(there[vpc].get("VSwitchId") or ""),
                "allowedCidrs": _as_declared(seen.lists.get(vpc, []), declared.get(vpc, {}).get("allowedCidrs")),
            }
        )
        for vpc in order_
    ] or None


def _as_declared(there: Sequence[str], declared: Plain) -> list[str] | None:
    """What is there, in the declared order and spelling; what nobody declared behind it."""
    known = {canonical(entry) for entry in there}
    own = [entry for entry in declared or [] if canonical(entry) in known]
    return [*own, *sorted(missing(own, there))] or None


def outputs(inputs: Mapping[str, Plain], gateway: str, answer: Answer, *, account: str, target: str) -> dict[str, Plain]:
    """The outputs: its inputs and what the cloud says about it. A domain is empty where there is no such access."""
    return {
        **{key: value for key, value in inputs.items() if key != IMPORTED},
        "gatewayId": gateway,
        "status": answers.text(answer.get("Status")),
        "internetDomain": answers.text(answer.get("InternetDomain")),
        "intranetDomain": answers.text(answer.get("IntranetDomain")),
        "account": account,
        "target": target,
    }


def _without_none(values: Mapping[str, Plain]) -> dict[str, Plain]:
    return {key: value for key, value in values.items() if value is not None}
