"""What a new version does to the endpoint while it rolls out, told before it happens. Pure.

EAS starts up to `max_surge` instances beside the running ones and lets up to `max_unavailable` of those stop first
(metadata.rolling_strategy; help centre, 'Rolling updates and graceful shutdown').
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourways.provider.eas.service_json import wanted_instances


def outage(config: Mapping[str, Any]) -> str | None:
    """One line when a new version of this service JSON takes the endpoint down, since all its instances may stop first; else None."""
    count, stopping = wanted_instances(config), may_stop(config)
    if not count or stopping is None or stopping < count:
        return None
    return (
        f"this update takes the endpoint down until the new version runs: rolling_strategy lets {stopping} of {count} "
        f"instance{'s' if count != 1 else ''} stop first. With room for one instance more, max_surge 1 and max_unavailable 0 keep it up "
        "(in a stack file: update: surge)"
    )


def needs_room(config: Mapping[str, Any]) -> bool:
    """Whether no instance may stop before a new one runs, which then needs a place of its own."""
    return may_stop(config) == 0


def no_room(shortage: str) -> str:
    """One line for an update by surge that would wait in vain."""
    return (
        f"this update finds no room for a new instance beside the running ones ({shortage}): unless this run makes room, the version that "
        "runs goes on serving, and the update fails when its time is over"
    )


def may_stop(config: Mapping[str, Any]) -> int | None:
    """The instances that may stop before new ones run; None where it is not known before the deployment, or by nobody.

    The default is 1 in a dedicated resource group (0 where it may overflow to public resources) and 0 on public resources; for a quota it
    depends on when the service was made (same page). Percentages round down, as in Kubernetes, whose words they are (assumed).
    """
    metadata = config.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    rule = metadata.get("rolling_strategy")
    given = rule.get("max_unavailable") if isinstance(rule, Mapping) else None
    count = wanted_instances(config)
    if given is None:
        known = not metadata.get("quota_id")
        return (1 if metadata.get("resource") and not metadata.get("resource_burstable") else 0) if known else None
    if isinstance(given, str) and given.endswith("%") and given[:-1].strip().isdigit():
        return None if count is None else count * int(given[:-1]) // 100
    return given if isinstance(given, int) and not isinstance(given, bool) else None
