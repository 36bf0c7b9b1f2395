"""The point at which a deployment is bought: the one with most tokens of those that meet the SLO. And which points nobody beats. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Share of all requests, failed ones included, that must meet every limit for a point to meet the SLO.
SHARE = 0.95


@dataclass(frozen=True, kw_only=True)
class Best:
    """`point` None: no point will do, and `why` says what is in the way."""

    point: dict[str, Any] | None
    why: str = ""


def best(points: Sequence[dict[str, Any]], *, share: float = SHARE) -> Best:
    """Of the valid, whole points that meet the SLO, the one with most tokens a second, input and output."""
    if not any(point["slo"] for point in points):
        return Best(point=None, why="no SLO is stated" if points else "no point was measured")
    usable = [point for point in points if stands(point) and point["goodput_share"] is not None]
    if not usable:
        return Best(point=None, why="no point is valid and whole")
    meeting = [point for point in usable if point["goodput_share"] >= share]
    if meeting:
        return Best(point=max(meeting, key=lambda point: float(point["total_token_throughput"])))
    nearest = max(usable, key=lambda point: float(point["goodput_share"]))
    return Best(
        point=None,
        why=f"no point meets the SLO: at best {nearest['goodput_share']:.1%} of requests do (at {nearest['name']}), {share:.0%} are needed",
    )


def stands(point: Mapping[str, Any]) -> bool:
    """Whether the endpoint was measured, not the client, and to the end."""
    return bool(point["valid"] and not point["interrupted"])


def front(points: Sequence[tuple[float, float]]) -> list[bool]:
    """Which points are Pareto-optimal, more being better in both: no other is at least as good in both and better in one."""
    return [not any(other[0] >= point[0] and other[1] >= point[1] and other != point for other in points) for point in points]
