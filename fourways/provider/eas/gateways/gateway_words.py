"""What a preview says of a private gateway: what is billed, and who can reach it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from fourways.provider.eas.gateways.gateway_state import wanted_links
from fourways.provider.values import UNKNOWN, Plain

if TYPE_CHECKING:
    from fourways.provider.change import Change


def purchase(inputs: Mapping[str, Plain]) -> Iterator[str]:
    """Of a create."""
    nodes = _nodes(inputs)
    if inputs.get("chargeType") == "PrePaid":
        yield (
            f"billed at once for a whole term: {nodes} (PrePaid). CreateGateway takes no length of the term; it cannot be deleted while it "
            "runs, and does not renew itself"
        )
    else:
        yield f"billed by the hour from its creation until it is deleted, called or not: {nodes}"
    if inputs.get("linkedVpcs"):
        yield "each linked VPC is billed beside it (PrivateLink: by the hour and by traffic)"
    yield from _open(inputs)


def change_of(old: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change) -> Iterator[str]:
    """Of an update in place."""
    if change.touches("instanceType", "replicas"):
        yield f"billed from the change on: {_nodes(inputs)} (before: {_nodes(old)})"
    for vpc, link in wanted_links(_known(inputs)).items():
        before = wanted_links(_known(old)).get(vpc)
        if before is not None and before["vSwitchId"] != link["vSwitchId"]:
            yield f"its endpoint in {vpc} moves to another vSwitch: clients there cannot reach it meanwhile, and its address changes"
    if change.touches("enableInternet", "allowedCidrs"):
        yield from _open(inputs)


def _nodes(inputs: Mapping[str, Plain]) -> str:
    count, size = inputs.get("replicas"), inputs.get("instanceType")
    shown = "a number of nodes that is not known yet" if count is UNKNOWN else f"{count} node{'' if count == 1 else 's'}"
    return f"{shown} of {'a type that is not known yet' if size is UNKNOWN else size}"


def _open(inputs: Mapping[str, Plain]) -> Iterator[str]:
    if inputs.get("enableInternet") is True and inputs.get("allowedCidrs") is None:
        yield (
            "on the Internet without allowedCidrs: whether EAS then lets everybody in no page says (assumed: it does, and the token of "
            "each service is all that is asked for). Give allowedCidrs to let in whom you know"
        )


def _known(inputs: Mapping[str, Plain]) -> dict[str, Plain]:
    """The links of which VPC and vSwitch are known."""
    links = inputs.get("linkedVpcs")
    rows = links if isinstance(links, list) else []
    return {"linkedVpcs": [one for one in rows if isinstance(one, dict) and UNKNOWN not in (one.get("vpcId"), one.get("vSwitchId"))]}
