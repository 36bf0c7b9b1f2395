"""Rolling updates as a pure plan: which replicas end, and how many begin, for the service to move on by one step.

The rule is that of Kubernetes deployments, which `metadata.rolling_strategy` has the words of: at most `wanted + max_surge` replicas exist
and at least `wanted - max_unavailable` serve. Defaults (help centre, 'Parameters of model services'): max_surge 2%; max_unavailable 1 in
a dedicated resource group and 0 on public resources, also where a group may burst to them ('Rolling updates and graceful shutdown'); that
quotas and virtual groups are like public resources is assumed. So in a dedicated group one replica goes down first, unless told otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fourways.fakes.services.eas.records import RUNNING, TERMINATING, Replica


@dataclass(frozen=True)
class Strategy:
    """Replicas above and below the wanted number that an update may have."""

    surge: int
    unavailable: int


def strategy(metadata: dict[str, Any], wanted: int, *, dedicated: bool) -> Strategy:
    """From the service JSON. Percentages are of the wanted number: surge rounds up, unavailable down. Raises ValueError."""
    given = metadata.get("rolling_strategy") or {}
    surge = _count(given.get("max_surge", "2%"), wanted, math.ceil, "max_surge")
    unavailable = _count(given.get("max_unavailable", 1 if dedicated else 0), wanted, math.floor, "max_unavailable")
    if surge == 0 and unavailable == 0 and wanted > 0:
        raise ValueError("max_surge and max_unavailable must not both be 0")
    return Strategy(surge, unavailable)


def _count(value: Any, wanted: int, rounding: Any, name: str) -> int:
    if isinstance(value, str) and value.endswith("%") and value[:-1].strip().isdigit():
        return int(rounding(wanted * int(value[:-1]) / 100))
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise ValueError(f"rolling_strategy.{name} must be a whole number from 0 or a percentage, not {value!r}")


@dataclass(frozen=True)
class Step:
    """Replicas to end, and how many of the wanted version to begin."""

    end: tuple[Replica, ...]
    begin: int


def plan(replicas: Sequence[Replica], version: int, wanted: int, rule: Strategy) -> Step:
    """The next step towards `wanted` replicas of `version`. Nothing to do: an empty step."""
    staying = [replica for replica in replicas if replica.status != TERMINATING]
    new = [replica for replica in staying if replica.version == version and not replica.stale]
    old = [replica for replica in staying if replica not in new]
    # Scaled down: replicas that do not serve go first, then those on public resources (help centre, 'Elastic resource pool'), of them the
    # youngest.
    surplus = sorted(new, key=lambda replica: (replica.status == RUNNING, not replica.public, -replica.created))[
        : max(0, len(new) - wanted)
    ]
    ending = list(surplus)
    ending += [replica for replica in old if replica.status != RUNNING]  # they serve nobody
    serving = sum(replica.status == RUNNING for replica in staying) - sum(replica.status == RUNNING for replica in surplus)
    may_end = max(0, serving - (wanted - rule.unavailable))
    ending += [replica for replica in old if replica.status == RUNNING][:may_end]
    remaining = len(staying) - len(ending)
    begin = max(0, min(wanted - (len(new) - len(surplus)), wanted + rule.surge - remaining))
    return Step(tuple(ending), begin)
