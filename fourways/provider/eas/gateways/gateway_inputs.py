"""The typed inputs of private gateways, and what of them no type can see.

Sources: SDK alibabacloud-eas20210701 7.0.0, CreateGateway, UpdateGateway, CreateGatewayIntranetLinkedVpc and CreateAclPolicy; help centre,
"Fully managed dedicated gateway".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import ClassVar, Literal

from pydantic import StrictBool, StrictInt, StrictStr

from fourways.provider.inputs import REGION, Inputs, Text, declared
from fourways.provider.outcome import Failure
from fourways.provider.values import UNKNOWN, Plain

#: What an alias may hold is not documented; these every console takes (assumed). A first letter keeps it apart from an unfinished create's.
NAME = r"^[A-Za-z][A-Za-z0-9_-]*$"
_CIDRS = "a list of IP addresses and CIDR blocks such as 203.0.113.0/24, at least one"


class LinkedVpc(Inputs):
    """A VPC from which the gateway is reached, over an endpoint in one of its vSwitches."""

    token_of_type: ClassVar[str] = "fourways:eas:LinkedVpc"

    vpc_id: Text = declared("the id of a VPC (vpc-...)")
    v_switch_id: Text = declared("the id of a vSwitch of that VPC (vsw-...), which holds the endpoint's address")
    allowed_cidrs: list[StrictStr] | None = declared(f"{_CIDRS}: who in the VPC may call; left out, no list", default=None, min_length=1)


class GatewayInputs(Inputs):
    """Inputs of `fourways:eas:Gateway`."""

    region: StrictStr = declared("a region id such as ap-southeast-1", replaces=True, pattern=REGION)
    name: StrictStr = declared(
        "letters, digits, - and _, beginning with a letter; the alias holds it with the mark of this stack", pattern=NAME
    )
    instance_type: Literal["2c4g", "4c8g", "8c16g", "16c32g"] = declared("2c4g, 4c8g, 8c16g or 16c32g (vCPUs and GiB of a node)")
    replicas: StrictInt = declared("a whole number of nodes from 1 (default); each is billed, and one alone has no spare", default=1, ge=1)
    charge_type: Literal["PostPaid", "PrePaid"] = declared(
        "PostPaid (default: by the hour) or PrePaid (a committed term, never renewed by itself)", default="PostPaid", replaces=True
    )
    enable_internet: StrictBool = declared("true or false (default): an endpoint on the Internet, needs sslRedirection", default=False)
    enable_intranet: StrictBool = declared("true (default) or false: endpoints in VPCs", default=True)
    ssl_redirection: StrictBool = declared("true or false (default): http is redirected to https", default=False)
    allowed_cidrs: list[StrictStr] | None = declared(
        f"{_CIDRS}: who on the Internet may call; left out, no list", default=None, min_length=1
    )
    linked_vpcs: list[LinkedVpc] | None = declared("a list of {vpcId, vSwitchId, allowedCidrs?}, one a VPC", default=None)

    @classmethod
    def failures(cls, inputs: Mapping[str, Plain]) -> Iterator[Failure]:
        """What does not go together, and entries that are no addresses."""
        yield from _combinations(inputs)
        yield from _entries("allowedCidrs", inputs.get("allowedCidrs"))
        yield from _links(inputs.get("linkedVpcs"))


def _combinations(inputs: Mapping[str, Plain]) -> Iterator[Failure]:
    internet, intranet = inputs.get("enableInternet"), inputs.get("enableIntranet")
    if internet is True and inputs.get("sslRedirection") is False:
        yield Failure(
            property="sslRedirection",
            reason="false with enableInternet: tokens and prompts would cross the Internet in clear. Allowed: true, or no Internet access.",
        )
    if internet is False and intranet is False:
        yield Failure(
            property="enableIntranet",
            reason="false without enableInternet: nobody could reach the gateway, which is billed. Allowed: one of the two, or both.",
        )
    if internet is False and inputs.get("allowedCidrs") is not None:
        yield Failure(
            property="allowedCidrs",
            reason="the list of the Internet endpoint, which is off. Allowed: leave it out, set enableInternet, or say it in linkedVpcs.",
        )
    if intranet is False and inputs.get("linkedVpcs"):
        yield Failure(property="linkedVpcs", reason="needs enableIntranet, which is false. Allowed: leave it out, or set enableIntranet.")


def _links(links: Plain) -> Iterator[Failure]:
    seen: set[str] = set()
    for index, link in enumerate(links if isinstance(links, list) else []):
        if not isinstance(link, Mapping):
            continue
        vpc = link.get("vpcId")
        if isinstance(vpc, str) and vpc in seen:
            yield Failure(property=f"linkedVpcs[{index}].vpcId", reason=f"{vpc} is linked already. Allowed: one entry a VPC.")
        seen |= {vpc} if isinstance(vpc, str) else set()
        yield from _entries(f"linkedVpcs[{index}].allowedCidrs", link.get("allowedCidrs"))


def _entries(where: str, entries: Plain) -> Iterator[Failure]:
    seen: dict[str, str] = {}
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        if entry is UNKNOWN or not isinstance(entry, str):
            continue  # another type is told elsewhere
        try:
            canonical = str(ip_network(entry))
        except ValueError:
            yield Failure(property=f"{where}[{index}]", reason=f"{entry!r} is not allowed.{_nearest(entry)} Allowed: {_CIDRS}.")
            continue
        if canonical in seen:
            yield Failure(property=f"{where}[{index}]", reason=f"{entry!r} is there already, as {seen[canonical]!r}. Leave it out.")
        seen[canonical] = entry


def _nearest(entry: str) -> str:
    """The block that an address with bits behind its mask is in."""
    try:
        return f" The block that it is in: {ip_network(entry, strict=False)}."
    except ValueError:
        return ""
