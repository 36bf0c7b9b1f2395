"""Which address ranges the cloud accepts. Source: help centre, CreateVpc and CreateVSwitch (VPC 2016-04-28)."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network

from fourways.fakes.wire.errors import CloudError

# "You can also use a custom CIDR block other than 100.64.0.0/10, 224.0.0.0/4, 127.0.0.0/8, 169.254.0.0/16, or their subnets",
# and none that begins with 0: help centre, VPC IPv4 CIDR blocks.
_FORBIDDEN = tuple(IPv4Network(text) for text in ("0.0.0.0/8", "100.64.0.0/10", "224.0.0.0/4", "127.0.0.0/8", "169.254.0.0/16"))
_VPC_MASKS = (8, 28)
_VSWITCH_MASKS = (16, 29)


def _network(text: str, parameter: str, masks: tuple[int, int]) -> IPv4Network:
    try:
        network = IPv4Network(text)
    except ValueError:
        raise malformed(parameter, f"{text} is no IPv4 network in CIDR notation") from None
    if "/" not in text or not masks[0] <= network.prefixlen <= masks[1]:
        raise malformed(parameter, f"{text}: the mask must be {masks[0]} to {masks[1]} bits")
    return network


def malformed(parameter: str, why: str) -> CloudError:
    return CloudError(400, f"Invalid{parameter}.Malformed", f"Specified CIDR block is not valid: {why}.")


def vpc_network(text: str, parameter: str = "CidrBlock") -> IPv4Network:
    """A range that a VPC may have; raises 400 otherwise."""
    network = _network(text, parameter, _VPC_MASKS)
    if any(network.overlaps(forbidden) for forbidden in _FORBIDDEN):
        raise malformed(parameter, f"{text} lies in a range that the cloud keeps for itself")
    return network


def vswitch_network(text: str, within: Iterable[str], taken: Iterable[str]) -> IPv4Network:
    """A range that a vSwitch may have in a VPC with the ranges `within` and vSwitches at `taken`; raises 400 otherwise."""
    network = _network(text, "CidrBlock", _VSWITCH_MASKS)
    if not any(network.subnet_of(IPv4Network(outer)) for outer in within):
        raise malformed("CidrBlock", f"{text} is not within the ranges of its VPC")
    refuse_overlap(network, taken)
    return network


def refuse_overlap(network: IPv4Network, taken: Iterable[str]) -> None:
    for other in taken:
        if network.overlaps(IPv4Network(other)):
            raise CloudError(
                400, "InvalidCidrBlock.Overlapped", f"Specified CIDR block {network} is overlapped with other subnets: {other}."
            )


def usable_addresses(network: str) -> int:
    """The first and the last three addresses of a vSwitch are the system's (help centre, CreateVSwitch)."""
    return IPv4Network(network).num_addresses - 4


def ipv6_of_vpc(number: int) -> str:
    """The /56 that the cloud would give to the `number`th VPC with IPv6; 2408:4000::/20 is Alibaba's, the choice in it is made up."""
    return str(IPv6Network(((0x24084002 << 96) | (number << 72), 56)))


def ipv6_of_vswitch(vpc_block: str, last: int) -> str:
    """The /64 in a VPC's /56 whose last eight bits are `last` (0 to 255)."""
    return str(IPv6Network((int(IPv6Network(vpc_block).network_address) | (last << 64), 64)))
