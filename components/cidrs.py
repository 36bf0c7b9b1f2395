"""Cuts a VPC's range into vSwitches. Pure.

The place of a zone's range follows from the zone's letter, not from its position in the list: adding, removing or reordering zones never
moves another zone's vSwitch, which the cloud could only do by deleting everything in it.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from ipaddress import IPv4Network

LETTER_BITS = 5
"""32 places, for 26 zone letters."""
SHORTEST = 16
"""A vSwitch has a prefix of 16-29 (help centre, "VPCs and vSwitches")."""


def vswitch_cidrs(vpc: str, zones: Sequence[str]) -> dict[str, str]:
    """The range of each zone's vSwitch, e.g. 10.40.16.0/21 for zone ...c in 10.40.0.0/16."""
    whole = IPv4Network(vpc)
    prefix = max(SHORTEST, whole.prefixlen + LETTER_BITS)
    size = 1 << (32 - prefix)
    return {zone: str(IPv4Network((int(whole.network_address) + string.ascii_lowercase.index(zone[-1]) * size, prefix))) for zone in zones}
