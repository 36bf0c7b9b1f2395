"""Which CIDR blocks a VPC and a vSwitch may have (help centre, "VPC FAQ": private ranges; vSwitch masks 16 to 29)."""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Network

from fourways.fakes.wire.errors import CloudError

_PRIVATE = tuple(IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def vpc_block(text: str) -> IPv4Network:
    """Raises CloudError InvalidVpcCidrBlock for anything but a private block with a mask of 8 to 28."""
    block = _parse(text, "CidrBlock")
    if not 8 <= block.prefixlen <= 28 or not any(block.subnet_of(private) for private in _PRIVATE):
        raise CloudError(400, "InvalidVpcCidrBlock.Malformed", f"Specified CidrBlock {text} is not valid for a VPC.")
    return block


def switch_block(text: str, vpc: list[IPv4Network], others: list[IPv4Network]) -> IPv4Network:
    """A mask of 16 to 29, inside the VPC, apart from the other vSwitches. Raises CloudError."""
    block = _parse(text, "CidrBlock")
    if not 16 <= block.prefixlen <= 29:
        raise CloudError(400, "InvalidCidrBlock.Malformed", f"Specified CidrBlock {text} must have a mask of 16 to 29.")
    if not any(block.subnet_of(outer) for outer in vpc):
        raise CloudError(400, "InvalidCidrBlock.NotInVpc", f"Specified CidrBlock {text} is not within the VPC.")
    if any(block.overlaps(other) for other in others):
        raise CloudError(400, "InvalidCidrBlock.Overlapped", f"Specified CIDR block {text} overlapped with other subnets.")
    return block


def _parse(text: str, name: str) -> IPv4Network:
    try:
        return ipaddress.IPv4Network(text)
    except ValueError:
        raise CloudError(400, f"Invalid{name}.Malformed", f"Specified {name} {text!r} is not a valid CIDR block.") from None
