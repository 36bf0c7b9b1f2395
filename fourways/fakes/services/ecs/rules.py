"""One rule of a security group: what AuthorizeSecurityGroup and its like accept, and when two rules are the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv6Interface

from fourways.fakes.wire.errors import CloudError

_PROTOCOLS = ("TCP", "UDP", "ICMP", "ICMPV6", "GRE", "ALL")
_PORTS = re.compile(r"(\d{1,5})/(\d{1,5})")
_ANY_PORT = "-1/-1"
# Peer in a call -> in the answer, for the two directions.
_PEERS = {
    "ingress": ("SourceCidrIp", "Ipv6SourceCidrIp", "SourceGroupId", "SourcePrefixListId"),
    "egress": ("DestCidrIp", "Ipv6DestCidrIp", "DestGroupId", "DestPrefixListId"),
}
_SHOWN = (
    "SourceCidrIp",
    "Ipv6SourceCidrIp",
    "SourceGroupId",
    "SourceGroupName",
    "SourceGroupOwnerAccount",
    "SourcePrefixListId",
    "SourcePrefixListName",
    "SourcePortRange",
    "DestCidrIp",
    "Ipv6DestCidrIp",
    "DestGroupId",
    "DestGroupName",
    "DestGroupOwnerAccount",
    "DestPrefixListId",
    "DestPrefixListName",
    "PortRangeListId",
    "PortRangeListName",
)


@dataclass
class Rule:
    """`peer` is what the parameters named: exactly one of CIDR, IPv6 CIDR, group and prefix list, with what else tells rules apart."""

    id: str
    created: float
    direction: str
    protocol: str
    ports: str
    policy: str
    priority: int
    nic_type: str
    peer: dict[str, str]
    description: str = ""

    def identity(self) -> tuple[object, ...]:
        return (self.direction, self.protocol, self.ports, self.policy, self.priority, self.nic_type, tuple(sorted(self.peer.items())))

    def group(self) -> str:
        """The id of the security group that the rule names, or blank."""
        return self.peer.get("SourceGroupId", "") or self.peer.get("DestGroupId", "")

    def prefix_list(self) -> str:
        """The id of the prefix list that the rule names, or blank."""
        return self.peer.get("SourcePrefixListId", "") or self.peer.get("DestPrefixListId", "")

    def view(self, created: str) -> dict[str, str]:
        """The rule as DescribeSecurityGroupAttribute shows it."""
        return {
            **dict.fromkeys(_SHOWN, ""),
            **self.peer,
            "SecurityGroupRuleId": self.id,
            "Direction": self.direction,
            "IpProtocol": self.protocol,
            "PortRange": self.ports,
            "Policy": self.policy.capitalize(),
            "Priority": str(self.priority),
            "NicType": self.nic_type,
            "Description": self.description,
            "CreateTime": created,
        }


def read(given: Mapping[str, str], direction: str, id: str, created: float) -> Rule:
    """The rule that the parameters describe; raises 400 as ECS does. Groups are not looked up here."""
    protocol = given.get("IpProtocol", "").upper()
    if protocol not in _PROTOCOLS:
        raise CloudError(400, "InvalidIpProtocol.ValueNotSupported", f"The specified parameter IpProtocol {protocol} is not supported.")
    policy = (given.get("Policy") or "accept").lower()
    if policy not in ("accept", "drop"):
        raise CloudError(400, "InvalidPolicy.Malformed", f"The specified parameter Policy {policy} is not valid.")
    priority = given.get("Priority") or "1"
    if not priority.isdigit() or not 1 <= int(priority) <= 100:
        raise CloudError(400, "InvalidPriority.ValueNotSupported", f"The specified parameter Priority {priority} is not valid: 1 to 100.")
    nic_type = given.get("NicType") or "intranet"
    if nic_type != "intranet":  # every group of this fake is in a VPC
        raise CloudError(400, "InvalidNicType.ValueNotSupported", "A security group in a VPC supports the NicType intranet only.")
    description = given.get("Description", "")
    if len(description) > 512:
        raise CloudError(
            400, "InvalidSecurityGroupDiscription.Malformed", "The specified description is not valid: at most 512 characters."
        )
    peer = _peer(given, direction)
    ports = _ports(given.get("PortRange", ""), protocol)
    return Rule(id, created, direction, protocol, ports, policy, int(priority), nic_type, peer, description)


def _ports(text: str, protocol: str) -> str:
    wrong = CloudError(400, "InvalidPortRange.Malformed", f"The specified parameter PortRange {text!r} is not valid for {protocol}.")
    if protocol not in ("TCP", "UDP"):
        if text not in ("", _ANY_PORT):
            raise wrong
        return _ANY_PORT
    match = _PORTS.fullmatch(text)
    if text == _ANY_PORT:
        return text
    if match is None or not 1 <= int(match[1]) <= int(match[2]) <= 65535:
        raise wrong
    return text


def _peer(given: Mapping[str, str], direction: str) -> dict[str, str]:
    named = {name: given[name] for name in _PEERS[direction] if given.get(name)}
    if len(named) != 1:
        raise CloudError(400, "InvalidParamter.Conflict", f"Exactly one of {', '.join(_PEERS[direction])} must be given.")
    (name, value), extra = next(iter(named.items())), {}
    if name.startswith("Ipv6"):
        named[name] = _normal_ipv6(name, value)
    elif name.endswith("CidrIp"):
        _check_ipv4(name, value)
    for extra_name in ("SourceGroupOwnerAccount", "DestGroupOwnerAccount", "SourcePortRange"):
        if given.get(extra_name):
            extra[extra_name] = given[extra_name]
    other = "DestCidrIp" if direction == "ingress" else "SourceCidrIp"
    if given.get(other):  # five-tuple rules name both ends
        _check_ipv4(other, given[other])
        extra[other] = given[other]
    return {**named, **extra}


def _check_ipv4(name: str, value: str) -> None:
    try:
        IPv4Interface(value)
    except ValueError:
        raise CloudError(400, f"Invalid{name}.Malformed", f"The specified parameter {name} {value} is not valid.") from None


def _normal_ipv6(name: str, value: str) -> str:
    """Compressed, with the bits beyond the mask kept: clients look for the rule by the text they sent, compressed."""
    try:
        address = IPv6Interface(value)
    except ValueError:
        raise CloudError(400, f"Invalid{name}.Malformed", f"The specified parameter {name} {value} is not valid.") from None
    return str(address) if "/" in value else str(address.ip)
