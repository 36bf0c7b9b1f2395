"""Where a stack is and how long: region, network, environment, life time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any

from fourways.catalog.regions import all_regions
from stacks.problems import Problem, closest, shown

if TYPE_CHECKING:
    from stacks.model import NetworkSettings

PRIVATE = [IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
LONGEST_PREFIX = 24
"""A VPC is cut into 32 vSwitches (one a zone letter), and a vSwitch has at most prefix 29."""


def region_is_known(region: str) -> Iterator[Problem]:
    """The region has PAI-EAS."""
    if region not in all_regions():
        known = ", ".join(all_regions())
        yield Problem(key="alicloud:region", given=shown(region), allowed=known, todo=closest(region, list(all_regions())) + "correct it")


def there_is_a_network(network: NetworkSettings | None) -> Iterator[Problem]:
    """For the kinds whose machines are in a VPC."""
    if network is None:
        yield Problem(key="fourways:network", given="nothing", allowed="a mapping with cidr and zones", todo="add the key")


def network_is_private(network: NetworkSettings | None) -> Iterator[Problem]:
    """The range is one that a VPC may have and that can be cut into vSwitches."""
    if network is None:
        return
    key, todo = "fourways:network.cidr", "correct the range"
    try:
        cidr = IPv4Network(network.cidr)
    except ValueError:
        with suppress(ValueError):
            todo = f"did you mean {IPv4Network(network.cidr, strict=False)}?"
        yield Problem(key=key, given=shown(network.cidr), allowed="a private IPv4 range of prefix 8-24 such as 10.40.0.0/16", todo=todo)
        return
    if not any(cidr.subnet_of(private) for private in PRIVATE):
        yield Problem(key=key, given=shown(network.cidr), allowed="a range inside " + ", ".join(map(str, PRIVATE)), todo=todo)
    elif cidr.prefixlen > LONGEST_PREFIX:
        yield Problem(key=key, given=shown(network.cidr), allowed=f"a prefix of at most {LONGEST_PREFIX}", todo="give a larger range")


def zones_are_of_the_region(network: NetworkSettings | None, region: str) -> Iterator[Problem]:
    """Every zone is the region's, and named once."""
    if network is None:
        return
    known = all_regions().get(region)
    for position, zone in enumerate(network.zones):
        key = f"fourways:network.zones[{position}]"
        if known and not re.fullmatch(re.escape(known.zone_prefix) + "[a-z]", zone):
            yield Problem(
                key=key,
                given=shown(zone),
                allowed=f"zones of {region}: {known.zone_prefix}a, {known.zone_prefix}b, ...",
                todo="use a zone of the stack's region, or correct alicloud:region",
            )
        if zone in network.zones[:position]:
            yield Problem(key=key, given=shown(zone), allowed="each zone once", todo="take the second one out")


def benchmark_expires(environment: str, ttl: str | None, expires_at: Any, stack: str) -> Iterator[Problem]:
    """A benchmark says for how long and until when; production never ends by itself."""
    if environment == "benchmark":
        if ttl is None:
            yield Problem(
                key="fourways:ttl", given="nothing", allowed="a time to live such as 4h: a benchmark must end", todo="add fourways:ttl"
            )
        if expires_at is None:
            # Not worked out here: now + ttl would move with every preview, and each would show changed tags.
            yield Problem(
                key="fourways:expires-at",
                given="nothing",
                allowed="the time at which the benchmark may be deleted, written once when it is made",
                todo=f"run: {set_expiry(ttl, stack)}",
            )
    else:
        for key, given in (("fourways:ttl", ttl), ("fourways:expires-at", expires_at)):
            if given is not None:
                yield Problem(
                    key=key,
                    given=shown(given),
                    allowed="nothing in production: what expires is swept away",
                    todo="take it out, or set environment: benchmark",
                )


def only_a_benchmark_is_a_copy(environment: str, run_id: str | None) -> Iterator[Problem]:
    """What has a run id in its name may be swept away: nothing of production does."""
    if run_id is not None and environment != "benchmark":
        yield Problem(
            key="fourways:run-id",
            given=shown(run_id),
            allowed="nothing in production: a run id marks a disposable copy, which is swept away",
            todo="take it out and give the stack another name, or set environment: benchmark",
        )


def no_term_in_a_benchmark(environment: str, charge_type: str, key: str) -> Iterator[Problem]:
    """A term outlives the benchmark and cannot be given back. For the checks of the kinds; `key` is where the charge type stands."""
    if environment == "benchmark" and charge_type == "PrePaid":
        yield Problem(key=key, given='"PrePaid"', allowed="PostPaid in a benchmark: a term cannot be given back", todo="set PostPaid")


def set_expiry(ttl: str | None, stack: str) -> str:
    """The command that writes the end of a benchmark into its stack file, counted from when it is run."""
    moment = f'$(date -u -d "now + {_words(ttl)}" +%Y-%m-%dT%H:%M:%SZ)'
    return f'pulumi config set fourways:expires-at "{moment}" --stack {stack}'


def _words(ttl: str | None) -> str:
    """A time to live in the words of date(1)."""
    names = {"m": "minutes", "h": "hours", "d": "days"}
    return f"{ttl[:-1]} {names[ttl[-1]]}" if ttl else "4 hours"
