"""The disposable copy of a stack: the settings of the original with another life. Pure; works on the `config` of a stack file."""

from __future__ import annotations

import copy
import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from fourways.cloud.ownership import format_time

RUN_ID_DIGITS = 6
PIN = "fourways:account"
SERVING = "fourways:serving"
SHORTEST_TTL = timedelta(minutes=20)
"""Below, hardly more than the time kept back for the destroy would be left."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
#: A month's budget and a lock belong to the original.
_NOT_COPIED = ("fourways:budget", "fourways:protect")
_TTL = re.compile(r"(?P<number>[1-9][0-9]{0,4})(?P<unit>[mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_CHARGE = "chargeType"
#: Settings that only a term has (stacks/kinds: ecs_capacity, ptu).
_OF_A_TERM = ("months", "termDays", "autoRenewal", "onDelete")


class TtlError(ValueError):
    """A time to live that is none. The message says what is allowed."""


def run_id() -> str:
    """A new run's id: random, six lower-case letters and digits, a letter first (12e456 would be a number in a stack file)."""
    return secrets.choice(_LETTERS[:26]) + "".join(secrets.choice(_LETTERS) for _ in range(RUN_ID_DIGITS - 1))


def stack_name(run: str, number: int) -> str:
    """The stack of a run's copy, which its tags and names carry: short, since names of cloud resources have an end, and nobody else's."""
    return f"bench-{run}-{number}"


def lifetime(ttl: str) -> timedelta:
    """`3h`, `90m`, `2d` as a duration. Raises TtlError for another text, and for one that leaves no time to measure in."""
    found = _TTL.fullmatch(ttl)
    if found is None:
        raise TtlError(f"{ttl!r} is no time to live: write 90m, 3h or 2d")
    length = timedelta(**{_UNITS[found["unit"]]: int(found["number"])})
    if length < SHORTEST_TTL:
        raise TtlError(f"a time to live of {ttl} is too short: allowed is {SHORTEST_TTL.seconds // 60}m or more")
    return length


def disposable(config: Mapping[str, Any], run: str, now: datetime, ttl: str) -> dict[str, Any]:
    """The copy's settings: a benchmark that expires, unprotected, with the run's id. Raises TtlError."""
    made = {key: copy.deepcopy(value) for key, value in config.items() if key not in _NOT_COPIED}
    return made | {
        "fourways:environment": "benchmark",
        "fourways:ttl": ttl,
        "fourways:expires-at": format_time(now + lifetime(ttl)),
        "fourways:run-id": run,
    }


def postpaid(config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with every term taken out: by the hour, a reservation on its fast tier, which is the only one by the hour."""
    made = copy.deepcopy(dict(config))
    for _, part in _mappings(made.get(SERVING), SERVING):
        if part.get(_CHARGE, "PostPaid") != "PostPaid":
            part[_CHARGE] = "PostPaid"
            for name in _OF_A_TERM:
                part.pop(name, None)
            if "tier" in part:
                part["tier"] = "fast"
    return made


def refusals(config: Mapping[str, Any]) -> list[str]:
    """Why these settings must not be brought up as a disposable copy; a line each, which names the setting and what to do."""
    lines = []
    for path, part in _mappings(config.get(SERVING), SERVING):
        if (charge := part.get(_CHARGE, "PostPaid")) != "PostPaid":
            lines.append(
                f"{path}.{_CHARGE} is {charge}: a term outlives the benchmark and cannot be given back. Set it to PostPaid"
                + (" with tier: fast" if "tier" in part else "")
                + ", or give --postpaid, which does so in the copy"
            )
        if adopted := part.get("adopt"):
            lines.append(f"{path}.adopt names {adopted}: a copy measures only what it makes itself. Measure the stack with --stack instead")
    return lines


def allowed_networks(config: Mapping[str, Any]) -> list[str]:
    """The networks that alone may ask the endpoint; none where anybody with the key may."""
    access = _part(_part(config, SERVING), "access")
    return [str(network) for network in access.get("allow") or []]


def letting_in(config: Mapping[str, Any], networks: list[str]) -> dict[str, Any]:
    """The settings with these networks let in too, where there is a list of such."""
    made = copy.deepcopy(dict(config))
    if networks and allowed_networks(made):
        access = _part(_part(made, SERVING), "access")
        access["allow"] = [*access["allow"], *(network for network in networks if network not in access["allow"])]
    return made


def _mappings(value: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping in a setting, with its dotted name."""
    if isinstance(value, dict):
        yield path, value
        for key, part in value.items():
            yield from _mappings(part, f"{path}.{key}")


def _part(of: Mapping[str, Any], key: str) -> dict[str, Any]:
    part = of.get(key)
    return part if isinstance(part, dict) else {}
