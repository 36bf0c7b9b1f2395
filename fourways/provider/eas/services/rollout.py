"""What a new version does to the endpoint while it rolls out, told before it happens. Pure.

EAS starts up to `max_surge` instances beside the running ones and lets up to `max_unavailable` of those stop first
(metadata.rolling_strategy; help centre, 'Rolling updates and graceful shutdown').
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def outage(config: Mapping[str, Any], count: int | None) -> str | None:
    """One line when replacing all `count` instances takes the endpoint down, since all of them may stop first; else None."""
    stopping = may_stop(config, count)
    if not count or stopping is None or stopping < count:
        return None
    return (
        f"this update takes the endpoint down until the new version runs: rolling_strategy lets {stopping} of {count} "
        f"instance{'s' if count != 1 else ''} stop first. With room for one instance more, max_surge 1 and max_unavailable 0 keep it up "
        "(in a stack file: update: surge)"
    )


def needs_room(config: Mapping[str, Any], count: int | None) -> bool:
    """Whether none of `count` instances may stop before a new one runs, which then needs a place of its own."""
    return may_stop(config, count) == 0


def no_room(shortage: str) -> str:
    """One line for an update by surge that would wait in vain."""
    return (
        f"this update finds no room for a new instance beside the running ones ({shortage}): unless this run makes room, the version that "
        "runs goes on serving, and the update fails when its time is over"
    )


def no_place(shortage: str, ending: str) -> str:
    """One line for an instance more that finds no place."""
    return f"there is no place for the instances that this update adds ({shortage}): unless this run makes room, {ending}"


def may_stop(config: Mapping[str, Any], count: int | None) -> int | None:
    """Of `count` instances, those that may stop before new ones run; None where it is not known before the deployment, or by nobody.

    The default is 1 in a dedicated resource group (0 where it may overflow to public resources) and 0 on public resources; for a quota it
    depends on when the service was made (same page), and for a virtual resource group (eas-vr-...) no page says it. Percentages round
    down, as in Kubernetes, whose words they are (assumed).
    """
    metadata = config.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    rule = metadata.get("rolling_strategy")
    given = rule.get("max_unavailable") if isinstance(rule, Mapping) else None
    if given is None:
        known = not metadata.get("quota_id") and not str(metadata.get("resource")).startswith("eas-vr-")
        return (1 if metadata.get("resource") and not metadata.get("resource_burstable") else 0) if known else None
    if isinstance(given, str) and given.endswith("%") and given[:-1].strip().isdigit():
        return None if count is None else count * int(given[:-1]) // 100
    return given if isinstance(given, int) and not isinstance(given, bool) else None
